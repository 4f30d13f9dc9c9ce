"""A password that is forgotten, from the log-in view to the account."""

import pytest
from playwright.sync_api import expect

from tests.support.api import Api
from tests.support.browser.people import ADA, populate
from tests.support.browser.views import overflow

NEW = "another horse, another battery"


@pytest.fixture
def visitor(app, visit):
    """Somebody with an account who is not logged in."""
    populate(app, sessions=1)
    return visit().open("/account")


def ask(page, email=ADA):
    page.get_by_role("link", name="Forgotten your password?").click()
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send a code").click()
    expect(page.get_by_role("alert").first).to_contain_text(f"If there is an account with {email}")


def reset(page, code, password=NEW):
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_role("button", name="Set password").click()


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: f" {code.replace('-', '')} "])
def test_the_code_in_the_mail_sets_a_password_and_the_page_logs_in_with_it(typed, visitor, mailbox, app):
    ask(visitor.page)
    reset(visitor.page, typed(mailbox.code()))
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Security")
    expect(visitor.page.get_by_role("status")).to_contain_text("The new password is set.")
    assert Api(app).login(ADA, NEW).status_code == 200
    assert (visitor.watch.faults, visitor.page.evaluate("violations")) == ([], [])


def test_it_goes_by_keys_alone_and_by_pasting(visitor, mailbox):
    page = visitor.page
    ask(page)
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    page.keyboard.insert_text(mailbox.code())  # as a paste does
    page.keyboard.press("Tab")
    page.keyboard.type(NEW)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Security")


def test_a_reload_loses_nothing_that_the_mail_does_not_bring(visitor, mailbox):
    ask(visitor.page)
    visitor.page.reload()
    expect(visitor.page.get_by_label("E-mail address")).to_be_focused()
    visitor.page.get_by_label("E-mail address").fill(ADA)
    reset(visitor.page, mailbox.code())
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Security")


def test_a_wrong_code_is_said_and_the_right_one_taken_after_it(visitor, mailbox):
    ask(visitor.page)
    reset(visitor.page, "00000-00000")
    expect(visitor.page.get_by_text("The code is wrong, used or too old.")).to_be_visible()
    reset(visitor.page, mailbox.code())
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Security")


def test_a_password_that_is_refused_is_said_at_its_field_and_the_code_stays_good(visitor, mailbox):
    ask(visitor.page)
    code = mailbox.code()
    reset(visitor.page, code, "short")
    expect(visitor.page.get_by_label("New password", exact=True)).to_be_focused()
    expect(visitor.page.locator(".wrong").filter(has_text="Must have")).to_be_visible()
    reset(visitor.page, code)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Security")


def test_nobody_learns_whether_there_is_an_account(visitor, mailbox):
    ask(visitor.page, "nobody@example.com")
    assert mailbox.deliver() == []


def test_where_the_login_is_refused_the_password_is_set_and_the_log_in_view_says_why(visitor, mailbox, app, site):
    ask(visitor.page)
    with site.spoiling("/auth/login", 429, b'{"code": "login_delayed"}', **{"Retry-After": "42"}):
        reset(visitor.page, mailbox.code())
        expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Log in")
    expect(visitor.page.get_by_role("alert").first).to_contain_text(
        "Too many wrong passwords. Try again in 42 seconds."
    )
    assert Api(app).login(ADA, NEW).status_code == 200


def test_a_password_manager_knows_the_fields(visitor):
    ask(visitor.page)
    kinds = dict.fromkeys(("E-mail address", "Code", "New password"), "autocomplete")
    found = {each: visitor.page.get_by_label(each, exact=True).get_attribute(kinds[each]) for each in kinds}
    assert found == {"E-mail address": "username", "Code": "one-time-code", "New password": "new-password"}
    visitor.page.get_by_role("button", name="Show").click()
    expect(visitor.page.get_by_label("New password", exact=True)).to_have_attribute("type", "text")


def test_strange_addresses_are_shown_as_they_are(visitor):
    ask(visitor.page, "o'brien+{email}$&@example.com")
    ask(visitor.open("/account").page, f"{'a' * 60}@{'label.' * 20}example.com")
    assert overflow(visitor.page) == 0
