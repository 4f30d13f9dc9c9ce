"""Refresh tokens made by hand, and tokens of the other kind: each is 401 with one constant body."""

from datetime import timedelta

import pytest

from tests.support.api import Api
from tests.support.errors import assert_one_shape
from tests.support.settings import SECRET
from tests.support.tokens import (
    CLAIMS,
    HEADERS,
    KEYS_OF_THE_ATTACKER,
    OTHER_SECRET,
    REMOVED,
    changed,
    claims_of,
    contents,
    refused,
    refused_refresh,
    signature,
    signed,
)


@pytest.fixture
def two_secrets(app, app_with):
    """An application with a secret for each kind of token, on the same database."""
    secrets = {"JWT_SECRET": None, "JWT_ACCESS_SECRET": SECRET, "JWT_REFRESH_SECRET": OTHER_SECRET}
    return app_with(**secrets)


# the two kinds of token


def test_a_refresh_token_is_no_access_token_though_the_secrets_are_equal(user, database):
    refused(user, database, f"Bearer {user.refresh_token}")


def test_an_access_token_is_no_refresh_token_though_the_secrets_are_equal(user, database):
    user.refresh_token = user.access_token
    refused_refresh(user, database)


def test_with_two_secrets_each_kind_is_signed_with_its_own(two_secrets):
    api = Api(two_secrets).registered().logged_in()
    for token, secret in ((api.access_token, SECRET), (api.refresh_token, OTHER_SECRET)):
        text, _, given = token.rpartition(".")
        assert given == signature(text, secret)
    assert (api.verify().status_code, api.refresh().status_code) == (204, 200)


def test_with_two_secrets_neither_signs_for_the_other(two_secrets, database):
    api = Api(two_secrets).registered().logged_in()
    refused(api, database, f"Bearer {signed(claims_of(api.access_token), secret=OTHER_SECRET)}")
    api.refresh_token = signed(claims_of(api.refresh_token), secret=SECRET)
    refused_refresh(api, database)


def test_two_tokens_of_one_second_differ(user):
    first, second = [claims_of(user.refresh().json["accessToken"]) for _ in range(2)]
    assert first["jti"] != second["jti"]
    assert min(len(first["jti"]), len(second["jti"])) >= 22  # 122 bits take 21 characters in base64


@pytest.mark.parametrize(
    "change",
    [
        *(pytest.param({claim: REMOVED}, id=f"no {claim}") for claim in CLAIMS),
        {"type": "access"},
        {"iss": "another"},
        {"sid": "0" * 32},
        {"sid": {"$ne": None}},
        {"sub": "0" * 24},
        {"exp": 2**40},
        {"exp": "9999999999"},
        {"iat": -1},
        {"more": ""},
    ],
    ids=str,
)
def test_a_signed_refresh_token_that_was_never_handed_out_is_refused(user, database, change):
    user.refresh_token = signed(changed(claims_of(user.refresh_token), **change))
    refused_refresh(user, database)


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_refresh_token_with_a_header_that_is_not_ours_is_refused(user, database, header):
    user.refresh_token = signed(claims_of(user.refresh_token), header)
    refused_refresh(user, database)


@pytest.mark.parametrize("header", KEYS_OF_THE_ATTACKER.values(), ids=KEYS_OF_THE_ATTACKER)
def test_the_key_named_by_a_refresh_token_is_not_used(user, database, header):
    user.refresh_token = signed(claims_of(user.refresh_token), header, secret=OTHER_SECRET)
    refused_refresh(user, database)


def test_a_refresh_token_from_the_future_is_refused(user, database):
    claims = claims_of(user.refresh_token)
    user.refresh_token = signed(changed(claims, iat=claims["iat"] + 60, exp=claims["exp"] + 60))
    refused_refresh(user, database)


@pytest.mark.parametrize("secret", [OTHER_SECRET, "", "x"])
def test_a_refresh_token_signed_with_another_key_is_refused(user, database, secret):
    user.refresh_token = signed(claims_of(user.refresh_token), secret=secret)
    refused_refresh(user, database)


@pytest.mark.parametrize("text", ["x", "a.b.c", "null", "x" * 5000, "\xff\xfe", "%00", "{}"])
def test_a_cookie_that_is_no_token_is_refused(user, database, text):
    before = contents(database)
    browser = user.http.application.test_client(use_cookies=False)
    response = browser.post("/auth/refresh", headers={"Cookie": f"refreshToken={text}"})
    assert_one_shape(response, 401, "invalid_token")
    assert contents(database) == before


def test_a_token_that_was_signed_for_later_than_its_session_may_live_is_refused(user, database):
    later = claims_of(user.refresh_token)["exp"] + int(timedelta(days=30).total_seconds())
    user.refresh_token = signed(changed(claims_of(user.refresh_token), exp=later))
    refused_refresh(user, database)
