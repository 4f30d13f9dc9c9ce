"""The accepted forms of a variable's value: each parses a text, and describes itself for the documentation.

Every parser takes the value without surrounding white space and raises `ValueError` with the end of a sentence that
begins with the variable's name ("PORT must be a whole number from 1 to 65535"). The value is never part of it.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import durationpy
import limits

from auth_service.settings.mongodb_url import parse_mongodb_url

LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
ORIGIN = re.compile(rf"(https?)://({LABEL}(?:\.{LABEL})*|\[[0-9a-f:.]+\])(?::(?P<port>\d{{1,5}}))?")
NO_LENGTH = re.compile(r"(/|per)\s*0")  # which the library reads as 1
HOST_NAME = re.compile(rf"{LABEL}(\.{LABEL})*", re.IGNORECASE)
DEFAULT_PORTS = {"http": "80", "https": "443"}
DURATION = re.compile(r"([0-9]+(\.[0-9]+)?(ns|us|ms|s|mm|m|h|d|w|y))+")  # no sign, which durationpy ignores inside
ADDRESS = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})")
URL = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~/-]*)?")
DOWNLOAD_URL = re.compile(r"https?://([!-~]+@)?[A-Za-z0-9.-]+(:\d{1,5})?/[!-z|~]*")  # no braces
LONGEST_DURATION = timedelta(days=3650)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Form:
    """A form that values may have: `words` describe it in Markdown, `parse` reads a text of it."""

    words: str
    parse: Callable[[str], Any]


def _boolean(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise ValueError("must be true or false")
    return value.lower() == "true"


def _redis_url(value: str) -> str:
    if not value.startswith(("redis://", "rediss://")):
        raise ValueError("must be a URL that begins with redis:// or rediss://")
    return value


def _rate(value: str) -> str:
    try:
        rates = limits.parse_many(value)
    except ValueError:
        raise ValueError("must be a rate such as 100/5minutes or 20/hour") from None
    if len(rates) > 1:
        raise ValueError("must be one rate, such as 100/5minutes")
    if rates[0].amount < 1 or NO_LENGTH.search(value):
        raise ValueError("must allow at least 1 in at least a second")
    return value


def _origins(value: str) -> tuple[str, ...]:
    return tuple(_origin(each.strip().lower()) for each in value.split(",") if each.strip())


def _origin(text: str) -> str:
    """The origin as browsers send it: without the default port of its scheme."""
    found = ORIGIN.fullmatch(text)
    if not (found and _has_valid_port(text)):
        raise ValueError("must be origins such as https://app.example.com, without a path, separated by commas")
    scheme, port = found[1], found["port"]
    return text.removesuffix(f":{port}") if port == DEFAULT_PORTS[scheme] else text


def _host(value: str) -> str:
    bare = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        if HOST_NAME.fullmatch(value) and not value.replace(".", "").isdigit():
            return value
    raise ValueError("must be an IP address such as 127.0.0.1 or ::1, or the name of a host")


def _address(value: str) -> tuple[str, int]:
    found = ADDRESS.fullmatch(value)
    if not (found and 0 < int(found[2]) < 65536):
        raise ValueError("must be an address and a port such as 127.0.0.1:9464")
    return found[1], int(found[2])


def _url(value: str) -> str:
    if not (URL.fullmatch(value) and _has_valid_port(value)):
        raise ValueError("must be a URL such as https://example.com/path/, without a query")
    return value


def _download_url(value: str) -> str:
    plain = value.replace("{year}", "2026").replace("{month}", "11")
    if not (DOWNLOAD_URL.fullmatch(plain) and _has_valid_port(plain)):
        raise ValueError("must be a URL such as https://example.com/city.mmdb.gz")
    return value


def _has_valid_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


TEXT = Form("text", str)
BOOLEAN = Form("`true` or `false`", _boolean)
RATE = Form("rate", _rate)
ORIGINS = Form("origins (RFC 6454), separated by commas", _origins)
ADDRESS_AND_PORT = Form("`ADDRESS:PORT`, such as `127.0.0.1:9464`", _address)
HOST = Form("IP address or host name", _host)
MONGODB_URL = Form("`mongodb://` or `mongodb+srv://` URL", parse_mongodb_url)
REDIS_URL = Form("`redis://` or `rediss://` URL", _redis_url)
PLAIN_URL = Form("`http` or `https` URL, no user, no query", _url)
FILE_URL = Form("`http` or `https` URL", _download_url)


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
