"""Idle and absolute limits: the session decides, the token says only how long it may be shown."""

from datetime import datetime, timedelta, timezone

import jwt
import pytest

from tests.support.api import Api, cookie_attributes

ACCESS_LIFETIME = 300


@pytest.fixture
def browser(app, app_with):
    """Opens a browser of one user on an application with other limits."""

    def build(**variables):
        return Api(app_with(**variables)).registered().logged_in()

    return build


def claims(token):
    return jwt.decode(token, options={"verify_signature": False})


def stored_limit(database, api):
    return database.sessions.find_one({"sessionId": claims(api.access_token)["sid"]})["absoluteExpiresAt"]


def seconds_until(moment, clock):
    return (moment - clock.now()).total_seconds()


def refused_for(response, reason):
    return (response.status_code, response.json["code"]) == (401, reason)


def refreshed(api):
    response = api.refresh()
    assert response.status_code == 200, response.json
    return response


def set_role(services, api, role):
    services.roles.change_role(user_id=api.user_id, role=role)


# the session decides, and says why


def test_an_access_tokens_exp_is_its_own_lifetime_also_when_the_session_ends_sooner(browser, clock):
    api = browser(SESSION_EXPIRES_IN="1m", SESSION_ABSOLUTE_EXPIRES_IN="2m")
    for _ in range(2):
        said = claims(api.access_token)
        assert said["exp"] - said["iat"] == ACCESS_LIFETIME
        assert said["iat"] == pytest.approx(clock.now().timestamp(), abs=10)
        clock.advance(seconds=40)
        refreshed(api)


def test_an_access_tokens_exp_follows_its_setting(browser):
    said = claims(browser(JWT_ACCESS_EXPIRES_IN="45s").access_token)
    assert said["exp"] - said["iat"] == 45


def test_past_the_idle_limit_the_answer_is_idle_while_the_token_is_good(browser, clock):
    api = browser(SESSION_EXPIRES_IN="2m")
    clock.advance(seconds=119)
    assert api.verify().status_code == 204
    clock.advance(seconds=121)
    assert refused_for(api.verify(), "idle")
    assert refused_for(api.refresh(), "idle")


def test_a_plain_number_of_the_idle_limit_means_milliseconds(browser, clock):
    api = browser(SESSION_EXPIRES_IN="60000")
    clock.advance(seconds=59)
    assert api.verify().status_code == 204
    clock.advance(seconds=61)
    assert refused_for(api.verify(), "idle")


def test_past_the_absolute_limit_the_answer_is_absolute_while_the_token_is_good(browser, clock):
    api = browser(SESSION_EXPIRES_IN="2m", SESSION_ABSOLUTE_EXPIRES_IN="4m")
    for _ in range(2):
        clock.advance(seconds=100)
        assert api.verify().status_code == 204
    clock.advance(seconds=41)
    assert refused_for(api.verify(), "absolute")
    assert refused_for(api.refresh(), "absolute")


def test_of_two_limits_the_first_one_is_the_reason_however_late_it_is_asked_for(browser, clock):
    api = browser(SESSION_EXPIRES_IN="1m", SESSION_ABSOLUTE_EXPIRES_IN="2m")
    clock.advance(minutes=4)
    assert refused_for(api.verify(), "idle")
    assert refused_for(api.refresh(), "idle")


def test_past_the_tokens_own_life_the_answer_is_token_expired_and_the_session_lives(user, clock):
    clock.advance(seconds=ACCESS_LIFETIME + 1)
    assert refused_for(user.verify(), "token_expired")
    refreshed(user)
    assert user.verify().status_code == 204


def test_every_request_slides_the_idle_limit(browser, clock):
    api = browser(SESSION_EXPIRES_IN="2m")
    for _ in range(4):
        clock.advance(seconds=70)
        assert api.verify().status_code == 204


# the absolute limit


@pytest.mark.parametrize(("name", "limit"), [("user", timedelta(days=30)), ("admin", timedelta(hours=12))])
def test_by_default_a_user_has_thirty_days_and_an_admin_twelve_hours(request, database, name, limit):
    api = request.getfixturevalue(name)
    session = database.sessions.find_one({"sessionId": claims(api.access_token)["sid"]})
    assert session["absoluteExpiresAt"] - session["createdAt"] == limit


def test_no_use_lengthens_the_absolute_limit(user, database, clock):
    before = stored_limit(database, user)
    for _ in range(2):
        clock.advance(days=13)
        refreshed(user)
        assert user.verify().status_code == 204
    assert stored_limit(database, user) == before
    clock.advance(days=4, seconds=1)
    assert refused_for(user.refresh(), "absolute")


def test_an_admins_session_ends_after_twelve_hours_of_use(admin, clock):
    for _ in range(11):
        clock.advance(hours=1)
        refreshed(admin)
    clock.advance(hours=1, seconds=1)
    assert refused_for(admin.refresh(), "absolute")


def test_a_promotion_shortens_the_limit_to_an_admins_from_now_on(user, services, database, clock):
    clock.advance(days=1)
    set_role(services, user, "admin")
    assert seconds_until(stored_limit(database, user), clock) == pytest.approx(12 * 3600, abs=10)
    clock.advance(hours=12, seconds=1)
    assert refused_for(user.refresh(), "absolute")


def test_a_promotion_does_not_lengthen_a_limit_that_is_near(user, services, database, clock):
    for days in (13, 13, 3.9):
        clock.advance(days=days)
        refreshed(user)
    before = stored_limit(database, user)
    assert seconds_until(before, clock) < 12 * 3600
    set_role(services, user, "admin")
    assert stored_limit(database, user) == before


def test_a_demotion_does_not_lengthen_the_limit(admin, user, services, database, clock):
    set_role(services, user, "admin")
    before = stored_limit(database, user)
    clock.advance(minutes=1)
    set_role(services, user, "user")
    assert stored_limit(database, user) == before
    refreshed(user)
    assert stored_limit(database, user) == before


def test_who_was_demoted_gets_a_users_limit_at_the_next_login(user, admin, services, database, clock):
    set_role(services, user, "admin")
    set_role(services, user, "user")
    user.login()
    assert seconds_until(stored_limit(database, user), clock) == pytest.approx(30 * 86400, abs=10)


# the refresh token and its cookie


@pytest.mark.parametrize(
    ("limit", "left"), [("1h", 3600), ("14d", 14 * 86400), ("20d", 14 * 86400), ("90s", 90), ("30d", 14 * 86400)]
)
def test_a_refresh_token_and_its_cookie_live_no_longer_than_the_session_may(browser, clock, limit, left):
    api = browser(SESSION_ABSOLUTE_EXPIRES_IN=limit)
    response = refreshed(api)
    exp = datetime.fromtimestamp(claims(api.refresh_token)["exp"], timezone.utc)
    assert left - 10 <= seconds_until(exp, clock) <= left
    assert left - 10 <= int(cookie_attributes(response)["max-age"]) <= left


def test_refreshing_brings_no_token_and_no_cookie_beyond_the_absolute_limit(user, database, clock):
    limit = stored_limit(database, user)
    for days in (13, 13, 3):
        clock.advance(days=days)
        response = refreshed(user)
        assert claims(user.refresh_token)["exp"] <= limit.timestamp()
        assert int(cookie_attributes(response)["max-age"]) <= seconds_until(limit, clock) + 1


def test_after_a_promotion_no_new_token_reaches_beyond_the_shorter_limit(user, services, database, clock):
    set_role(services, user, "admin")
    response = refreshed(user)
    assert claims(user.refresh_token)["exp"] <= stored_limit(database, user).timestamp()
    assert int(cookie_attributes(response)["max-age"]) <= 12 * 3600


def test_the_cookie_may_be_shorter_than_its_token(browser):
    api = browser(COOKIE_REFRESH_MAX_AGE="60000")
    assert int(cookie_attributes(refreshed(api))["max-age"]) == 60


def test_a_refresh_token_past_its_own_life_is_expired_while_its_session_lives(browser, clock):
    api = browser(JWT_REFRESH_EXPIRES_IN="1m")
    clock.advance(seconds=61)
    assert refused_for(api.refresh(), "token_expired")
    assert api.verify().status_code == 204
