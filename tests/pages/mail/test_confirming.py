"""One dialog asks who is there, before whatever wants to know it, and the call goes on from where it was."""

import pytest
from playwright.sync_api import expect

from tests.support.api import PASSWORD, Api
from tests.support.browser.people import ADA, populate


@pytest.fixture
def stale(clock):
    """What happens after this finds no fresh login."""
    return lambda: clock.advance(minutes=11)


def dialog_of(page):
    return page.get_by_role("dialog", name="Is it you?")


def confirm(page, password=PASSWORD):
    dialog_of(page).get_by_label("Password", exact=True).fill(password)
    dialog_of(page).get_by_role("button", name="Go on").click()


def new_key(page):
    page.get_by_label("Name").fill("Nightly")
    page.get_by_role("button", name="Create key").click()


def pressed(page, name, **typed):
    """Press the button of a view, and the one of its dialog."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
    dialog = page.get_by_role("dialog", name=name)
    for label, value in typed.items():
        dialog.get_by_label(label).fill(value)
    dialog.get_by_role("button", name=name).click()


def user_page(admin, email="person3@example.com"):
    admin.page.get_by_role("link", name=email).click()
    return admin.settle().page


def test_a_key_is_made_after_it(ada, stale, site):
    page = ada.open("/account/keys").page
    stale()
    new_key(page)
    confirm(page)
    secret = page.locator("main code").inner_text()
    assert Api(site.app).get("/profile", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert site.count("/auth/login") == 0  # it is the session that is confirmed, and no new one


def test_data_are_saved_after_it(ada, stale):
    page = ada.open("/account/data").page
    stale()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my data").click()
        confirm(page)
    assert ADA in download.value.path().read_text()


def test_an_account_is_deleted_after_it(ada, stale, app):
    page = ada.open("/account/data").page
    stale()
    page.get_by_role("button", name="Delete the account").click()
    page.get_by_role("dialog").get_by_label("E-mail address").fill(ADA)
    page.get_by_role("dialog").get_by_role("button", name="Delete the account").click()
    confirm(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    assert Api(app).login(ADA).status_code == 401


def test_a_role_is_given_after_it(admin, stale):
    page = user_page(admin)
    stale()
    pressed(page, "Make admin")
    confirm(page)
    expect(page.get_by_role("button", name="Make user")).to_be_visible()


def test_an_account_of_somebody_else_is_deleted_after_it(admin, stale):
    page = user_page(admin)
    stale()
    pressed(page, "Delete")
    confirm(page)
    expect(page.get_by_role("status")).to_have_text("person3@example.com is deleted.")


def test_a_key_of_somebody_else_is_made_after_it(admin, stale):
    page = user_page(admin)
    stale()
    new_key(page)
    confirm(page)
    expect(page.locator("main .notice code")).to_be_visible()


def test_a_reset_mail_is_sent_after_it(admin, stale, mailbox):
    page = user_page(admin)
    stale()
    pressed(page, "Send a reset mail")
    confirm(page)
    expect(page.get_by_role("status")).to_have_text("Done")
    assert [mail["To"] for mail in mailbox.deliver()] == ["person3@example.com"]


def test_a_wrong_password_is_said_in_the_dialog_and_the_next_may_be_right(ada, stale):
    page = ada.open("/account/keys").page
    stale()
    new_key(page)
    confirm(page, "wrong")
    expect(dialog_of(page).get_by_role("alert")).to_have_text("The password is wrong.")
    confirm(page)
    expect(page.locator("main code")).to_be_visible()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("login_delayed", "Too many wrong passwords. Try again in 42 seconds."),
        ("rate_limited", "Too many attempts. Try again in 42 seconds."),
    ],
)
def test_a_wait_is_said_in_the_dialog(code, words, ada, stale, site):
    page = ada.open("/account/keys").page
    stale()
    new_key(page)
    with site.spoiling("/auth/confirm", 429, f'{{"code": "{code}"}}'.encode(), **{"Retry-After": "42"}):
        confirm(page)
        expect(dialog_of(page).get_by_role("alert")).to_have_text(words)
    confirm(page)
    expect(page.locator("main code")).to_be_visible()


def test_wrong_passwords_lead_to_a_wait_that_is_said(visit, app, clock, mail_site_with):
    populate(app, sessions=0)
    with mail_site_with(LOGIN_DELAY_ENABLED="true") as site:
        visitor = visit()
        visitor.site = site
        page = visitor.logged_in(ADA).open("/account/keys").page
        clock.advance(minutes=11)
        new_key(page)
        for number in range(12):
            with page.expect_response("**/auth/confirm") as answer:
                confirm(page, f"wrong {number}")
            if answer.value.status == 429:
                break
        expect(dialog_of(page).get_by_role("alert")).to_contain_text("Too many wrong passwords. Try again in")


def test_it_goes_by_keys_alone_and_the_focus_returns_to_where_it_was(ada, stale):
    page = ada.open("/account/keys").page
    stale()
    page.get_by_label("Name").focus()
    page.keyboard.type("Nightly")
    page.keyboard.press("Enter")
    expect(dialog_of(page).get_by_label("Password", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog_of(page)).to_have_count(0)
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.get_by_text("It was not confirmed, so nothing was done.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog_of(page)).to_be_visible()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("main code")).to_be_visible()
    expect(page.get_by_label("Name")).to_be_focused()


def test_a_refusal_given_up_in_a_dialog_returns_to_that_dialog(admin, stale):
    page = user_page(admin)
    stale()
    pressed(page, "Make admin")
    dialog_of(page).get_by_role("button", name="Cancel").click()
    below = page.get_by_role("dialog", name="Make admin")
    expect(below.get_by_role("alert")).to_have_text("It was not confirmed, so nothing was done.")
    expect(below.get_by_role("button", name="Make admin")).to_be_focused()


def test_calls_side_by_side_share_one_dialog(ada, stale):
    page = ada.open("/account/keys").page
    stale()
    address = page.evaluate("document.querySelector('script[type=module]').src")
    page.evaluate(
        """async (address) => {
          const { call } = await import(address);
          const make = (name) => call("/profile/keys", { method: "POST", body: { name, expiresIn: "7d" } });
          window.made = Promise.all(["one", "two", "three"].map(make));
        }""",
        address,
    )
    expect(page.get_by_role("dialog")).to_have_count(1)
    confirm(page)
    assert len(page.evaluate("made")) == 3


def test_a_session_that_ends_elsewhere_meanwhile_closes_the_dialogs_and_says_why(admin, stale, app):
    page = user_page(admin)
    stale()
    pressed(page, "Make admin")
    expect(dialog_of(page)).to_be_visible()
    Api(app).called("admin@example.com").logged_in().delete("/sessions")
    confirm(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("alert").first).to_contain_text("You ended this session on another device.")
