"""What a person with second factors does on the pages, by what they see there."""

import pyotp

from tests.support.api import PASSWORD
from tests.support.browser.tabs import EMAIL


def add_app(visitor):
    page = visitor.page
    card = page.locator("section.card", has_text="Add an app")
    card.get_by_label("Name").fill("Phone")
    card.get_by_role("button", name="Add").click()
    dialog = page.get_by_role("dialog")
    secret = dialog.locator("code").inner_text()
    dialog.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    dialog.get_by_role("button", name="Confirm").click()
    page.get_by_role("heading", name="Recovery codes").first.wait_for()
    codes = page.get_by_role("dialog").locator("code").all_inner_texts()
    page.get_by_role("button", name="I have kept them").click()
    page.get_by_text("The factor is added.").wait_for()
    return secret, codes


def add_passkey(visitor, *, first=True):
    page = visitor.page
    visitor.chosen(True)
    card = page.locator("section.card", has_text="Add a passkey")
    card.get_by_label("Name").fill("Laptop")
    card.get_by_role("button", name="Add").click()
    if first:
        page.get_by_role("button", name="I have kept them").click()
    page.locator("ul.rows", has_text="Laptop").wait_for()
    visitor.chosen(False)


def leave(visitor):
    visitor.page.locator("header .who button").click()
    visitor.page.locator("input[name=email]").wait_for()


def begin_to_log_in(visitor):
    page = visitor.page
    page.locator("input[name=email]").fill(EMAIL)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button.primary").first.click()
    return page.get_by_role("dialog")


def is_in(visitor):
    visitor.page.locator("header .who button").wait_for()
    return True


def begin_to_confirm(person, clock):
    """Ask for a key when the login is no longer fresh, and give the password, which is not enough."""
    clock.advance(minutes=11)
    page = person.open("/account/keys").page
    page.get_by_label("Name").fill("Nightly")
    page.get_by_role("button", name="Create key").click()
    dialog = page.get_by_role("dialog", name="Is it you?")
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Go on").click()
    dialog.get_by_text("A second factor is needed, too.").wait_for()
    return dialog
