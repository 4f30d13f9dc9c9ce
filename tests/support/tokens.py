"""Tokens made by hand, and the check that the service refuses them and leaves the database as it was."""

import base64
import hashlib
import hmac
import json

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
    return {name: list(database[name].find()) for name in ("users", "sessions")}


def refused(api, database, header, expected=INVALID, path="/auth/verify"):
    """Check that an `Authorization` header is refused with the constant body and changes nothing."""
    before = contents(database)
    response = api.http.get(path, headers={"Authorization": header})
    body = assert_one_shape(response, 401, expected["code"])
    assert {**body, "requestId": ""} == {**expected, "requestId": ""}
    assert contents(database) == before


CLAIMS = ["iss", "sub", "sid", "type", "iat", "exp", "jti"]
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

# the cookie


def refused_refresh(api, database):
    before = contents(database)
    response = api.http.post("/auth/refresh")
    body = assert_one_shape(response, 401, "invalid_token")
    assert {**body, "requestId": ""} == {**INVALID, "requestId": ""}
    assert contents(database) == before
