"""Bodies that are meant to break something: each is 400 in the one shape, and the database stays as it was."""

import json
from itertools import product

import pytest

from tests.support.errors import assert_one_shape

CREDENTIALS = {"email": "ada@example.com", "password": "correct horse battery"}
PATHS = ("/auth/login", "/auth/register")


def with_member(text):
    """Otherwise acceptable credentials with one more member, or a changed one."""
    return b'{"email": "ada@example.com", "password": "correct horse battery", ' + text + b"}"


def contents(database):
    return {name: list(database[name].find()) for name in ("users", "sessions")}


def refused(user, database, path, body, codes):
    """Check that a body is refused with one of `codes` and changes nothing."""
    before = contents(database)
    response = user.http.post(path, data=body, content_type="application/json")
    assert response.json["code"] in codes
    assert "Set-Cookie" not in response.headers
    assert contents(database) == before
    return assert_one_shape(response, 400, response.json["code"])


NOT_ONE_STRICT_OBJECT = {
    "nothing": b"",
    "white space": b" \n\t ",
    "8,000 nested lists": b"[" * 8000,
    "8,000 nested lists, closed": b"[" * 8000 + b"]" * 8000,
    "2,000 nested objects": b'{"a":' * 2000 + b"1" + b"}" * 2000,
    "nesting in a member": with_member(b'"a": ' + b"[" * 7000 + b"]" * 7000),
    "40 levels in a member": with_member(b'"a": ' + b"[" * 40 + b"]" * 40),
    "an integer of 5,000 digits": with_member(b'"a": ' + b"9" * 5000),
    "a negative integer of 5,000 digits": with_member(b'"a": -' + b"9" * 5000),
    "an integer beyond 64 bits": with_member(b'"a": 18446744073709551616'),
    "NaN": with_member(b'"a": NaN'),
    "Infinity": with_member(b'"a": Infinity'),
    "-Infinity": with_member(b'"a": -Infinity'),
    "1e999": with_member(b'"a": 1e999'),
    "-1e999": with_member(b'"a": -1e999'),
    "1e and 5,000 digits": with_member(b'"a": 1e' + b"9" * 5000),
    "a duplicate key": with_member(b'"email": "eve@example.com"'),
    "a duplicate key, escaped": with_member(b'"\\u0065mail": "eve@example.com"'),
    "a duplicate key with the same value": with_member(b'"email": "ada@example.com"'),
    "a duplicate key further inside": with_member(b'"a": {"b": 1, "b": 2}'),
    "a lone high surrogate": b'{"email": "\\ud800@example.com", "password": "correct horse battery"}',
    "a lone low surrogate": b'{"email": "ada@example.com", "password": "correct horse \\udc00"}',
    "surrogates in the wrong order": b'{"email": "ada@example.com", "password": "12345678\\udc00\\ud800"}',
    "a lone surrogate in a key": with_member(b'"\\ud800": 1'),
    "an escaped NUL in the address": b'{"email": "ada\\u0000@example.com", "password": "correct horse battery"}',
    "an escaped NUL in the password": b'{"email": "ada@example.com", "password": "correct horse\\u0000"}',
    "an escaped NUL in a key": with_member(b'"a\\u0000": 1'),
    "a raw NUL": b'{"email": "ada@example.com", "password": "correct horse\x00"}',
    "a NUL behind it": json.dumps(CREDENTIALS).encode() + b"\x00",
    "a raw line break in a string": b'{"email": "ada@example.com", "password": "correct\nhorse"}',
    "bytes that are no UTF-8": b'{"email": "ada@example.com", "password": "correct horse \xff"}',
    "overlong UTF-8": b'{"email": "ada@example.com", "password": "correct horse \xc0\xaf"}',
    "a surrogate in UTF-8": b'{"email": "ada@example.com", "password": "correct horse \xed\xa0\x80"}',
    "cut UTF-8": b'{"email": "ada@example.com", "password": "correct horse \xf0\x9f"}',
    "Latin-1": b'{"email": "ada@example.com", "password": "\xe4\xf6\xfc\xe4\xf6\xfc\xe4\xf6"}',
    "UTF-16": json.dumps(CREDENTIALS).encode("utf-16"),
    "UTF-16 without a mark": json.dumps(CREDENTIALS).encode("utf-16-le"),
    "UTF-32": json.dumps(CREDENTIALS).encode("utf-32"),
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(CREDENTIALS).encode(),
    "trailing garbage": json.dumps(CREDENTIALS).encode() + b"x",
    "a second value": json.dumps(CREDENTIALS).encode() * 2,
    "a trailing comma": b'{"email": "ada@example.com", "password": "correct horse battery",}',
    "a comment": b'{"email": "ada@example.com", /* */ "password": "correct horse battery"}',
    "single quotes": b"{'email': 'ada@example.com', 'password': 'correct horse battery'}",
    "keys without quotes": b'{email: "ada@example.com", password: "correct horse battery"}',
    "an unknown escape": b'{"email": "ada@example.com", "password": "correct \\x41 horse"}',
    "a cut escape": b'{"email": "ada@example.com", "password": "correct \\u00',
    "cut off": b'{"email": "ada@example.com", "password": "correct',
    "a hexadecimal number": with_member(b'"a": 0x10'),
    "a leading zero": with_member(b'"a": 012'),
    "a list": b"[]",
    "a list of the right object": b"[" + json.dumps(CREDENTIALS).encode() + b"]",
    "a string": b'"ada@example.com"',
    "a number": b"5",
    "a float": b"5.5",
    "true": b"true",
    "null": b"null",
    "a form": b"email=ada@example.com&password=correct+horse+battery",
    "XML": b"<email>ada@example.com</email>",
    "a pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00",
}

NOT_TEXT = {
    "null": None,
    "true": True,
    "false": False,
    "zero": 0,
    "a number": 12345678,
    "a float": 1.5,
    "an empty list": [],
    "a list of the right text": ["ada@example.com"],
    "an empty object": {},
    "$ne": {"$ne": None},
    "$gt": {"$gt": ""},
    "$regex": {"$regex": ".*"},
    "$in": {"$in": ["ada@example.com"]},
    "$exists": {"$exists": True},
    "$where": {"$where": "sleep(5000) || true"},
    "$expr": {"$expr": {"$eq": [1, 1]}},
    "$oid": {"$oid": "0123456789abcdef01234567"},
    "__class__": {"__class__": "str"},
}

UNKNOWN_MEMBERS = ["$where", "$ne", "email__ne", "email.x", "", "_id", "__proto__", "constructor", "Email", "email "]


@pytest.mark.parametrize("body", NOT_ONE_STRICT_OBJECT.values(), ids=NOT_ONE_STRICT_OBJECT)
def test_what_is_not_one_strict_json_object_is_400(user, database, body):
    for path in PATHS:
        refused(user, database, path, body, {"invalid_json"})


@pytest.mark.parametrize("value", NOT_TEXT.values(), ids=NOT_TEXT)
def test_only_text_is_taken_for_credentials(user, database, value):
    for path, field in product(PATHS, ("email", "password")):
        body = json.dumps({**CREDENTIALS, "email": user.email, field: value})
        assert list(refused(user, database, path, body, {"invalid_request"})["errors"]) == [field]


@pytest.mark.parametrize("value", NOT_TEXT.values(), ids=NOT_TEXT)
def test_only_text_is_taken_for_a_role(user, database, value):
    body = json.dumps({**CREDENTIALS, "role": value})
    assert list(refused(user, database, "/auth/register", body, {"invalid_request"})["errors"]) == ["role"]


def test_unknown_members_are_refused(user, database):
    for path, name in product(PATHS, UNKNOWN_MEMBERS):
        body = json.dumps({**CREDENTIALS, "email": user.email, name: "x"})
        refused(user, database, path, body, {"invalid_request"})


def test_thousands_of_members_are_refused(user, database):
    body = json.dumps({f"m{i}": i for i in range(1000)})
    for path in PATHS:
        refused(user, database, path, body, {"invalid_request"})


@pytest.mark.parametrize(
    "password",
    [b"a key: \\ud83d\\udd11", b"true NaN 1e999", b'quote \\" brace }', b"[[[[[[[[[[[[", b"escapes: \\u00e9\\/\\b\\f"],
)
def test_text_that_only_looks_dangerous_is_accepted(api, password):
    body = b'{"email": "eve@example.com", "password": "' + password + b'"}'
    assert api.http.post("/auth/register", data=body, content_type="application/json").status_code == 201
    assert api.http.post("/auth/login", data=body, content_type="application/json").status_code == 200
