"""Texts that are no token, and other spellings of a genuine one: each is 401, before it is parsed if it is too long."""

import json

import pytest

from auth_service.services.tokens import codec
from tests.support.tokens import INVALID, MISSING, OTHER_SECRET, changed, claims_of, refused, refused_refresh, signed

TEXTS = {
    "nothing but dots": "..",
    "one part": "x",
    "two parts": "x.x",
    "four parts": "a.b.c.d",
    "five parts": "a.b.c.d.e",
    "null": "null",
    "undefined": "undefined",
    "no base64url": "!!!.!!!.!!!",
    "NUL, percent-encoded": "%00",
    "Latin-1": "\xe4\xf6\xfc.\xe4.\xfc",
    "UTF-8": "\xe2\x82\xac\xf0\x9f\x94\x91",
    "oversized": "x" * 5000,
    "oversized with dots": "a" * 3000 + "." + "b" * 3000 + "." + "c" * 43,
    "many dots": "." * 2000,
    "an object": "{}",
    "an operator": '{"$ne": null}',
}
SPELLINGS = {
    "padding": lambda token: token + "=",
    "double padding": lambda token: token + "==",
    "padding in the middle": lambda token: token.replace(".", "=.", 1),
    "a dot behind": lambda token: token + ".",
    "a dot before": lambda token: "." + token,
    "a character more": lambda token: token + "A",
    "a character less": lambda token: token[:-1],
    "a comma behind": lambda token: token + ",",
    "a second token": lambda token: f"{token} {token}",
    "another scheme's parameter": lambda token: f"{token} realm=x",
    "in quotes": lambda token: f'"{token}"',
    "upper case": lambda token: token.upper(),
    "no signature": lambda token: token.rpartition(".")[0] + ".",
    "without its last part": lambda token: token.rpartition(".")[0],
    "a space inside": lambda token: token.replace(".", " .", 1),
    "a tab inside": lambda token: token.replace(".", ".\t", 1),
    "plus for minus": lambda token: token.replace(".", "+.", 1),
    "twice the scheme": lambda token: f"Bearer {token}",
}
FOREIGN_HEADERS = {
    "nothing": ("", MISSING),
    "Basic": ("Basic YWRhOmFkYQ==", MISSING),
    "Digest": ('Digest username="ada"', MISSING),
    "JWT": ("JWT a.b.c", MISSING),
    "no scheme": ("a.b.c", MISSING),
    "a look-alike scheme": ("Bearers a.b.c", MISSING),
    "a colon": ("Bearer: a.b.c", MISSING),
    "a tab": ("Bearer\ta.b.c", MISSING),
    "the scheme only": ("Bearer", INVALID),
    "the scheme and a space": ("Bearer ", INVALID),
    "the scheme and two spaces": ("Bearer  ", INVALID),
}


@pytest.fixture
def claims(user):
    return claims_of(user.access_token)


# the text


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_is_no_token_is_refused(user, database, text):
    refused(user, database, f"Bearer {text}")


@pytest.mark.parametrize("change", SPELLINGS.values(), ids=SPELLINGS)
def test_a_token_has_one_spelling(user, database, change):
    refused(user, database, f"Bearer {change(user.access_token)}")


def test_no_other_last_character_makes_the_same_signature(user, database):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for last in set(alphabet) - {user.access_token[-1]}:
        response = user.verify(headers={"Authorization": f"Bearer {user.access_token[:-1]}{last}"})
        assert (response.status_code, response.json["code"]) == (401, "invalid_token")


def test_a_genuine_token_that_is_too_long_is_refused(user, database, claims):
    refused(user, database, f"Bearer {signed(changed(claims, more='x' * 4000))}")


def of_length(claims, length):
    """A genuine token, so long: its header is filled up, and spaces in its payload take up what base64 leaves over."""
    for more in range(length):
        for spaces in ("", " ", "  "):
            token = signed(json.dumps(claims) + spaces, {"alg": "HS256", "x": "x" * more})
            if len(token) == length:
                return token
    raise AssertionError(length)


def test_2048_characters_are_the_most_a_token_may_have(user, database, claims):
    assert user.verify(headers={"Authorization": f"Bearer {of_length(claims, 2048)}"}).status_code == 204
    refused(user, database, f"Bearer {of_length(claims, 2049)}")


def test_an_oversized_token_is_refused_before_anything_parses_it(user, database, claims, monkeypatch):
    monkeypatch.setattr(codec.jwt, "decode", lambda *arguments, **options: pytest.fail("it was parsed"))
    refused(user, database, f"Bearer {signed(changed(claims, more='x' * 4000))}")
    user.refresh_token = signed(changed(claims_of(user.refresh_token), more="x" * 2000))
    refused_refresh(user, database)


@pytest.mark.parametrize(("header", "expected"), FOREIGN_HEADERS.values(), ids=FOREIGN_HEADERS)
def test_a_header_of_another_kind_is_refused(user, database, header, expected):
    refused(user, database, header, expected)


@pytest.mark.parametrize("path", ["/profile", "/users", "/users/0123456789abcdef01234567"])
def test_every_protected_call_refuses_alike(user, database, claims, path):
    refused(user, database, f"Bearer {signed(claims, secret=OTHER_SECRET)}", path=path)
