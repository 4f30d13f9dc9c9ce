"""The accepted forms of a variable's value: each parses a text, and describes itself for the documentation.

Every parser takes the value without surrounding white space and raises `ValueError` with the end of a sentence that
begins with the variable's name ("PORT must be a whole number from 1 to 65535"). The value is never part of it.
"""

import base64
import binascii
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import durationpy
import limits

from auth_service.settings import addresses, mail_url
from auth_service.settings.mongodb_url import parse_mongodb_url

NO_LENGTH = re.compile(r"(/|per)\s*0")  # which the library reads as 1
DURATION = re.compile(r"([0-9]+(\.[0-9]+)?(ns|us|ms|s|mm|m|h|d|w|y))+")  # no sign, which durationpy ignores inside
LONGEST_DURATION = timedelta(days=3650)
SECOND = timedelta(seconds=1)
TOKEN_CHARACTERS = re.compile("[!-~]+")
DATA_KEY_CHARACTERS = re.compile("[A-Za-z0-9_-]{43}=?")
LONGEST_LINE = 100  # characters
LONGEST_AUDIENCE = 200  # characters
HIGHEST_RATE = 1_000_000_000
LONGEST_WINDOW = 366 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Form:
    """A form that values may have: `words` describe it in Markdown, `parse` reads a text of it."""

    words: str
    parse: Callable[[str], Any]


def _boolean(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise ValueError("must be true or false")
    return value.lower() == "true"


def _text(value: str) -> str:
    if not _is_utf8(value):
        raise ValueError("is not UTF-8 text")
    return value


def _is_utf8(value: str) -> bool:
    """Whether it was: Python puts surrogates in the place of other bytes of the environment."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _line(value: str) -> str:
    if not (value.isprintable() and len(value) <= LONGEST_LINE):
        raise ValueError(f"must be printable and have at most {LONGEST_LINE} characters")
    return value


def _token(value: str) -> str:
    if not TOKEN_CHARACTERS.fullmatch(value):
        raise ValueError("must be ASCII characters without spaces")
    return value


def _audience(value: str) -> str:
    if len(_token(value)) > LONGEST_AUDIENCE:
        raise ValueError(f"must have at most {LONGEST_AUDIENCE} characters")
    return value


def _data_key(value: str) -> bytes:
    if DATA_KEY_CHARACTERS.fullmatch(value):
        with suppress(binascii.Error):
            return base64.urlsafe_b64decode(value.rstrip("=") + "=")
    raise ValueError("must be 32 random bytes in base64url, as `secrets new --data` prints them")


def _rate(value: str) -> str:
    try:
        rates = limits.parse_many(value)
    except ValueError:
        raise ValueError("must be a rate such as 100/5minutes or 20/hour") from None
    if len(rates) > 1:
        raise ValueError("must be one rate, such as 100/5minutes")
    if rates[0].amount < 1 or NO_LENGTH.search(value):
        raise ValueError("must allow at least 1 in at least a second")
    if rates[0].amount > HIGHEST_RATE or rates[0].get_expiry() > LONGEST_WINDOW:
        raise ValueError(f"must allow at most {HIGHEST_RATE} in at most a year")
    return value


def _folder(value: str) -> str:
    with suppress(OSError):  # the name is longer than any file's
        if value.isprintable() and Path(_text(value)).is_dir():
            return value
    raise ValueError("must be a folder that exists")


TEXT = Form("text", _text)
LINE = Form("text", _line)
TOKEN = Form("text", _token)
DATA_KEY = Form("32 bytes in base64url (RFC 4648)", _data_key)
BOOLEAN = Form("`true` or `false`", _boolean)
RATE = Form("rate", _rate)
ORIGINS = Form("origins (RFC 6454), separated by commas", addresses.origins)
ORIGIN = Form("origin (RFC 6454)", addresses.origin)
AUDIENCE = Form("text without spaces", _audience)
ADDRESS_AND_PORT = Form("`ADDRESS:PORT`, such as `127.0.0.1:9464`", addresses.ip_address_and_port)
IP_ADDRESS = Form("IP address", addresses.ip_address)
FOLDER = Form("folder", _folder)
MAIL_URL = Form("`smtp://` or `smtps://` URL, or `file:FOLDER`", mail_url.parse_mail_url)
MAILBOX = Form("address, perhaps with a name", mail_url.mailbox)
MONGODB_URL = Form("`mongodb://` or `mongodb+srv://` URL", parse_mongodb_url)
REDIS_URL = Form("`redis://` or `rediss://` URL", addresses.redis_url)
PLAIN_URL = Form("`http` or `https` URL ending in `/`", addresses.plain_url)
FILE_URL = Form("`http` or `https` URL", addresses.download_url)


def integer(lowest: int, highest: int) -> Form:
    """A whole number from `lowest` to `highest`, both included, in ASCII digits."""

    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) < 20 and lowest <= int(value) <= highest):
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return int(value)

    return Form(f"{lowest} to {highest}", parse)


def choice(*allowed: str) -> Form:
    """One of the lower-case words `allowed`, in any case."""

    def parse(value: str) -> str:
        if value.lower() not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return value.lower()

    *first, last = (f"`{word}`" for word in allowed)
    return Form(f"{', '.join(first)} or {last}", parse)


def duration(*, unit: timedelta = SECOND, zero: bool = False, least: timedelta = timedelta(0)) -> Form:
    """A time such as `5m` or `1h30m`, from `least` to 10 years; a plain number counts `unit`s; `zero` allows 0."""

    def parse(value: str) -> timedelta:
        length = _duration(value, unit)
        if length > LONGEST_DURATION or length < timedelta(0) or not (length or zero):
            raise ValueError(f"must be {'at least' if zero else 'longer than'} 0 and at most 10 years")
        if length < least:
            raise ValueError("must be at least 1s" + ("" if unit == SECOND else ": a plain number is milliseconds"))
        return length

    words = "duration or `0`" if zero else "duration"
    return Form(words if unit == SECOND else f"{words}; a plain number is milliseconds", parse)


def _duration(value: str, unit: timedelta) -> timedelta:
    try:
        if value.isascii() and value.isdigit():
            return int(value[:20]) * unit
        if not DURATION.fullmatch(value):
            raise durationpy.DurationError
        return durationpy.from_str(value)
    except (durationpy.DurationError, OverflowError) as error:
        raise ValueError("must be a duration such as 5m, 14d or 1h30m") from error
