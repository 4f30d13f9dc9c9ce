"""What the other tests rely on: a browser that one of them hands on is as good as a new one."""

from tests.support.browser.browsers import Browsers
from tests.support.browser.people import ADA, populate


def test_a_browser_that_is_handed_on_remembers_nothing(browser, site):
    populate(site.app, sessions=0)
    browsers = Browsers(browser)
    first = browsers.visitor("en", site).logged_in(ADA).open("/account/keys")
    first.page.evaluate("localStorage.language = sessionStorage.language = 'de'")
    first.page.evaluate("console.error('mine')")
    first.page.set_viewport_size({"width": 360, "height": 800})
    first.page.emulate_media(color_scheme="dark")
    first.context.new_page().goto(f"{site.url}/account")
    browsers.clean()
    second = browsers.visitor("en", site)
    assert second is first
    assert (second.context.cookies(), len(second.context.pages), second.watch.requests) == ([], 1, [])
    second.open("/account")
    assert second.heading == "Log in"
    assert second.page.evaluate("[localStorage.length, sessionStorage.length, innerWidth]") == [0, 0, 1280]
    assert not second.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert second.watch.faults == []
    second.context.close()


def test_two_visitors_of_a_test_have_a_browser_each(visit):
    assert visit().context is not visit().context
