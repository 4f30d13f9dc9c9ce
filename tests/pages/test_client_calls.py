"""What `auth-client.js` makes of each answer, in one tab and for the others."""

import pytest

from tests.support.api import PASSWORD
from tests.support.applications import services_of, without_database
from tests.support.browser.tabs import EMAIL, Tabs
from tests.support.remote import Remote

WELL = ["ok", [200, None]]
NEW = "another horse battery"
PASSWORD_CHANGE = (
    "{method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify("
    f"{{currentPassword: '{PASSWORD}', newPassword: '{NEW}'}})}}"
)
NEW_KEY = "{method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({name: 'backup'})}"


@pytest.fixture
def remote(site, account):
    """Another device of the same user."""
    return Remote(site.url, EMAIL).logged_in()


def test_a_login_gives_a_token_to_all_tabs_and_a_call_needs_no_refresh(tabs, site):
    first, second = tabs.open(2)
    first.log_in()
    second.page.wait_for_function("heard.length > 0")
    assert [tab.status("/profile") for tab in (first, second)] == [WELL, WELL]
    assert [tab.heard[0][0] for tab in (first, second)] == ["signedin", "signedin"]
    assert site.count("/auth/refresh") == 0


def test_a_wrong_password_is_an_answer_and_no_sign_out(tabs):
    tab = tabs.open()
    answer = tab.page.evaluate("client.logIn('user@example.com', 'wrong')")
    assert (answer["ok"], answer["status"], answer["code"]) == (False, 401, "invalid_credentials")
    assert tab.heard == []


def test_nothing_is_stored(tabs):
    tab = tabs.open().log_in()
    tab.status("/profile")
    assert tab.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_a_new_tab_is_logged_in_by_the_cookie(tabs):
    tabs.open().log_in()
    assert tabs.open().status("/profile") == WELL


def test_without_a_cookie_there_is_nobody(tabs):
    tab = tabs.open()
    assert tab.outcome("client.token()")[:2] == ["SignedOut", "token_missing"]


def test_a_call_with_an_expired_token_is_sent_once_more(tabs, clock, site):
    tab = tabs.open().log_in()
    clock.advance(minutes=6)
    assert tab.status("/profile") == WELL
    assert (site.count("/profile", 401), site.count("/profile"), site.count("/auth/refresh")) == (1, 1, 1)


def test_calls_side_by_side_share_one_refresh(tabs, clock, site):
    tab = tabs.open().log_in()
    clock.advance(minutes=6)
    calls = "Promise.all([1, 2, 3, 4, 5].map(() => client.fetch('/profile').then((a) => a.status)))"
    assert tab.outcome(calls) == ["ok", [200] * 5]
    assert site.count("/auth/refresh") == 1


def test_the_clock_of_the_device_is_never_asked(tabs, site):
    tab = tabs.open()
    tab.page.evaluate("window.Date = undefined")
    tab.log_in()
    assert tab.status("/profile") == WELL


def test_an_end_from_elsewhere_signs_all_tabs_out_and_says_why(tabs, remote):
    first, second = tabs.open(2)
    first.log_in()
    second.page.wait_for_function("heard.length > 0")
    assert remote.delete("/sessions").json()["ended"] == 1
    assert first.status("/profile")[:2] == ["SignedOut", "revoked_by_user"]
    second.page.wait_for_function("heard.length > 1")
    assert [tab.heard[-1] for tab in (first, second)] == [["signedout", "revoked_by_user"]] * 2


def test_several_calls_of_an_ended_session_sign_out_once(tabs, remote):
    tab = tabs.open().log_in()
    remote.delete("/sessions")
    calls = (
        "Promise.allSettled([1, 2, 3, 4].map(() => client.fetch('/profile')))"
        ".then((all) => all.map((each) => each.reason.code))"
    )
    assert tab.outcome(calls) == ["ok", ["revoked_by_user"] * 4]
    assert [event for event, _ in tab.heard] == ["signedin", "signedout"]


def test_a_logout_signs_all_tabs_out(tabs):
    first, second, third = tabs.open(3)
    first.log_in()
    second.page.wait_for_function("heard.length > 0")
    second.log_out()
    first.page.wait_for_function("heard.length > 1")
    assert [tab.heard[-1] for tab in (first, second)] == [["signedout", "logout"]] * 2
    assert third.outcome("client.token()")[:2] == ["SignedOut", "token_missing"]


def test_a_refusal_of_the_last_session_does_not_sign_out_the_next(tabs, site):
    """A call is under way while the user logs in again: its refusal is about the session that the login replaced."""
    first, second = tabs.open(2)
    first.log_in()
    second.page.wait_for_function("heard.length == 1")
    with site.holding("/profile", unseen=True) as hold:
        first.start("client.fetch('/profile').then((answer) => answer.status)")
        assert hold.arrived.wait(10)
        old = second.page.evaluate("client.token()")
        second.log_in()
        first.page.wait_for_function("(old) => client.token().then((token) => token !== old)", arg=old)
    assert first.started() == ["ok", 200]
    assert [event for event, _ in first.heard + second.heard] == ["signedin", "signedin"]
    assert site.count("/profile", 401) == 1


def test_another_user_is_announced_to_the_other_tabs(tabs, app):
    services_of(app).registration.register(email="eve@example.com", password=PASSWORD)
    first, second = tabs.open(2)
    first.log_in()
    second.page.wait_for_function("heard.length == 1")
    first.log_in("eve@example.com")
    second.page.wait_for_function("heard.length == 2")
    assert [event for event, _ in second.heard] == ["signedin", "signedin"]
    assert second.heard[0][1] != second.heard[1][1]


def test_a_call_that_needs_a_fresh_login_is_the_callers_to_handle(tabs, clock):
    tab = tabs.open().log_in()
    clock.advance(minutes=11)
    assert tab.status("/profile/keys", NEW_KEY) == ["ok", [401, "fresh_authentication_required"]]
    assert tab.status("/profile") == WELL


def test_a_password_change_keeps_the_tab_and_its_cookie(tabs, clock):
    first, second = tabs.open(2)
    first.log_in()
    assert first.status("/profile/password", PASSWORD_CHANGE) == WELL
    clock.advance(minutes=6)
    assert [tab.status("/profile") for tab in (first, second)] == [WELL, WELL]


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b'{"code": "database_unavailable"}'])
def test_an_outage_signs_nobody_out(tabs, site, clock, body):
    tab = tabs.open().log_in()
    clock.advance(minutes=6)
    with site.spoiling("/auth/refresh", 503, body, **{"Retry-After": "1"}):
        name, _, retry_after = tab.outcome("client.fetch('/profile')")
        assert (name, retry_after) == ("Unavailable", 1)
        assert tab.outcome("client.token()")[0] == "Unavailable"
        assert site.count("/auth/refresh", 503) == 1  # before the time is over it does not ask again
    tab.page.wait_for_timeout(1000)
    assert tab.status("/profile") == WELL
    assert [event for event, _ in tab.heard] == ["signedin"]


def test_a_database_that_is_away_signs_nobody_out(tabs, site):
    tab = tabs.open().log_in()
    tab.reload()
    kept = site.app.extensions["auth_service"]
    with without_database(site.app):
        assert tab.outcome("client.token()") == ["Unavailable", "database_unavailable", 1]
    site.app.extensions["auth_service"] = kept
    tab.page.wait_for_timeout(1000)
    assert tab.status("/profile") == WELL


def test_a_logout_that_was_not_done_is_not_claimed(tabs, site):
    tab = tabs.open().log_in()
    with site.spoiling("/auth/logout", 502):
        assert tab.outcome("client.logOut()")[0] == "Unavailable"
    assert tab.status("/profile") == WELL


@pytest.mark.edge
def test_a_session_that_refreshes_too_often_is_told_to_wait_and_kept(context, site_with, account):
    with site_with() as site:
        tab = Tabs(context, site).open().log_in()
        names = []
        for _ in range(40):
            tab.reload()
            names.append(tab.outcome("client.token()")[0])
            if names[-1] == "Unavailable":
                break
        assert set(names) == {"ok", "Unavailable"}
        assert site.count("/auth/refresh", 429) == 1
        assert tab.outcome("client.token()")[1] == "rate_limited"


@pytest.mark.parametrize(
    ("own", "path"), [(True, "//elsewhere.example/x"), (False, "0/x"), (False, "@elsewhere.example/x")]
)
def test_the_token_goes_nowhere_else(context, site, account, own, path):
    tab = Tabs(context, site, base="" if own else site.url).open().log_in()
    assert tab.outcome(f"client.fetch('{path}')")[0] == "TypeError"
