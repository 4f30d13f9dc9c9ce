"""The client in pages of another origin, which `CORS_ORIGINS` must name."""

import pytest
from playwright.sync_api import Error

from tests.support.browser.other_origin import another_origin
from tests.support.browser.tabs import Tabs


@pytest.fixture
def application():
    with another_origin() as application:
        yield application


def test_a_page_of_an_allowed_origin_logs_in_stays_logged_in_and_logs_out(
    context, site_with, account, clock, application
):
    with site_with(CORS_ORIGINS=application.origin) as site:
        tabs = Tabs(context, site, base=site.url, page=application.origin)
        first, second = tabs.open(2)
        first.log_in()
        second.page.wait_for_function("heard.length == 1")
        clock.advance(minutes=6)
        assert [tab.status("/profile") for tab in (first, second)] == [["ok", [200, None]]] * 2
        first.reload()
        assert first.status("/profile") == ["ok", [200, None]]
        first.log_out()
        second.page.wait_for_function("heard.length == 2")
        assert second.heard[-1] == ["signedout", "logout"]


def test_the_wait_of_a_refusal_can_be_read(context, site_with, account, application):
    with site_with(CORS_ORIGINS=application.origin, RATELIMIT_ENABLED="true", RATELIMIT_LOGIN="1/hour") as site:
        tab = Tabs(context, site, base=site.url, page=application.origin).open()
        tab.log_in()
        answer = tab.page.evaluate("client.logIn('user@example.com', 'x')")
        assert answer["code"] == "rate_limited"
        assert 0 < answer["retryAfter"] <= 3600


def test_a_page_of_another_origin_does_not_even_get_the_client(context, site, account, application):
    with pytest.raises(Error, match="Failed to fetch dynamically imported module"):
        Tabs(context, site, base=site.url, page=application.origin).open()
