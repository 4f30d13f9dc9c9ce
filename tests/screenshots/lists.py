"""Lists that are full or empty, and names that are as long as they may be."""

from tests.screenshots import lives
from tests.screenshots.lives import BUSY, LONELY, LONGEST
from tests.screenshots.stage import States, send
from tests.support.browser.people import ADMIN

STATES = States()


@STATES.of(BUSY, "/account/sessions")
def twenty_sessions(visitor):
    visitor.page.locator(".rows li").nth(19).wait_for()


@STATES.of(LONELY, "/account/sessions")
def no_other_session(visitor):
    lives.end_others(LONELY)
    visitor.open("/account/sessions")


@STATES.of(LONELY, "/account/history")
def no_ended_session(visitor):
    visitor.settle()


@STATES.of(LONELY, "/account/keys")
def no_keys(visitor):
    visitor.settle()


@STATES.of(ADMIN, "/admin/audit?type=passkey_suspect")
def no_events(visitor):
    visitor.settle()


@STATES.of(ADMIN, "/admin/users?prefix=nobody")
def no_results(visitor):
    visitor.settle()


@STATES.of(LONGEST, "/account/security")
def long_security(visitor):
    visitor.settle()


@STATES.of(LONGEST, "/account/sessions")
def long_sessions(visitor):
    visitor.settle()


@STATES.of(LONGEST, "/account/keys")
def long_keys(visitor):
    visitor.settle()


@STATES.of(LONGEST, "/account/factors")
def long_factors(visitor):
    with lives.factors_of(LONGEST):
        visitor.open("/account/factors")


@STATES.of(LONGEST, "/account/email")
def long_email(visitor):
    with visitor.page.expect_response("**/profile/security"):
        send(visitor.page, newEmail=f"other{LONGEST[5:]}")
    visitor.settle().page.locator(".grid button.primary").first.click()
    visitor.page.locator("input[name=code]").nth(1).wait_for()


@STATES.of(ADMIN, "/admin/users?prefix=l")
def long_users(visitor):
    visitor.settle()


@STATES.of(ADMIN, f"/admin/users?prefix={LONGEST[:64]}")
def long_user(visitor):
    with lives.factors_of(LONGEST):
        visitor.page.locator(".rows a").click()
        visitor.page.locator("main dl").wait_for()
