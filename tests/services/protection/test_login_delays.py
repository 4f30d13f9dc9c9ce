"""Wrong passwords are answered with growing delays, and the owner's path stays open."""

from functools import partial

import pytest

from auth_service.services.protection.login_throttle import LoginThrottle
from tests.support.api import Api, cookie_attributes
from tests.support.clock import MovableClock
from tests.support.parallel import at_once

NEAR_FREE, FAR_FREE = 10, 50


@pytest.fixture
def delaying(app, app_with, clock, database):
    """The service with delays; one proxy in front tells the addresses."""
    delaying = app_with(LOGIN_DELAY_ENABLED="true", TRUST_PROXY=1)
    database.login_delays.delete_many({})
    clock.freeze()
    return delaying


@pytest.fixture
def owner(delaying):
    owner = Api(delaying).registered("owner@example.com")
    assert owner.login(headers=at("192.0.2.1")).status_code == 200
    return owner


def at(address):
    return {"X-Forwarded-For": address}


def guess(delaying, email="owner@example.com", address="198.51.100.7", api=None):
    return (api or Api(delaying)).login(email=email, password="a wrong guess", headers=at(address))


def guesses(delaying, count, **options):
    return [guess(delaying, **options).status_code for _ in range(count)]


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com"])
def test_after_some_tries_the_next_is_delayed_whether_there_is_an_account_or_not(delaying, owner, email):
    assert guesses(delaying, NEAR_FREE + 1, email=email) == [401] * (NEAR_FREE + 1)
    delayed = guess(delaying, email=email)
    assert (delayed.status_code, delayed.json["code"]) == (429, "login_delayed")
    assert delayed.headers["Retry-After"] == "2"


def test_the_delay_doubles_with_every_further_try(delaying, owner, clock):
    guesses(delaying, NEAR_FREE)
    waits = []
    for _ in range(5):
        assert guess(delaying).status_code == 401
        waits.append(int(guess(delaying).headers["Retry-After"]))
        clock.advance(seconds=waits[-1])
    assert waits == [2, 4, 8, 16, 32]


def test_the_delay_has_an_end(delaying, owner, clock):
    for _ in range(40):
        guess(delaying)
        clock.advance(minutes=15)
    assert guess(delaying).status_code == 401
    assert int(guess(delaying).headers["Retry-After"]) == 900


def test_a_delayed_try_is_not_looked_at_and_does_not_count(delaying, owner, clock, database):
    guesses(delaying, NEAR_FREE + 1)
    before = list(database.login_delays.find())
    right = Api(delaying).login(email=owner.email, headers=at("198.51.100.7"))
    assert right.status_code == 429
    assert list(database.login_delays.find()) == before


def test_the_right_password_forgets_the_wrong_ones_from_there(delaying, owner):
    guesses(delaying, NEAR_FREE)
    stranger = Api(delaying)
    assert stranger.login(email=owner.email, headers=at("198.51.100.7")).status_code == 200
    assert guesses(delaying, NEAR_FREE) == [401] * NEAR_FREE


def test_other_addresses_are_not_delayed_by_one(delaying, owner):
    guesses(delaying, NEAR_FREE + 2)
    assert guess(delaying, address="203.0.113.9").status_code == 401


def test_addresses_of_one_ipv6_network_count_as_one(delaying, owner):
    for number in range(NEAR_FREE + 1):
        guess(delaying, address=f"2001:db8:0:1::{number:x}")
    assert guess(delaying, address="2001:db8:0:1:ffff::1").status_code == 429
    assert guess(delaying, address="2001:db8:0:2::1").status_code == 401


@pytest.mark.edge
def test_a_thousand_guesses_from_a_hundred_addresses_reach_bcrypt_a_hundred_times_at_most(delaying, owner, clock):
    looked_at = 0
    for number in range(1000):
        looked_at += guess(delaying, address=f"198.51.100.{number % 100}").status_code == 401
        clock.advance(milliseconds=60)
    assert FAR_FREE <= looked_at <= 100
    assert owner.login(headers=at("192.0.2.1")).status_code == 200


def test_a_new_device_of_the_owner_waits_as_strangers_do(delaying, owner):
    for number in range(FAR_FREE + 1):
        guess(delaying, address=f"198.51.100.{number}")
    new_device = Api(delaying)
    assert new_device.login(email=owner.email, headers=at("192.0.2.1")).status_code == 429
    assert owner.login(headers=at("192.0.2.1")).status_code == 200


def test_parallel_guesses_are_counted_each(delaying, owner):
    statuses = at_once(*[lambda: guess(delaying).status_code] * 40)
    assert statuses.count(401) <= NEAR_FREE + 1
    assert set(statuses) == {401, 429}


def test_parallel_first_tries_with_the_right_password_delay_nobody(delaying):
    throttle = LoginThrottle(clock=MovableClock())
    for number in range(40):
        attempt = partial(throttle.count_attempt, lambda: True, account=f"{number}@example.com", address="192.0.2.1")
        assert at_once(*[attempt] * 8) == [True] * 8


def test_refreshing_touches_no_counter(delaying, owner, database):
    owner.refresh(headers=at("192.0.2.1"))
    owner.logout()
    assert database.login_delays.count_documents({"failures": {"$gt": 0}}) == 0


def test_counters_hold_no_email_address(delaying, owner, database):
    guess(delaying, email="somebody@example.com")
    assert database.login_delays.count_documents({}) > 0
    assert "example.com" not in str(list(database.login_delays.find()))


def test_wrong_current_passwords_are_delayed_in_that_session_alone(delaying, owner):
    body = {"currentPassword": "a wrong guess", "newPassword": "an entirely new one"}
    statuses = [owner.post("/profile/password", json=body).status_code for _ in range(NEAR_FREE + 2)]
    assert statuses == [403] * (NEAR_FREE + 1) + [429]
    assert owner.login(headers=at("192.0.2.1")).status_code == 200


# the device an account is known by


def test_a_login_is_remembered_by_a_cookie_that_only_the_login_sees(delaying):
    response = Api(delaying).registered("new@example.com").login(headers=at("192.0.2.1"))
    attributes = cookie_attributes(response, "knownDevice")
    assert attributes.pop("value")
    assert attributes.pop("expires")
    expected = {"max-age": "15552000", "httponly": True, "secure": True, "path": "/auth", "samesite": "Strict"}
    assert attributes == expected


@pytest.mark.parametrize("same_site", ["strict", "lax", "none"])
@pytest.mark.parametrize("secure", ["true", "false"])
def test_browsers_keep_the_device_wherever_they_keep_the_refresh_token(app, app_with, same_site, secure):
    variables = {"APP_ENV": "development", "COOKIE_SAME_SITE": same_site, "COOKIE_SECURE": secure}
    response = Api(app_with(**variables)).registered("new@example.com").login()
    device, token = (cookie_attributes(response, name) for name in ("knownDevice", "refreshToken"))
    for attribute in ("samesite", "secure", "path", "domain"):
        assert device.get(attribute) == token.get(attribute), attribute
    assert device["samesite"] == same_site.capitalize()


def test_a_known_device_has_a_counter_that_grows_the_same_way(delaying, owner):
    assert guesses(delaying, NEAR_FREE + 1, api=owner) == [401] * (NEAR_FREE + 1)
    assert guess(delaying, api=owner).status_code == 429
    assert guess(delaying).status_code == 401


def test_a_known_device_authenticates_nothing(delaying, owner):
    owner.forget_cookie()
    assert owner.refresh().status_code == 401
    assert owner.login(password="a wrong guess", headers=at("192.0.2.1")).status_code == 401


@pytest.mark.parametrize("how", ["another account", "a changed password", "a forged cookie"])
def test_a_device_is_not_known_any_more_by(how, delaying, owner, clock):
    device = owner.http.get_cookie("knownDevice", path="/auth").value
    stranger = Api(delaying)
    stranger.http.set_cookie("knownDevice", device + ("x" if how == "a forged cookie" else ""), path="/auth")
    email = owner.email
    if how == "another account":
        email = Api(delaying).registered("other@example.com").email
    if how == "a changed password":
        clock.advance(seconds=1)
        body = {"currentPassword": owner.password, "newPassword": "an entirely new one"}
        assert owner.post("/profile/password", json=body).status_code == 200
    for number in range(FAR_FREE + 1):
        guess(delaying, email=email, address=f"198.51.100.{number}")
    assert guess(delaying, email=email, api=stranger, address="192.0.2.1").status_code == 429
