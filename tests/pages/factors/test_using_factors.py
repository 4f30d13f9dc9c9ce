"""Second factors and passkeys in the pages, by what a person sees and does."""

import pyotp
import pytest
from mongoengine.connection import get_db
from playwright.sync_api import expect

from tests.support.api import PASSWORD
from tests.support.applications import services_of
from tests.support.browser.factors import add_app, add_passkey, begin_to_confirm, begin_to_log_in, is_in, leave
from tests.support.browser.people import ADMIN
from tests.support.browser.tabs import EMAIL

pytestmark = pytest.mark.edge


def test_an_app_is_set_up_and_asked_for_at_the_next_login(person, clock):
    secret, codes = add_app(person)
    assert len(codes) == 8
    leave(person)
    dialog = begin_to_log_in(person)
    dialog.get_by_label("Code").fill("000000")
    dialog.get_by_role("button", name="Log in").click()
    dialog.get_by_text("The code is wrong, used or too old.").wait_for()
    clock.advance(seconds=30)
    dialog.get_by_label("Code").fill(pyotp.TOTP(secret).at(clock.now()))
    dialog.get_by_role("button", name="Log in").click()
    assert is_in(person)


def test_a_recovery_code_is_typed_into_the_same_field(person):
    _, codes = add_app(person)
    leave(person)
    dialog = begin_to_log_in(person)
    dialog.get_by_label("Code").fill(codes[0].lower())
    dialog.get_by_role("button", name="Log in").click()
    assert is_in(person)


def test_whoever_gives_up_the_second_step_is_not_logged_in(person):
    add_app(person)
    leave(person)
    begin_to_log_in(person).get_by_role("button", name="Cancel").click()
    person.page.get_by_text("A second factor is needed.").wait_for()
    assert person.page.locator("header .who button").count() == 0


def test_a_passkey_logs_in_by_the_button(person):
    add_passkey(person)
    leave(person)
    person.chosen(True)
    person.page.get_by_role("button", name="Log in by a passkey").click()
    assert is_in(person)


def test_a_passkey_is_the_second_step(person):
    add_passkey(person)
    leave(person)
    dialog = begin_to_log_in(person)
    person.chosen(True)
    dialog.get_by_role("button", name="Use a passkey").click()
    assert is_in(person)


def test_a_passkey_is_chosen_in_the_field_of_the_address(person):
    add_passkey(person)
    person.chosen(True)
    leave_button = person.page.locator("header .who button")
    leave_button.click()
    assert is_in(person)


def test_a_factor_is_removed(person):
    add_app(person)
    page = person.page
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    page.get_by_text("You have no second factor yet.").wait_for()


def test_a_confirmation_asks_for_the_code_of_an_app_too(person, clock):
    secret, _ = add_app(person)
    dialog = begin_to_confirm(person, clock)
    dialog.get_by_label("Code").fill("000000")
    dialog.get_by_role("button", name="Go on").click()
    dialog.get_by_text("The code is wrong, used or too old.").wait_for()
    dialog.get_by_label("Code").fill(pyotp.TOTP(secret).at(clock.now()))
    dialog.get_by_role("button", name="Go on").click()
    person.page.locator("main code").wait_for()


def test_a_confirmation_takes_a_passkey(person, clock):
    add_passkey(person)
    dialog = begin_to_confirm(person, clock)
    person.chosen(True)
    dialog.get_by_role("button", name="Use a passkey").click()
    person.page.locator("main code").wait_for()


def test_an_admin_lets_somebody_in_who_has_lost_everything(person, visit, app):
    add_app(person)
    user_id = get_db().users.find_one({"email": EMAIL})["_id"]
    services_of(app).seeding.seed_admin(email=ADMIN, password=PASSWORD)
    page = visit().logged_in(ADMIN).open(f"/admin/user?id={user_id}").page
    expect(page.get_by_role("main")).to_contain_text("Second factorsPhone")
    page.get_by_role("button", name="Remove second factors").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove second factors").click()
    page.get_by_text("Done", exact=True).wait_for()
    expect(page.get_by_role("button", name="Remove second factors")).to_have_count(0)
    person.open("/account").page.get_by_text("The second factors were changed").wait_for()
    person.log_in(EMAIL)
