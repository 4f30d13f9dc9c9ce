"""The one browser of a test worker."""

import pytest
from playwright.sync_api import sync_playwright

from tests.support.browser.chromium import launch, require_chromium


@pytest.fixture(scope="session")
def browser():
    require_chromium()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()
