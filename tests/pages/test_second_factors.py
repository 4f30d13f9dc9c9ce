"""Second factors and passkeys in the pages, by what a person sees and does."""

import pyotp
import pytest

from auth_service.development.mongod import free_port
from tests.support.api import PASSWORD
from tests.support.applications import services_of
from tests.support.browser.site import Site
from tests.support.browser.tabs import EMAIL
from tests.support.browser.views import Visitor
from tests.support.factors.apps import KEY
from tests.support.factors.browser import HONEST

pytestmark = pytest.mark.edge


@pytest.fixture(scope="module")
def factor_site(app_with):
    """The service with second factors, at the origin that its passkeys are made for."""
    port = free_port()
    variables = {"APP_ENV": "development", "PAGES": "true", "DATA_KEY": KEY}
    with Site(app_with(**variables, PUBLIC_URL=f"http://localhost:{port}"), port=port) as site:
        yield site


@pytest.fixture
def person(app, factor_site, context, database):
    """A user at the page of their account, with an authenticator in the browser."""
    for name in ("factors", "recovery_codes", "used_challenges", "login_delays"):
        database[name].delete_many({})
    services_of(app).registration.register(email=EMAIL, password=PASSWORD)
    visitor = Visitor(context, factor_site)
    devtools = context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable", {"enableUI": False})
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": HONEST})
    visitor.chosen = lambda can: devtools.send(
        "WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": added["authenticatorId"], "enabled": can}
    )
    visitor.chosen(False)
    visitor.logged_in(EMAIL).open("/account/factors")
    return visitor


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


def add_passkey(visitor):
    page = visitor.page
    visitor.chosen(True)
    card = page.locator("section.card", has_text="Add a passkey")
    card.get_by_label("Name").fill("Laptop")
    card.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="I have kept them").click()
    page.get_by_text("The factor is added.").wait_for()
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
