"""Addresses are read as browsers, servers and DNS read them, or refused."""

import pytest

from tests.support.settings import problems, settings

CA = "/etc/ssl/certs/ca-certificates.crt"
LONG = "a" * 300


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://app.example.com:443", ("https://app.example.com",)),
        ("https://app.example.com:0443", ("https://app.example.com",)),
        ("http://app.example.com:00000080", ("http://app.example.com",)),
        ("https://app.example.com:08443", ("https://app.example.com:8443",)),
        ("https://app.example.com:80", ("https://app.example.com:80",)),
        ("HTTPS://App.example.com:8443, http://[::1]:5173", ("https://app.example.com:8443", "http://[::1]:5173")),
        ("http://[0:0:0:0:0:0:0:1],http://[::1]", ("http://[::1]",)),
        ("https://xn--mnchen-3ya.example", ("https://xn--mnchen-3ya.example",)),
        ("http://127.0.0.1:5173,,http://my_app:1 ,", ("http://127.0.0.1:5173", "http://my_app:1")),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(written, read):
    assert settings(CORS_ORIGINS=written).cors.origins == read


@pytest.mark.parametrize(
    "text",
    ["https://", "https://.", "https://-a.example", "https://a..example", "https://a:0", "https://a:65536", "https://a/",
     "https://*.example.com", "null", "*", "https://a?b", "https://u@a", "https://m\u00fcnchen.example", "https://a:",
     "https://a.", "https://127.1", "https://1.2.3", "https://0x7f.1", "https://127.0.0.01", "https://a.0x7f", "//a",
     "https://[::1", "https://[::]]", "https://[:::]", "https://[::ffff:1.2.3.4]", "https://[::ffff:102:304]",
     "a.example", "https://[1.2.3.4]", f"https://{LONG}", "https://a https://b", "https://a;https://b", "ftp://a",
     "https://a:4\u0663", ",", "https://a\nhttps://b", "https://a#b", "https://[fe80::1%eth0]", "capacitor://localhost"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(text):
    [problem] = problems(CORS_ORIGINS=text)
    assert problem.startswith("CORS_ORIGINS must be origins")


@pytest.mark.parametrize(
    ("host", "address"),
    [("::1", "[::1]:3020"), ("[::1]", "[::1]:3020"), ("::", "[::]:3020"), ("127.0.0.1", "127.0.0.1:3020"),
     ("localhost", "127.0.0.1:3020"), ("0:0::1", "[::1]:3020"), ("[::]", "[::]:3020")],
)  # fmt: skip
def test_an_ipv6_address_may_be_in_brackets_or_not(host, address):
    assert settings(HOST=host).service.address == address


@pytest.mark.parametrize(
    "host",
    ["[::1", "1.2.3", "256.1.1.1", "http://x", "a b", "[127.0.0.1", "x:1", LONG, "db.example.com", "nowhere.invalid",
     "[::1]:3020", "127.0.0.1:3020", "::1%lo", "fe80::1%eth0", "*", "127.0.0.01", "0"],
)  # fmt: skip
def test_what_is_no_address_of_a_machine_is_refused(host):
    assert problems(HOST=host) == ["HOST must be an IP address such as 127.0.0.1, 0.0.0.0 or ::1"]


@pytest.mark.parametrize(
    ("text", "bind"),
    [("127.0.0.1:9464", ("127.0.0.1", 9464)), ("[::1]:9464", ("[::1]", 9464)), ("localhost:9464", ("127.0.0.1", 9464))],
)
def test_metrics_have_an_address_and_a_port(text, bind):
    assert settings(METRICS_BIND=text).metrics.bind == bind


@pytest.mark.parametrize(
    "text", ["9464", ":9464", "::1:9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "999.1.1.1:1", f"{LONG}:1",
             "[zz]:1", "example.com:1", "127.0.0.1:\u0663", "127.0.0.1:x"],
)  # fmt: skip
def test_what_is_no_address_and_port_is_refused(text):
    assert problems(METRICS_BIND=text) == ["METRICS_BIND must be an IP address and a port such as 127.0.0.1:9464"]


@pytest.mark.parametrize(
    "url",
    ["redis://localhost", "redis://u:p@redis_1:6379/2", "rediss://:p@[::1]:6379", "redis://127.0.0.1/",
     f"rediss://h/0?ssl_ca_certs={CA}"],
)  # fmt: skip
def test_a_redis_has_a_host_and_perhaps_a_database(url):
    assert settings(RATELIMIT_STORAGE_URL=url).rate_limits.storage_url == url


@pytest.mark.parametrize(
    "url",
    ["redis://", "redis:///0", "redis://h:99999/0", "redis://h:x/0", "redis://h:0", "redis://h/abc", "redis://h/-1",
     "redis://h/0/1", "redis://a b/0", "redis://[::1/0", f"redis://{LONG}", "rediss://h/0?ssl_cert_reqs=none",
     "redis://h?strange=1", "redis://h?socket_timeout=9", "redis://h?db=5", "redis://h?protocol=9",
     "rediss://h?ssl_ca_certs=/nowhere", f"redis://h?ssl_ca_certs={CA}", "unix:///x", "memory://", "localhost:6379"],
)  # fmt: skip
def test_what_is_no_redis_is_refused(url):
    [problem] = problems(RATELIMIT_STORAGE_URL=url)
    assert problem.startswith("RATELIMIT_STORAGE_URL must ")


@pytest.mark.parametrize("host", ["-a", "a..b", "1.2.3", LONG, "a b", "", "h\u00e9", "[::1"])
@pytest.mark.parametrize("name", ["PASSWORD_BREACH_URL", "GEO_DOWNLOAD_URL"])
def test_a_url_without_a_possible_host_is_refused(name, host):
    [problem] = problems(**{name: f"https://{host}/x/"})
    assert problem.startswith(f"{name} must be a URL ")


def test_what_is_appended_to_a_url_is_appended_behind_a_slash():
    [problem] = problems(PASSWORD_BREACH_URL="https://api.pwnedpasswords.com/range")
    assert "with the last /" in problem
