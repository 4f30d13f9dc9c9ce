"""Second factors and passkeys in the pages, by what a person sees and does."""

import pyotp
import pytest

from tests.support.browser.factors import add_app, add_passkey, begin_to_confirm, begin_to_log_in, is_in, leave

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
