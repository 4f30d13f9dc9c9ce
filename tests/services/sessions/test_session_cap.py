"""`SESSION_MAX_PER_USER`: the session that was not seen for the longest gives way to a new one."""

import pytest

from tests.support.api import Api


@pytest.fixture
def browsers(app, app_with, clock):
    """Opens browsers of one user on an application with another cap, a second between them."""

    def build(count, cap):
        capped = app_with(SESSION_MAX_PER_USER=cap)
        Api(capped).registered()
        return [opened(Api(capped), clock) for _ in range(count)]

    return build


def opened(api, clock):
    clock.advance(seconds=1)
    return api.logged_in()


def living(*apis):
    return [api.verify().status_code == 204 for api in apis]


def test_as_many_sessions_live_as_the_cap_allows(browsers):
    assert living(*browsers(3, cap=3)) == [True, True, True]


def test_the_one_least_recently_seen_gives_way_not_the_oldest(browsers, clock):
    first, second, third = browsers(3, cap=3)
    clock.advance(seconds=1)
    first.verify()
    fourth = opened(Api(first.http.application), clock)
    assert (second.verify().status_code, second.verify().json["code"]) == (401, "cap")
    assert second.refresh().json["code"] == "cap"
    assert living(first, third, fourth) == [True, True, True]


def test_a_refresh_counts_as_being_seen(browsers, clock):
    first, second = browsers(2, cap=2)
    clock.advance(seconds=1)
    first.refresh()
    opened(Api(first.http.application), clock)
    assert living(first, second) == [True, False]


def test_with_a_cap_of_one_the_last_login_wins(browsers):
    assert living(*browsers(3, cap=1)) == [False, False, True]


def test_zero_means_no_cap(browsers):
    assert all(living(*browsers(15, cap=0)))


def test_the_cap_is_each_users_own(browsers, clock):
    (first,) = browsers(1, cap=1)
    Api(first.http.application).registered("other@example.com").logged_in()
    assert living(first) == [True]


def test_ended_sessions_do_not_count(browsers, clock):
    first, second, third = browsers(3, cap=3)
    third.logout()
    fourth = opened(Api(first.http.application), clock)
    assert living(first, second, fourth) == [True, True, True]


def test_the_session_a_login_replaces_makes_room(browsers, clock):
    first, second, third = browsers(3, cap=3)
    opened(third, clock)
    assert living(first, second, third) == [True, True, True]


def test_by_default_ten_live(user, new_api, clock):
    others = [opened(new_api().called("user@example.com"), clock) for _ in range(10)]
    assert living(user, *others) == [False] + [True] * 10
