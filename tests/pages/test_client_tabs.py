"""Many tabs of one browser: one refresh at a time, and nobody is logged out by reloads, crashes or frozen tabs."""

import random

import pytest

from tests.support.browser.tabs import Tabs

WORK = """(milliseconds) => {
  window.bad = []; window.good = 0; window.done = false;
  const end = performance.now() + milliseconds;
  (async () => {
    while (performance.now() < end) {
      try { (await client.fetch("/profile")).ok ? good++ : bad.push("status"); }
      catch (error) { bad.push(`${error.name} ${error.code}`); }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    done = true;
  })();
}"""
BUSY = "void setTimeout(() => { const end = performance.now() + 20000; while (performance.now() < end); })"
TOKEN = 2  # seconds that an access token lives; a tab renews it after 0.8
LIFE = TOKEN - 1 - 0.2
SIX = 6
GRACES = pytest.mark.parametrize("grace", ["0", "15s"])


@pytest.fixture(scope="module")
def hasty_site(site_with):
    """Its tokens live so short that the tabs refresh all the time; a window of a second admits that many refreshes."""
    with site_with(JWT_ACCESS_EXPIRES_IN=f"{TOKEN}s", REFRESH_RACE_WINDOW="1s") as site:
        yield site


def work(tabs, seconds):
    """Let all call at once, for so long; what went wrong, in all of them."""
    for tab in tabs:
        tab.page.evaluate(WORK, seconds * 1000)
    for tab in tabs:
        tab.page.wait_for_function("done", timeout=seconds * 1000 + 30_000)
    assert all(tab.page.evaluate("good") for tab in tabs)
    return [each for tab in tabs for each in tab.page.evaluate("bad")]


@pytest.mark.parametrize("rounds", [4, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_six_tabs_refresh_once_in_the_life_of_a_token(context, hasty_site, account, rounds):
    hasty_site.reset()
    tabs = Tabs(context, hasty_site).open(SIX)
    tabs[0].log_in()
    assert work(tabs, rounds * LIFE) == []
    assert 1 < hasty_site.count("/auth/refresh") <= rounds + 1
    assert hasty_site.count("/auth/refresh", 401) == 0


def test_without_web_locks_they_refresh_more_often_and_lose_nothing(context, hasty_site, account):
    hasty_site.reset()
    tabs = Tabs(context, hasty_site, locks=False).open(SIX)
    tabs[0].log_in()
    assert work(tabs, 4 * LIFE) == []
    assert [tab.heard for tab in tabs if ["signedout"] in [event[:1] for event in tab.heard]] == []


@GRACES
@pytest.mark.parametrize("rounds", [5, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
def test_a_storm_of_reloads_logs_nobody_out(context, site_with, account, grace, rounds):
    """Each reload comes at some moment of a refresh; each page begins with one."""
    chance = random.Random(rounds)
    with site_with(REFRESH_GRACE=grace, REFRESH_RACE_WINDOW="15s" if grace != "0" else "1s") as site:
        tabs = Tabs(context, site).open(3)
        tabs[0].log_in()
        for _ in range(rounds):
            for tab in tabs:
                tab.start("client.token()")
            tabs[0].page.wait_for_timeout(chance.uniform(0, 30))
            for tab in tabs:
                tab.page.reload(wait_until="commit")
                tab.begin()
            tabs[0].page.wait_for_timeout(300 if rounds > 5 else 0)
        for tab in tabs:
            name, code, *wait = tab.outcome("client.token()")
            if (name, code) == ("Unavailable", "rate_limited"):
                tab.page.wait_for_timeout(wait[0] * 1000)
            assert tab.status("/profile") == ["ok", [200, None]]


@GRACES
def test_a_reload_after_the_service_has_answered_and_before_the_page_knows_loses_nothing(
    context, site_with, account, grace
):
    with site_with(REFRESH_GRACE=grace) as site:
        tab = Tabs(context, site).open().log_in()
        tab.reload()
        with site.holding("/auth/refresh") as hold:
            tab.start("client.token()")
            assert hold.arrived.wait(10)
            tab.reload()
            tab.start("client.token().then(() => true)")  # with the old cookie, for there is no other yet
            tab.page.wait_for_timeout(300)
        assert tab.started() == ["ok", True]
        assert tab.status("/profile") == ["ok", [200, None]]


@GRACES
def test_a_tab_that_is_closed_in_the_middle_of_a_refresh_leaves_the_others_logged_in(
    context, site_with, account, grace
):
    with site_with(REFRESH_GRACE=grace) as site:
        tabs = Tabs(context, site)
        doomed, other = tabs.open(2)
        doomed.log_in()
        doomed.reload()
        other.reload()
        with site.holding("/auth/refresh") as hold:
            doomed.start("client.token()")
            assert hold.arrived.wait(10)
            doomed.page.close()
        assert other.status("/profile") == ["ok", [200, None]]


@pytest.mark.parametrize("way", ["frozen", "busy"])
@pytest.mark.edge
def test_a_tab_that_stands_still_while_it_holds_the_lock_delays_the_others_for_ten_seconds(context, site, account, way):
    tabs = Tabs(context, site)
    still, other = tabs.open(2)
    still.log_in()
    still.reload()
    other.reload()
    with site.holding("/auth/refresh") as hold:
        still.start("client.token()")
        assert hold.arrived.wait(10)
        if way == "frozen":
            context.new_cdp_session(still.page).send("Page.setWebLifecycleState", {"state": "frozen"})
        else:
            still.page.evaluate(BUSY)
    assert other.status("/profile") == ["ok", [200, None]]
    still.page.close()


@pytest.mark.edge
def test_a_lock_that_somebody_else_keeps_is_not_waited_for_for_ever(tabs):
    tab = tabs.open().log_in()
    tab.page.evaluate("void navigator.locks.request('auth ', () => new Promise(() => {}))")
    tab.reload()
    tab.page.evaluate("void navigator.locks.request('auth ', () => new Promise(() => {}))")
    assert tab.status("/profile") == ["ok", [200, None]]


def test_no_listener_of_the_page_runs_while_the_lock_is_held(tabs):
    tab = tabs.open()
    tab.page.evaluate(
        """void client.addEventListener("signedin", async () => {
          window.held = (await navigator.locks.query()).held.length;
        })"""
    )
    tab.log_in()
    tab.page.wait_for_function("window.held !== undefined")
    assert tab.page.evaluate("held") == 0


def test_a_listener_that_fails_breaks_nothing(tabs):
    tab = tabs.open()
    tab.page.evaluate("void client.addEventListener('signedin', () => { throw new Error('mine') })")
    tab.log_in()
    assert tab.status("/profile") == ["ok", [200, None]]
