"""Registering where addresses are verified: the account is made by the code in a mail."""

from playwright.sync_api import expect

from tests.support.api import PASSWORD, Api

NEW = "new@example.com"


def register(visitor, email=NEW):
    page = visitor.open("/account/register").page
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your address")
    return page


def confirm(page, code):
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Create account").click()


def test_the_code_makes_the_account_and_the_page_logs_in(visit, mailbox, app):
    visitor = visit()
    page = register(visitor)
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    assert Api(app).login(NEW).status_code == 401
    code = mailbox.code()
    confirm(page, f"{int(code) ^ 1:06}")
    expect(page.get_by_role("alert")).to_have_text("The code is wrong, used or too old.")
    confirm(page, f"{code[:3]} {code[3:]}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Security")
    expect(page.locator("header .who")).to_contain_text(NEW)
    expect(page.locator("main .tag").filter(has_text="Verified")).to_be_visible()
    assert (visitor.watch.faults, page.evaluate("violations")) == ([], [])


def test_a_reload_says_what_to_do(visit, mailbox):
    page = register(visit())
    mailbox.deliver()
    page.reload()
    expect(page.locator("main")).to_contain_text("Begin again")
    expect(page.get_by_label("Code", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Begin again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Create an account")


def test_nothing_of_a_registration_is_stored(visit):
    page = register(visit())
    stored = "JSON.stringify([localStorage, sessionStorage, history.state, location.href, document.cookie])"
    assert PASSWORD not in page.evaluate(stored)
    assert NEW not in page.evaluate(stored)


def test_an_address_that_is_taken_is_answered_as_one_that_is_free(visit, app, mailbox):
    Api(app).registered(NEW)
    page = register(visit())
    (mail,) = mailbox.deliver()
    assert mail["To"] == NEW
    confirm(page, "123456")
    expect(page.get_by_role("alert")).to_have_text("The code is wrong, used or too old.")
