"""The page of docs/pages.md, copied as it stands, works on an origin of its own."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.api import PASSWORD, Api
from tests.support.browser.other_origin import another_origin
from tests.support.browser.tabs import EMAIL
from tests.support.server import ROOT

PAGE = re.search(r"```html\n(.*?)```", (ROOT / "docs" / "pages.md").read_text(), re.DOTALL)[1]
PLACEHOLDER = "https://auth.example.com"


@pytest.fixture
def application(site_with):
    with another_origin() as application, site_with(CORS_ORIGINS=application.origin) as site:
        assert PLACEHOLDER in PAGE
        application.page = PAGE.replace(PLACEHOLDER, site.url)
        application.site = site
        yield application


def log_in(page):
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_it_logs_in_stays_logged_in_and_says_why_it_is_not_any_more(context, application, account):
    other, page = context.new_page(), context.new_page()  # the last one is in front
    for each in (page, other):
        each.goto(application.origin)
    log_in(page)
    for each in (page, other):
        expect(each.get_by_role("status")).to_have_text(f"Logged in as {EMAIL}")
    page.reload()
    expect(page.get_by_role("status")).to_have_text(f"Logged in as {EMAIL}")
    page.get_by_role("button", name="Log out").click()
    for each in (page, other):
        expect(each.get_by_role("status")).to_have_text("Logged out: logout")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("status")).to_have_text("Invalid email or password")


def test_it_waits_while_the_service_is_away(context, application, account):
    page = context.new_page()
    page.goto(application.origin)
    log_in(page)
    expect(page.get_by_role("status")).to_have_text(f"Logged in as {EMAIL}")
    cors = {
        "Access-Control-Allow-Origin": application.origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": "Retry-After",
    }
    with application.site.spoiling("/auth/refresh", 503, **cors, **{"Retry-After": "1"}):
        page.reload()
        page.wait_for_timeout(500)
    expect(page.get_by_role("status")).to_have_text(f"Logged in as {EMAIL}")
    assert Api(application.site.app).login(EMAIL).status_code == 200
