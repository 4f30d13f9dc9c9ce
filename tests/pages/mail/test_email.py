"""The e-mail view: verifying the address, and changing it."""

import pytest
from playwright.sync_api import expect

from tests.support.api import PASSWORD, Api
from tests.support.browser.people import ADA, ADMIN
from tests.support.browser.views import overflow

NEW = "lovelace@example.com"


@pytest.fixture
def page(ada):
    return ada.open("/account/email").page


def card(page, heading):
    return page.locator(".card").filter(has=page.get_by_role("heading", name=heading, exact=True))


def ask_for(page, address):
    card(page, "Another address").get_by_label("New address").fill(address)
    card(page, "Another address").get_by_role("button", name="Send a code").click()


def take(page, code):
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_label("Code", exact=True).press("Enter")


def confirm(page, password=PASSWORD):
    page.get_by_role("dialog").get_by_label("Password", exact=True).fill(password)
    page.get_by_role("dialog").get_by_role("button", name="Go on").click()


def test_an_address_is_verified_by_six_digits(ada, page, mailbox):
    expect(card(page, "Your address")).to_contain_text("Not verified")
    card(page, "Your address").get_by_role("button", name="Send a code").click()
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    code = mailbox.code()
    take(page, f"{int(code) ^ 1:06}")
    expect(page.get_by_text("The code is wrong, used or too old.")).to_be_visible()
    take(page, code)
    expect(page.get_by_role("status")).to_have_text("Your address is verified.")
    expect(card(page, "Your address").locator(".tag")).to_have_text("Verified")
    expect(card(page, "Your address").get_by_role("button")).to_have_count(0)
    assert (ada.watch.faults, page.evaluate("violations")) == ([], [])


def test_a_code_can_be_typed_after_a_reload(page, mailbox):
    card(page, "Your address").get_by_role("button", name="Send a code").click()
    expect(page.get_by_label("Code", exact=True)).to_be_visible()
    page.reload()
    page.get_by_role("button", name="I have a code").click()
    take(page, mailbox.code())
    expect(page.get_by_role("status")).to_have_text("Your address is verified.")


def test_what_was_verified_elsewhere_meanwhile_is_said(page, database):
    database.users.update_one({"email": ADA}, {"$currentDate": {"emailVerifiedAt": True}})
    card(page, "Your address").get_by_role("button", name="Send a code").click()
    expect(page.get_by_role("status")).to_have_text("The address is verified already.")


def test_an_address_is_changed_after_a_confirmation_and_all_others_are_out(page, app, clock, mailbox):
    device = Api(app).called(ADA).logged_in()
    clock.advance(minutes=11)
    ask_for(page, NEW)
    confirm(page)
    expect(page.locator(".notice").filter(has_text=NEW)).to_be_visible()
    page.reload()  # the code is expected after it as well
    take(page, mailbox.code())
    expect(page.get_by_role("status")).to_contain_text("The address is changed")
    expect(page.locator("header .who")).to_contain_text(NEW)
    assert device.refresh().json["code"] == "email_changed"
    assert [Api(app).login(address).status_code for address in (ADA, NEW)] == [401, 200]


def test_a_change_that_waits_is_seen_at_a_glance(ada, page):
    ask_for(page, NEW)
    expect(page.locator(".notice").filter(has_text=NEW)).to_be_visible()
    ada.open("/account/security")
    expect(page.locator("main").get_by_role("link", name=NEW)).to_be_visible()


def test_the_address_one_has_is_no_other(page):
    ask_for(page, ADA)
    expect(page.get_by_text("That is the address you have.")).to_be_visible()


def test_what_is_no_address_is_said_at_its_field(page):
    ask_for(page, "<b>x")
    expect(page.get_by_label("New address")).to_be_focused()
    expect(page.get_by_label("New address")).to_have_attribute("aria-invalid", "true")


def test_an_address_that_is_taken_is_answered_as_one_that_is_free(page, mailbox):
    ask_for(page, ADMIN)
    expect(page.locator(".notice").filter(has_text=ADMIN)).to_be_visible()
    assert mailbox.deliver() == []
    take(page, "123456")
    expect(page.get_by_text("The code is wrong, used or too old.")).to_be_visible()


@pytest.mark.parametrize("address", ["o'brien+{email}$&@example.com", f"{'a' * 60}@{'label.' * 20}example.com"])
def test_strange_addresses_are_shown_as_they_are(page, address):
    ask_for(page, address)
    expect(page.locator(".notice").filter(has_text=address)).to_be_visible()
    assert overflow(page) == 0


def test_too_many_codes_are_refused_in_words(page, site):
    with site.spoiling("/profile/email/verification", 429, b'{"code": "rate_limited"}', **{"Retry-After": "77"}):
        card(page, "Your address").get_by_role("button", name="Send a code").click()
        expect(page.get_by_role("status")).to_have_text("Too many attempts. Try again in 77 seconds.")
