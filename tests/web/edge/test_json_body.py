"""Reading a JSON body strictly"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auth_service.errors import InvalidJSON
from auth_service.web.edge.json_body import load

CLEAN_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
NUMBERS = st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)
CLEAN = st.recursive(
    st.none() | st.booleans() | NUMBERS | CLEAN_TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(CLEAN_TEXT, inner, max_size=5),
    max_leaves=20,
)


@settings(deadline=None)
@given(CLEAN)
def test_what_is_strict_json_is_read_as_it_was_written(value):
    assert load(json.dumps(value).encode()) == value
    assert load(json.dumps(value, ensure_ascii=False, indent=1).encode()) == value


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_be_json_or_be_refused(body):
    try:
        value = load(body)
    except InvalidJSON:
        return
    assert value == json.loads(body.decode())


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b" \t\r\n{} \t\r\n", {}),
        (b'"\\ud83d\\udd11"', "\U0001f511"),
        ('"\u00fc\U0001f511"'.encode(), "\u00fc\U0001f511"),
        (b"999999999999999999", 999999999999999999),
        (b"-999999999999999999", -999999999999999999),
        (b"1e10", 1e10),
        (b"-0", 0),
        (b'{"a": {"b": 1}, "b": 1}', {"a": {"b": 1}, "b": 1}),
        (b'{"a": 1, "A": 2}', {"a": 1, "A": 2}),
        (b"[" * 30 + b"]" * 30, json.loads("[" * 30 + "]" * 30)),
    ],
)
def test_unusual_but_strict_json_is_read(body, value):
    assert load(body) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1,]",
        b"{} {}",
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"[1, 2, -1e999]",
        b"9" * 5000,
        b"9" * 20,
        b"[" * 8000,
        b'{"a":' * 8000,
        b"[" * 40 + b"]" * 40,
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b'{"a": 1, "a": 1}',
        b'[{"a": 1, "\\u0061": 2}]',
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'{"\\udfff": 1}',
        b'["\\u0000"]',
        b'{"\\u0000": 1}',
        b'"\x00"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"{}\x00",
        b"01",
        b"+1",
        b".5",
        b"'a'",
        b"\x0b{}",
        b"\xc2\xa0{}",
    ],
    ids=lambda body: ascii(body)[:30],
)
def test_everything_else_is_refused(body):
    with pytest.raises(InvalidJSON):
        load(body)
