"""Parses a JSON body strictly: a text that two parsers could read differently is rejected (RFC 8259, RFC 7493).

Python's own parser takes the last of two equal keys, accepts NaN and lone surrogates, and raises errors of its own on
deep nesting and on very long integers.
"""

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn

from auth_service.errors import InvalidJSON

DEEPEST = 32  # levels of nesting
LONGEST_INTEGER = 18  # digits: what fits 64 bits


def load(body: bytes) -> Any:
    """The value of a JSON text in UTF-8.

    Raises:
        InvalidJSON: it is not UTF-8 or not JSON, ambiguous, nested too deeply, or contains NUL or a lone surrogate.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError):
        raise InvalidJSON from None
    if not all(_is_clean(text) for text in _texts(value)):
        raise InvalidJSON
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate key")
    return members


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_INTEGER + 1:
        raise ValueError("integer too long")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("number too large")
    return number


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """All strings in `value`, the keys too."""
    if depth > DEEPEST:
        raise InvalidJSON
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield key
            yield from _texts(member, depth + 1)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member, depth + 1)


def _is_clean(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
