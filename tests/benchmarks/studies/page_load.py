"""How soon the pages can be used: from the first request to the view, without a cache.

Run: `python -m tests.benchmarks.studies.page_load`. Needs a chromium on the PATH.

Each round opens the login view as somebody new, and the account page as somebody who is logged in, each in a browser of
its own. The time is that of the page's clock, until the view stands. The exit code is 0 when the median of each is at
most 500 ms.
"""

import statistics
import sys
import tempfile
from pathlib import Path

import requests
from playwright.sync_api import sync_playwright

from auth_service.development.mongod import Mongod
from tests.support.api import PASSWORD
from tests.support.browser.chromium import launch
from tests.support.server import Server

ROUNDS, MOST = 20, 500  # MOST in milliseconds
PERSON = {"email": "ada@example.com", "password": PASSWORD}
PROBE = """
new MutationObserver(() => {
  if (!window.usable && document.querySelector("main:not([aria-busy]) h1")) window.usable = performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true });
"""


def main():
    times = {"login": [], "account": []}
    with (
        tempfile.TemporaryDirectory() as folder,
        Mongod(Path(folder) / "mongodb") as mongod,
        Server(DB_URL=mongod.url.replace("/?", "/pages?"), PAGES="true", LOG_LEVEL="error") as server,
        sync_playwright() as playwright,
    ):
        requests.post(f"{server.url}/auth/register", json=PERSON, timeout=30).raise_for_status()
        url, browser = server.url.replace("127.0.0.1", "localhost"), launch(playwright)
        cookies = logged_in(browser, url)
        for _ in range(ROUNDS):
            elapsed, _ = opened(browser, url)
            times["login"].append(elapsed)
            elapsed, cookies = opened(browser, url, cookies)
            times["account"].append(elapsed)
    medians = {view: statistics.median(each) for view, each in times.items()}
    for view, each in times.items():
        print(f"{view:8} median {medians[view]:4.0f} ms, {min(each):4.0f} to {max(each):4.0f}")
    return 0 if max(medians.values()) <= MOST else 1


def logged_in(browser, url):
    """The cookies of a browser whose user has logged in."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{url}/account")
        for name, value in PERSON.items():
            page.locator(f"input[name={name}]").fill(value)
        page.locator("form button.primary").click()
        page.locator("header .who button").wait_for()
        return context.cookies(f"{url}/auth")


def opened(browser, url, cookies=()):
    """The milliseconds until the account page can be used, and the cookies after it."""
    with browser.new_context() as context:
        context.add_cookies(list(cookies))
        context.add_init_script(PROBE)
        page = context.new_page()
        page.goto(f"{url}/account")
        page.locator("main:not([aria-busy]) h1").wait_for()
        assert (page.locator("header .who button").count() == 1) == bool(cookies)
        return page.evaluate("window.usable"), context.cookies(f"{url}/auth")


if __name__ == "__main__":
    sys.exit(main())
