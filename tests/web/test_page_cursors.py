"""Cursors: where a page ended, as an opaque text"""

from datetime import datetime, timezone

import pytest
from bson import ObjectId
from hypothesis import given, settings
from hypothesis import strategies as st

from auth_service.database.paging import Position
from auth_service.errors import InvalidCursor
from auth_service.web.page_cursors import decode, encode

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(timezone.utc))
POSITIONS = st.builds(
    lambda moment, identifier: Position(moment.replace(microsecond=moment.microsecond // 1000 * 1000), identifier),
    MOMENTS,
    st.binary(min_size=12, max_size=12).map(ObjectId),
)


@settings(deadline=None)
@given(POSITIONS)
def test_a_cursor_says_where_it_was_made(position):
    assert decode(encode(position)) == position


@settings(deadline=None)
@given(POSITIONS)
def test_a_cursor_needs_no_escaping_in_a_url(position):
    assert encode(position).replace("-", "").replace("_", "").isalnum()


def test_no_position_has_no_cursor():
    assert encode(None) is None
    assert decode(None) is None


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_text_does_anything_but_be_a_cursor_or_be_refused(text):
    try:
        position = decode(text)
    except InvalidCursor:
        return
    assert encode(position) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "=",
        "A" * 65,
        "A" * 100_000,
        "\u00fc",
        "\ud800",
        "MA",  # 0
        "MC4w",  # 0.0
        "LTEuMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",  # -1.0123456789abcdef01234567
        "MS41LjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nw",  # 1.5.0123456789abcdef01234567
        "OTk5OTk5OTk5OTk5OTk5LjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nw",  # a year behind 9999
        "MS4wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc!",
        "MS4w\nMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc",
    ],
)
def test_what_was_never_given_is_refused(text):
    with pytest.raises(InvalidCursor):
        decode(text)
