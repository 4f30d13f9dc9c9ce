"""Tokens that are meant to get in: each is 401 with one constant body, and the database stays as it was."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from auth_service.services.tokens import codec
from tests.support.api import Api
from tests.support.errors import assert_one_shape
from tests.support.settings import SECRET

INVALID = {"message": "Invalid token", "status": 401, "code": "invalid_token"}
MISSING = {"message": "Authentication is required", "status": 401, "code": "token_missing"}
OTHER_SECRET = "another-secret-of-the-same-length-0123456789-abcd"
LIFETIME = 300  # seconds of an access token
REMOVED = object()


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(claims, header=None, *, secret=SECRET, digest=hashlib.sha256):
    """A JWT made by hand, so that its header and claims may be anything; text instead of claims goes in as it is."""
    header = {"alg": "HS256", "typ": "JWT"} if header is None else header
    parts = [part if isinstance(part, str) else json.dumps(part) for part in (header, claims)]
    text = ".".join(b64(part.encode()) for part in parts)
    return f"{text}.{signature(text, secret, digest)}"


def signature(text, secret, digest=hashlib.sha256):
    return b64(hmac.digest(secret.encode(), text.encode(), digest))


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def changed(claims, **changes):
    return {name: value for name, value in {**claims, **changes}.items() if value is not REMOVED}


def contents(database):
    return {name: list(database[name].find()) for name in ("users", "sessions", "refresh_tokens")}


def refused(api, database, header, expected=INVALID, path="/auth/verify"):
    """Check that an `Authorization` header is refused with the constant body and changes nothing."""
    before = contents(database)
    response = api.http.get(path, headers={"Authorization": header})
    body = assert_one_shape(response, 401, expected["code"])
    assert {**body, "requestId": ""} == {**expected, "requestId": ""}
    assert contents(database) == before


CLAIMS = ["iss", "sub", "sid", "type", "iat", "exp", "jti"]
NOT_TEXT = [None, True, 5, 1.5, [], ["x"], {}, {"$ne": None}, {"$gt": ""}, ""]
NO_TIMES = [None, True, False, "", "9999999999", "soon", 1.5, 9999999999.5, -1, -(2**63), 2**33, 2**63, 10**300, [], {}]

HEADERS = {
    "algorithm none": {"alg": "none", "typ": "JWT"},
    "algorithm None": {"alg": "None", "typ": "JWT"},
    "algorithm NONE": {"alg": "NONE", "typ": "JWT"},
    "algorithm hs256": {"alg": "hs256", "typ": "JWT"},
    "algorithm HS384": {"alg": "HS384", "typ": "JWT"},
    "algorithm RS256": {"alg": "RS256", "typ": "JWT"},
    "algorithm ES256": {"alg": "ES256", "typ": "JWT"},
    "algorithm EdDSA": {"alg": "EdDSA", "typ": "JWT"},
    "no algorithm": {"typ": "JWT"},
    "algorithm null": {"alg": None},
    "algorithm as list": {"alg": ["HS256"]},
    "algorithm as number": {"alg": 256},
    "unknown crit": {"alg": "HS256", "crit": ["unknown"], "unknown": 1},
    "crit without what it names": {"alg": "HS256", "crit": ["exp"]},
    "empty crit": {"alg": "HS256", "crit": []},
    "crit as text": {"alg": "HS256", "crit": "exp"},
    "unencoded payload": {"alg": "HS256", "b64": False, "crit": ["b64"]},
    "header as list": ["HS256"],
    "header as text": '"HS256"',
    "header as number": "5",
    "header as null": "null",
    "header that is no JSON": "{",
    "header with NaN": '{"alg": NaN}',
}

KEYS_OF_THE_ATTACKER = {
    "kid of a file": {"alg": "HS256", "kid": "../../../../dev/null"},
    "kid with SQL": {"alg": "HS256", "kid": "' UNION SELECT 'x"},
    "kid as object": {"alg": "HS256", "kid": {"$ne": None}},
    "jku": {"alg": "HS256", "jku": "https://attacker.example/keys.json"},
    "x5u": {"alg": "HS256", "x5u": "https://attacker.example/cert.pem"},
    "jwk": {"alg": "HS256", "jwk": {"kty": "oct", "k": b64(OTHER_SECRET.encode())}},
}

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


@pytest.fixture
def two_secrets(app, app_with):
    """An application with a secret for each kind of token, on the same database."""
    secrets = {"JWT_SECRET": None, "JWT_ACCESS_SECRET": SECRET, "JWT_REFRESH_SECRET": OTHER_SECRET}
    return app_with(**secrets)


# what shows that the refusals below are for the right reason


def test_a_token_made_by_hand_with_all_claims_in_order_is_accepted(user, claims):
    headers = {"Authorization": f"Bearer {signed(claims)}"}
    assert user.verify(headers=headers).status_code == 204


def test_a_token_has_exactly_the_seven_claims(claims):
    assert set(claims) == set(CLAIMS)
    assert (claims["iss"], claims["type"], claims["exp"] - claims["iat"]) == ("auth_service", "access", LIFETIME)


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


# the claims


@pytest.mark.parametrize("claim", CLAIMS)
def test_each_claim_is_required(user, database, claims, claim):
    refused(user, database, f"Bearer {signed(changed(claims, **{claim: REMOVED}))}")


@pytest.mark.parametrize("claim", ["iss", "sub", "sid", "type"])
@pytest.mark.parametrize("value", NOT_TEXT, ids=repr)
def test_a_claim_of_text_must_be_text(user, database, claims, claim, value):
    refused(user, database, f"Bearer {signed(changed(claims, **{claim: value}))}")


@pytest.mark.parametrize("value", [value for value in NOT_TEXT if value != ""], ids=repr)
def test_a_tokens_own_name_must_be_text(user, database, claims, value):
    refused(user, database, f"Bearer {signed(changed(claims, jti=value))}")


@pytest.mark.parametrize("claim", ["iat", "exp"])
@pytest.mark.parametrize("value", NO_TIMES, ids=repr)
def test_a_time_must_be_a_whole_number_of_seconds(user, database, claims, claim, value):
    refused(user, database, f"Bearer {signed(changed(claims, **{claim: value}))}")


@pytest.mark.parametrize("claim", ["iat", "exp"])
def test_a_time_that_is_a_float_of_the_right_value_is_refused(user, database, claims, claim):
    refused(user, database, f"Bearer {signed(changed(claims, **{claim: float(claims[claim])}))}")


@pytest.mark.parametrize(
    "text", ["[]", "null", "5", '"x"', "{", "", "{}", "[" * 1000, '{"exp": NaN}', '{"exp": 1e999}']
)
def test_claims_that_are_no_object_are_refused(user, database, text):
    refused(user, database, f"Bearer {signed(text)}")


@pytest.mark.parametrize("issuer", ["auth_servic", "auth_service2", "AUTH_SERVICE", "https://attacker.example", "*"])
def test_a_foreign_issuer_is_refused(user, database, claims, issuer):
    refused(user, database, f"Bearer {signed(changed(claims, iss=issuer))}")


@pytest.mark.parametrize("kind", ["refresh", "Access", "", "reset", "id"])
def test_another_type_of_token_is_refused(user, database, claims, kind):
    refused(user, database, f"Bearer {signed(changed(claims, type=kind))}")


def test_a_token_from_the_future_is_refused(user, database, claims):
    later = changed(claims, iat=claims["iat"] + 60, exp=claims["exp"] + 60)
    refused(user, database, f"Bearer {signed(later)}")


@pytest.mark.parametrize("longer", [1, 3600, 10 * 365 * 86400])
def test_a_token_that_lives_longer_than_configured_is_refused(user, database, claims, longer):
    refused(user, database, f"Bearer {signed(changed(claims, exp=claims['exp'] + longer))}")


@pytest.mark.parametrize(("seconds", "status"), [(5, 204), (6, 401)])
def test_a_clock_that_runs_ahead_is_forgiven_five_seconds(user, claims, clock, seconds, status):
    clock.freeze()
    now = int(clock.now().timestamp())
    token = signed(changed(claims, iat=now + seconds, exp=now + seconds + LIFETIME))
    assert user.verify(headers={"Authorization": f"Bearer {token}"}).status_code == status


def test_a_token_that_expires_before_it_was_issued_is_refused(user, claims):
    token = signed(changed(claims, iat=claims["iat"], exp=claims["iat"] - 1))
    assert user.verify(headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_not_yet_valid_is_refused(user, database, claims):
    refused(user, database, f"Bearer {signed(changed(claims, nbf=claims['exp'] - 1))}")


def test_a_token_for_another_audience_is_refused(user, database, claims):
    refused(user, database, f"Bearer {signed(changed(claims, aud='another-service'))}")


def test_another_users_id_with_ones_own_session_is_refused(user, admin, database, claims):
    refused(user, database, f"Bearer {signed(changed(claims, sub=admin.user_id))}")
    refused(user, database, f"Bearer {signed(changed(claims, sub=admin.user_id))}", path="/users")


@pytest.mark.parametrize("sub", ["x", "0" * 23, "0" * 25, "A" * 24, "g" * 24, "0" * 24 + "\n", "\u0660" * 24])
def test_a_subject_that_is_no_user_id_is_refused(user, database, claims, sub):
    refused(user, database, f"Bearer {signed(changed(claims, sub=sub))}")


@pytest.mark.parametrize("sid", ["0" * 32, "x", "$ne", "\u0000", "\ud800", "x" * 500])
def test_a_session_that_does_not_exist_is_refused(user, database, claims, sid):
    refused(user, database, f"Bearer {signed(changed(claims, sid=sid))}")


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
    """A genuine token, so long: its payload is filled up, its header takes up what base64 leaves over."""
    for more in range(length):
        for header in ({"alg": "HS256"}, {"alg": "HS256", "x": ""}, {"alg": "HS256", "xx": ""}):
            token = signed(changed(claims, more="x" * more), header)
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


# the cookie


def refused_refresh(api, database):
    before = contents(database)
    response = api.http.post("/auth/refresh")
    body = assert_one_shape(response, 401, "invalid_token")
    assert {**body, "requestId": ""} == {**INVALID, "requestId": ""}
    assert contents(database) == before


@pytest.mark.parametrize(
    "change",
    [
        *(pytest.param({claim: REMOVED}, id=f"no {claim}") for claim in CLAIMS),
        {"type": "access"},
        {"iss": "another"},
        {"jti": "another"},
        {"sid": "0" * 32},
        {"sid": {"$ne": None}},
        {"sub": "0" * 24},
        {"exp": 2**40},
        {"exp": "9999999999"},
        {"iat": -1},
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
