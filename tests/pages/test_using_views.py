"""What people do on the pages."""

import json

import pytest
from playwright.sync_api import expect

from tests.support.api import PASSWORD, Api
from tests.support.applications import services_of
from tests.support.browser.people import ADA, ADMIN, populate

NEW = "another horse battery"


@pytest.fixture
def ada(visit, site):
    """Somebody who is logged in and has opened no page yet."""
    populate(site.app, sessions=2)
    return visit().logged_in(ADA)


@pytest.fixture
def admin(visit, site):
    populate(site.app, sessions=2)
    return visit().logged_in(ADMIN)


def another_device(site):
    return Api(site.app).called(ADA).logged_in()


def test_somebody_registers_and_is_logged_in(visit):
    page = visit().open("/account/register").page
    page.get_by_label("E-mail address").fill("new@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Security")
    expect(page.locator("header .who")).to_contain_text("new@example.com")


def test_a_refused_password_is_said_at_its_field(visit):
    page = visit("de").open("/account/register").page
    page.get_by_label("E-Mail-Adresse").fill("new@example.com")
    field = page.get_by_label("Passwort", exact=True)
    field.fill("password")
    page.get_by_role("button", name="Konto anlegen").click()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    described = field.evaluate(
        "(field) => document.getElementById(field.getAttribute('aria-describedby').split(' ')[0])"
    )
    assert described is not None
    expect(page.locator(".wrong").filter(has_text="Ist eines der häufigsten Passwörter.")).to_be_visible()


def test_a_wrong_password_is_said_in_the_language_of_the_page(visit, site):
    populate(site.app, sessions=0)
    page = visit("de").open("/account").page
    page.get_by_label("E-Mail-Adresse").fill(ADA)
    page.get_by_label("Passwort", exact=True).fill("falsch")
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("alert").filter(has_text="E-Mail-Adresse oder Passwort ist falsch.")).to_be_visible()


def test_another_language_is_chosen_and_kept(visit):
    page = visit().open("/account/login").page
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")


def test_the_history_says_what_else_happened_to_the_account_and_no_refresh(ada, site):
    Api(site.app).called(ADA).login(password="wrong")
    page = ada.open("/account/history").page
    events = page.locator("ul.rows").last
    expect(events.locator("li").first).to_contain_text("Login")
    expect(events.locator("li").first).to_contain_text("Failure")
    expect(events).to_contain_text("API key created")
    expect(events).not_to_contain_text("Refresh")


def test_a_session_is_ended_by_keys_alone(visit, site):
    """Log in, go to the sessions, end one; the mouse is not touched, and the focus is always to be seen."""
    populate(site.app, sessions=2)
    device = another_device(site)
    page = visit().open("/account").page
    page.keyboard.type(ADA)
    press_until(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Home")
    press_until(page, "Sessions", backwards=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sessions")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    press_until(page, "End")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The session is over. It takes effect at once.")
    assert device.profile().json["code"] == "revoked_by_user"


def press_until(page, name, *, backwards=False):
    for _ in range(20):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        label = "document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent"
        if page.evaluate(label) == name:
            return
    raise AssertionError(f"{name} is not reached")


def test_all_other_sessions_end_and_this_one_stays(ada, site):
    device, page = another_device(site), ada.open("/account/sessions").page
    page.get_by_role("button", name="End all others").click()
    page.get_by_role("dialog").get_by_role("button", name="End all others").click()
    expect(page.get_by_text("You are logged in nowhere else.")).to_be_visible()
    assert device.profile().json["code"] == "revoked_by_user"


def test_a_dialog_that_is_given_up_does_nothing(ada, site):
    device, page = another_device(site), ada.open("/account/sessions").page
    page.get_by_role("button", name="End all others").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert device.profile().status_code == 200


def test_a_session_that_is_ended_elsewhere_says_why(ada, site):
    ada.open("/account")
    another_device(site).delete("/sessions")
    ada.page.get_by_role("link", name="History").click()
    expect(ada.page.get_by_role("alert").first).to_contain_text(
        "You ended this session on another device. Noticed just now"
    )
    ada.log_in(ADA)
    assert ada.heading == "History"


def test_a_password_is_changed_and_the_tab_goes_on(ada, site):
    page = ada.open("/account/password").page
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("status")).to_contain_text("The password is changed")
    assert Api(site.app).login(ADA, NEW).status_code == 200


def test_a_key_needs_a_fresh_login_which_is_asked_for_at_the_key(ada, site, clock):
    clock.advance(minutes=11)
    page = ada.open("/account/keys").page
    page.get_by_label("Name").fill("Nightly")
    page.get_by_role("button", name="Create key").click()
    page.get_by_role("dialog").get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("dialog").get_by_role("button", name="Go on").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text("The password is wrong.")
    page.get_by_role("dialog").get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("dialog").get_by_role("button", name="Go on").click()
    secret = page.locator("code").inner_text()
    expect(page.locator("ul.rows").first).to_contain_text("Nightly")
    assert Api(site.app).get("/profile", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_an_account_is_deleted_by_whoever_types_its_address(ada, site):
    page = ada.open("/account/data").page
    page.get_by_role("button", name="Delete the account").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail address").fill("other@example.com")
    dialog.get_by_role("button", name="Delete the account").click()
    expect(dialog.get_by_role("alert")).to_have_text("That is another address.")
    dialog.get_by_label("E-mail address").fill(ADA)
    dialog.get_by_role("button", name="Delete the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    assert Api(site.app).login(ADA).status_code == 401


def test_a_plain_user_sees_nothing_of_the_admins(ada):
    ada.open("/admin")
    expect(ada.page.locator("main")).to_contain_text("You are not allowed to do this.")


def test_an_admin_finds_somebody_and_suspends_them(admin, site):
    page = admin.open("/admin").page
    page.get_by_label("Address begins with").fill("person3")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="person3@example.com").click()
    page.get_by_role("button", name="Suspend").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("spam")
    page.get_by_role("dialog").get_by_role("button", name="Suspend").click()
    expect(page.get_by_role("button", name="Restore")).to_be_visible()
    assert Api(site.app).login("person3@example.com").json["code"] == "account_suspended"


def test_an_admin_invites_somebody_who_sets_a_password(admin, visit):
    admin.open("/admin")
    admin.page.get_by_label("E-mail address").fill("invited@example.com")
    admin.page.get_by_role("button", name="Invite").click()
    code = admin.page.locator("main code").inner_text()
    page = visit().open("/account/invitation").page
    for label, value in (("E-mail address", "invited@example.com"), ("Code", code), ("Password", PASSWORD)):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Set password").click()
    expect(page.locator("header .who")).to_contain_text("invited@example.com")


def test_the_audit_trail_is_filtered_by_address_type_and_outcome(admin):
    page = admin.open("/admin/audit").page
    page.get_by_label("Event").select_option("login")
    page.get_by_label("Outcome").select_option("failure")
    page.get_by_label("User").fill(ADA)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".rows li")).to_have_count(1)
    expect(page.locator(".rows li")).to_contain_text("E-mail address or password is wrong.")


def test_an_outage_is_said_and_the_view_can_be_tried_again(ada, site):
    ada.open("/account")
    with site.spoiling("/sessions/history", 503):
        ada.page.get_by_role("link", name="History").click()
        expect(ada.page.get_by_role("heading", level=1)).to_have_text("That did not work")
    ada.page.get_by_role("button", name="Try again").click()
    expect(ada.page.get_by_role("heading", level=1)).to_have_text("History")


def test_the_slower_of_two_views_does_not_cover_the_later_one(ada, site):
    ada.open("/account")
    with site.holding("/sessions/history") as hold:
        ada.page.get_by_role("link", name="History").click()
        assert hold.arrived.wait(10)
        ada.page.get_by_role("link", name="Password", exact=True).click()
        expect(ada.page.get_by_role("heading", level=1)).to_have_text("Password")
    ada.page.wait_for_timeout(300)
    assert ada.heading == "Password"


def test_another_user_in_another_tab_is_who_this_tab_shows_then(ada, site):
    ada.open("/account")
    services_of(site.app).registration.register(email="eve@example.com", password=PASSWORD)
    other = ada.context.new_page()
    other.goto(f"{site.url}/account")
    other.get_by_role("button", name="Log out").click()
    expect(ada.page.get_by_role("heading", level=1)).to_have_text("Log in")
    other.get_by_label("E-mail address").fill("eve@example.com")
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Log in").click()
    expect(ada.page.locator("header .who")).to_contain_text("eve@example.com")
    assert json.loads(other.locator("meta[name=facts]").get_attribute("content"))["page"] == "account"


def test_the_data_of_an_account_are_saved_as_a_file(ada):
    page = ada.open("/account/data").page
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my data").click()
    saved = json.loads(download.value.path().read_text())
    assert (download.value.suggested_filename, saved["account"]["email"]) == ("account.json", ADA)
