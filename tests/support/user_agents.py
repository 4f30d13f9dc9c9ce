"""User-Agent headers of well-known browsers and crawlers, and the device each one names."""

APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
KNOWN = {
    "Chrome on Windows": (
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36",
        ("Desktop", "Chrome 142", "Windows 10"),
    ),
    "Edge on Windows": (
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/142.0.0.0",
        ("Desktop", "Edge 142", "Windows 10"),
    ),
    "Firefox on Linux": (
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        ("Desktop", "Firefox 140", "Linux"),
    ),
    "Firefox on Ubuntu": (
        "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        ("Desktop", "Firefox 140", "Ubuntu"),
    ),
    "Safari on a Mac": (
        f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/18.1 Safari/605.1.15",
        ("Desktop", "Safari 18", "Mac OS X 10"),
    ),
    "Safari on an iPhone": (
        f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {APPLE} Version/18.1 Mobile/15E148 Safari/604.1",
        ("Mobile", "Mobile Safari 18", "iOS 18"),
    ),
    "Safari on an iPad": (
        f"Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) {APPLE} Version/16.6 Mobile/15E148 Safari/604.1",
        ("Tablet", "Mobile Safari 16", "iOS 16"),
    ),
    "Chrome on an Android phone": (
        f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {CHROME} Mobile Safari/537.36",
        ("Mobile", "Chrome Mobile 142", "Android 14"),
    ),
    "Chrome on an Android tablet": (
        f"Mozilla/5.0 (Linux; Android 13; SM-X700) {CHROME} Safari/537.36",
        ("Tablet", "Chrome 142", "Android 13"),
    ),
    "Firefox on an Android tablet": (
        "Mozilla/5.0 (Android 14; Tablet; rv:140.0) Gecko/140.0 Firefox/140.0",
        ("Tablet", "Firefox Mobile 140", "Android 14"),
    ),
    "Googlebot": (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        ("Bot", "Googlebot 2", "unknown"),
    ),
    "Googlebot as a phone": (
        f"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) {CHROME} Mobile Safari/537.36 (compatible; Googlebot/2.1)",
        ("Bot", "Googlebot 2", "Android 6"),
    ),
    "Internet Explorer with a pen": (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Trident/7.0; Touch; Tablet PC 2.0; rv:11.0) like Gecko",
        ("Desktop", "IE 11", "Windows 10"),
    ),
    "an app on an Android phone": (
        "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/AP1A)",
        ("Mobile", "Android 14", "Android 14"),
    ),
    "curl": ("curl/8.5.0", ("Desktop", "curl 8", "unknown")),
    "okhttp": ("okhttp/4.12.0", ("Desktop", "okhttp 4", "unknown")),
    "python-requests": ("python-requests/2.32.3", ("Desktop", "Python Requests 2", "unknown")),
    "httpx": ("python-httpx/0.27.0", ("Desktop", "python-httpx 0", "unknown")),
    "a client of one's own": ("acme-sync/v3.1 (x)", ("Desktop", "acme-sync 3", "unknown")),
    "a browser nobody knows": ("Mozilla/5.0 (Unheard; of)", ("Desktop", "unknown", "unknown")),
    "nothing": ("", ("Desktop", "unknown", "unknown")),
    "something unknown": ("acme-client", ("Desktop", "unknown", "unknown")),
}
