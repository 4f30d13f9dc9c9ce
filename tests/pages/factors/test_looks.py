"""What the views of factors turn into while they are used: nothing for axe, nothing sideways, nothing refused."""

import pytest

from tests.support.browser.factors import add_app, add_passkey, begin_to_confirm, begin_to_log_in, leave
from tests.support.browser.looks import each_language, examine

pytestmark = pytest.mark.edge


@pytest.fixture
def protected(person):
    """Somebody with an app and a passkey."""
    add_app(person)
    add_passkey(person, first=False)
    return person


def speak(visitor, language):
    visitor.page.evaluate(f"localStorage.setItem('language', '{language}')")
    visitor.page.reload()
    return visitor.settle()


@each_language
def test_the_list_and_its_dialogs(language, looks, protected):
    page = speak(protected, language).page
    assert page.locator("ul.rows li").count() == 2
    examine(protected, looks)
    page.locator("ul.rows button").first.click()
    examine(protected, looks)
    page.locator("dialog button[type=button]").click()
    page.locator("section.card").last.locator("button").click()  # new codes
    page.locator("dialog code").nth(7).wait_for()
    examine(protected, looks)


@each_language
def test_an_app_that_is_being_set_up(language, looks, person):
    page = speak(person, language).page
    examine(person, looks)
    page.locator("section.card input").first.fill("Phone")
    page.locator("section.card form button").first.click()
    page.locator("dialog img").wait_for()
    examine(person, looks)


@each_language
def test_the_second_step_of_a_login(language, looks, protected):
    leave(speak(protected, language))
    begin_to_log_in(protected).wait_for()
    examine(protected, looks)


def test_a_confirmation_that_asks_for_a_factor_too(protected, clock):
    begin_to_confirm(protected, clock)
    examine(protected)
