"""Dialogs, and what is said once."""

from tests.screenshots import lives
from tests.screenshots.lives import BUSY, LONELY, LONGEST, UNBROKEN
from tests.screenshots.stage import States, answer, send
from tests.support.api import PASSWORD
from tests.support.browser.people import ADA, ADMIN

STATES = States()


@STATES.of(BUSY, "/account/keys")
def dialog_confirm(visitor):
    lives.age_logins(BUSY)
    send(visitor.page, name=UNBROKEN)
    send(visitor.page, "dialog", password="wrong")
    visitor.page.locator("dialog .wrong:not(:empty)").wait_for()


@STATES.of(BUSY, "/account/sessions")
def dialog_end_all(visitor):
    visitor.page.locator("main > p > button.danger").click()


@STATES.of(LONGEST, "/account/data")
def dialog_delete(visitor):
    visitor.page.locator("button.danger").click()
    send(visitor.page, "dialog", email=ADA)


@STATES.of(LONGEST, "/account/keys")
def dialog_end_key(visitor):
    visitor.page.locator(".rows button").last.click()


@STATES.of(LONELY, "/account/factors")
def dialog_app(visitor):
    visitor.page.locator(".grid input").first.fill(UNBROKEN)
    visitor.page.locator(".grid button").first.click()
    visitor.page.locator("dialog img").wait_for()


@STATES.of(LONELY, "/account/factors")
def dialog_codes(visitor):
    with lives.factors_of(LONELY):
        visitor.open("/account/factors")
    answer(visitor.page, "/profile/recovery-codes", 200, recoveryCodes=[f"ABCDE-FGHJ{number}" for number in range(8)])
    visitor.page.locator("main > .card button").click()
    visitor.page.locator("dialog code").nth(7).wait_for()


@STATES.of(None, "/account/login")
def dialog_second_step(visitor):
    methods = {"ticket": "1", "methods": ["totp", "passkey"]}
    answer(visitor.page, "/auth/login", 401, code="second_factor_required", **methods)
    send(visitor.page, email=ADA, password=PASSWORD)
    visitor.page.locator("dialog").wait_for()


@STATES.of(ADMIN, f"/admin/users?prefix={LONGEST[:64]}")
def dialog_suspend(visitor):
    visitor.page.locator(".rows a").click()
    visitor.page.locator("main .actions button.danger").first.click()


@STATES.of(BUSY, "/account/keys")
def a_key_that_is_shown_once(visitor):
    send(visitor.page, name=UNBROKEN)
    visitor.page.locator("main .notice code").wait_for()


@STATES.of(BUSY, "/account/sessions")
def an_outcome(visitor):
    visitor.page.locator(".rows li button").first.click()
    visitor.page.locator("[role=status]:not(:empty)").wait_for()
