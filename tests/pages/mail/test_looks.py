"""What the views of mail turn into while they are used: nothing for axe, nothing sideways, nothing refused."""

from playwright.sync_api import expect

from tests.support.api import PASSWORD
from tests.support.browser.looks import each_language, examine
from tests.support.browser.people import ADA, ADMIN, LONG, populate


def sent(page, **values):
    for name, value in values.items():
        page.locator(f"main input[name={name}]").fill(value)
    page.locator(f"main form:has(input[name={name}]) button:not(.plain)").click()


def code_of(page, number=1):
    expect(page.locator("input[name=code]")).to_have_count(number)


@each_language
def test_a_reset_that_waits_for_its_code(language, looks, visit, site):
    visitor = visit(language).open("/account/forgot")
    sent(visitor.page, email=LONG)
    code_of(visitor.page)
    examine(visitor, looks)


@each_language
def test_a_registration_that_waits_for_its_code(language, looks, visit, site):
    visitor = visit(language).open("/account/register")
    sent(visitor.page, email=LONG, password=PASSWORD)
    code_of(visitor.page)
    examine(visitor, looks)


@each_language
def test_an_address_that_waits_for_both_codes(language, looks, visit, app):
    populate(app, email=LONG, sessions=0)
    visitor = visit(language).logged_in(LONG).open("/account/email")
    sent(visitor.page, newEmail=f"other{LONG}")
    code_of(visitor.page)
    visitor.page.locator(".card button.primary").first.click()
    code_of(visitor.page, 2)
    examine(visitor, looks)


@each_language
def test_a_confirmation_above_another_dialog(language, looks, visit, app, clock):
    user_id = populate(app, sessions=0).user_id
    visitor = visit(language).logged_in(ADMIN).open(f"/admin/user?id={user_id}")
    clock.advance(minutes=11)
    visitor.page.locator("main .actions button").first.click()
    visitor.page.locator("dialog button.primary").click()
    expect(visitor.page.locator("dialog")).to_have_count(2)
    examine(visitor, looks)


def test_without_mail_there_is_nothing_of_it(visit, app, site_with):
    populate(app, sessions=0)
    with site_with(APP_ENV="production") as site:
        visitor = visit()
        visitor.site = site
        page = visitor.open("/account/login").page
        expect(page.get_by_role("link", name="Forgotten your password?")).to_have_count(0)
        for view in ("forgot", "reset", "registration"):
            assert visitor.open(f"/account/{view}").heading == "Not found"
        visitor.open("/account").log_in(ADA)
        expect(page.get_by_role("link", name="E-mail", exact=True)).to_have_count(0)
        assert visitor.open("/account/email").heading == "Not found"
