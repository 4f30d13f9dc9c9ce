"""Access tokens with another signature or header: each is 401 with one constant body, and the database is unchanged."""

import hashlib
import json

import pytest

from tests.support.settings import SECRET
from tests.support.tokens import (
    HEADERS,
    KEYS_OF_THE_ATTACKER,
    OTHER_SECRET,
    b64,
    changed,
    claims_of,
    refused,
    signed,
)


@pytest.fixture
def claims(user):
    return claims_of(user.access_token)


# what shows that the refusals below are for the right reason


def test_a_token_made_by_hand_with_all_claims_in_order_is_accepted(user, claims):
    headers = {"Authorization": f"Bearer {signed(claims)}"}
    assert user.verify(headers=headers).status_code == 204


@pytest.mark.parametrize(
    "more",
    [{}, {"typ": "JWS"}, {"typ": "at+jwt"}, {"typ": "refresh"}, {"typ": ""}, {"typ": None}, {"typ": ["JWT"]}],
    ids=str,
)
def test_the_typ_of_the_header_is_not_looked_at(user, claims, more):
    token = signed(claims, {"alg": "HS256", **more})
    assert user.verify(headers={"Authorization": f"Bearer {token}"}).status_code == 204


@pytest.mark.parametrize("spaces", [1, 2, 9])
def test_any_number_of_spaces_may_follow_the_scheme(user, spaces):
    header = f"Bearer{' ' * spaces}{user.access_token}"
    assert user.verify(headers={"Authorization": header}).status_code == 204


def test_the_key_named_by_a_genuine_tokens_header_is_ignored(user, claims):
    for header in KEYS_OF_THE_ATTACKER.values():
        if isinstance(header.get("kid", ""), str):
            headers = {"Authorization": f"Bearer {signed(claims, {**header, 'typ': 'JWT'})}"}
            assert user.verify(headers=headers).status_code == 204


# the signature and the header


@pytest.mark.parametrize("secret", [OTHER_SECRET, "x", SECRET + "x", SECRET[:-1], SECRET.upper(), b64(SECRET.encode())])
def test_a_token_signed_with_another_key_is_refused(user, database, claims, secret):
    refused(user, database, f"Bearer {signed(claims, secret=secret)}")


@pytest.mark.parametrize("digest", [hashlib.sha384, hashlib.sha512, hashlib.sha1, hashlib.md5])
def test_another_algorithm_with_the_right_key_is_refused(user, database, claims, digest):
    name = {"sha384": "HS384", "sha512": "HS512"}.get(digest().name, "HS256")
    refused(user, database, f"Bearer {signed(claims, {'alg': name}, digest=digest)}")


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_header_that_is_not_ours_is_refused_though_the_key_is_right(user, database, claims, header):
    refused(user, database, f"Bearer {signed(claims, header)}")


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_an_unsigned_token_is_refused(user, database, claims, algorithm):
    unsigned = signed(claims, {"alg": algorithm, "typ": "JWT"}).rpartition(".")[0]
    refused(user, database, f"Bearer {unsigned}.")


@pytest.mark.parametrize("header", KEYS_OF_THE_ATTACKER.values(), ids=KEYS_OF_THE_ATTACKER)
@pytest.mark.parametrize("secret", [OTHER_SECRET, ""])
def test_the_key_named_by_the_token_is_not_used(user, database, claims, header, secret):
    refused(user, database, f"Bearer {signed(claims, header, secret=secret)}")


def test_changed_claims_under_the_old_signature_are_refused(user, admin, database, claims):
    header, _, old = user.access_token.split(".")
    payload = b64(json.dumps(changed(claims, sub=admin.user_id)).encode())
    refused(user, database, f"Bearer {header}.{payload}.{old}")
