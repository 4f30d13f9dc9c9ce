"""Errors, and what stands there while somebody waits."""

from tests.screenshots.lives import BUSY, LONGEST
from tests.screenshots.stage import States, answer, follow, hold, send, wait
from tests.support.api import PASSWORD, Api
from tests.support.browser.people import ADA

STATES = States()


@STATES.of(None, "/account/login")
def wrong_password(visitor):
    send(visitor.page, email=ADA, password="wrong")
    visitor.page.locator(".wrong:not(:empty)").wait_for()


@STATES.of(None, "/account/login")
def too_many_logins(visitor):
    answer(visitor.page, "/auth/login", 429, code="login_delayed")
    send(visitor.page, email=ADA, password="wrong")
    visitor.page.locator(".wrong:not(:empty)").wait_for()


@STATES.of(None, "/account/register")
def wrong_fields(visitor):
    send(visitor.page, email="ada@nowhere", password="password")
    visitor.page.locator(".wrong:not(:empty)").first.wait_for()


@STATES.of(ADA, "/account/sessions")
def outage_of_a_call(visitor):
    answer(visitor.page, "/sessions/*", 503, code="database_unavailable")
    visitor.page.locator(".rows li button").first.click()
    visitor.page.locator("[role=status]:not(:empty)").wait_for()


@STATES.of(ADA, "/account/security")
def outage_of_a_view(visitor):
    answer(visitor.page, "/sessions/history", 503, code="database_unavailable")
    follow(visitor.page, "history")
    visitor.page.locator("main [role=alert]").wait_for()


@STATES.of(BUSY, "/account/security")
def ended_elsewhere(visitor):
    device = Api(visitor.site.app).called(BUSY).logged_in()
    (mine, *_) = [each for each in device.get("/sessions").json["sessions"] if not each.get("current")]
    device.delete(f"/sessions/{mine['sessionId']}")
    follow(visitor.page, "history")
    visitor.page.locator("input[name=password]").wait_for()


@STATES.of(ADA, "/admin")
def not_for_everybody(visitor):
    visitor.settle()


@STATES.of(ADA, "/account/nothing")
def no_such_view(visitor):
    visitor.settle()


@STATES.of(ADA, "/account/password")
def slow_first_view(visitor):
    hold(visitor.page, "/profile/security")
    visitor.page.goto(f"{visitor.site.url}/account")
    wait(visitor.page)


@STATES.of(ADA, "/account/sessions")
def slow_next_view(visitor):
    hold(visitor.page, "/sessions/history")
    follow(visitor.page, "history")
    wait(visitor.page)


@STATES.of(None, "/account/login")
def slow_login(visitor):
    hold(visitor.page, "/auth/login")
    send(visitor.page, email=ADA, password=PASSWORD)
    wait(visitor.page)


@STATES.of(None, "/account/register")
def registration_that_waits(visitor):
    answer(visitor.page, "/auth/register", 200, registration="1")
    send(visitor.page, email=LONGEST, password=PASSWORD)
    visitor.page.locator("input[name=code]").wait_for()


@STATES.of(None, "/account/forgot")
def reset_that_waits(visitor):
    send(visitor.page, email=LONGEST)
    visitor.page.locator("input[name=code]").wait_for()
