"""Secrets that are sealed anew while their users log in: every code counts, once, and no use of a code is undone."""

import base64
from functools import partial

import pytest

from auth_service.services.credentials.sealing import Seal
from auth_service.services.factors.resealing import KeyUse, key_use, reseal
from tests.support.factors.apps import KEY, OTHER_KEY, FactorApi
from tests.support.parallel import at_once

USERS = 8


def seal(key, previous):
    return Seal(*(base64.urlsafe_b64decode(each + "=") for each in (key, previous)))


@pytest.fixture(scope="module")
def app_of_both(app_with):
    """The service while the key is being replaced: every worker knows both."""
    return app_with(DATA_KEY=OTHER_KEY, DATA_KEY_PREVIOUS=KEY, prepared=False)


@pytest.fixture
def people(factor_app, clock):
    users = [FactorApi(factor_app, clock).called(f"user{each}@example.com").registered() for each in range(USERS)]
    for user in users:
        user.logged_in().enrol()
    return users


def test_who_logs_in_meanwhile_gets_in_and_every_secret_has_the_new_key(rounds, app_of_both, people, clock, database):
    keys = [(OTHER_KEY, KEY), (KEY, OTHER_KEY)]
    for number in range(rounds):
        now = seal(*keys[number % 2])
        browsers = [user.copy(FactorApi(app_of_both, clock)) for user in people]
        clock.advance(seconds=30)
        codes = [each.code() for each in browsers]
        steps = [
            partial(each.second_step, each.ticket(), code=code) for each, code in zip(browsers, codes, strict=True)
        ]
        *logins, _, _ = at_once(*steps, partial(reseal, now), partial(reseal, now))
        assert [login.status_code for login in logins] == [200] * USERS, [login.json for login in logins]
        assert key_use(now.fingerprints) == KeyUse(current=USERS, previous=0, others=0)
        again = [
            each.second_step(each.ticket(), code=code).status_code for each, code in zip(browsers, codes, strict=True)
        ]
        assert again == [401] * USERS
        database.users.update_many({}, {"$unset": {"secondFactor.tries": 1}})


def test_an_app_that_is_set_up_meanwhile_works(rounds, app_of_both, people, clock):
    for _ in range(rounds):
        now = seal(OTHER_KEY, KEY)
        user = people[0].copy(FactorApi(app_of_both, clock)).logged_in_by_code()
        began = user.begin().json
        user.secret = began["secret"]
        confirmed, _ = at_once(partial(user.confirm_app, began["factorId"], user.code()), partial(reseal, now))
        assert confirmed.status_code == 200, confirmed.json
        assert user.delete(f"/profile/factors/{began['factorId']}").status_code == 200
