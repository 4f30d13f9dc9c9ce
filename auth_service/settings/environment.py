"""Reads one frozen dataclass from environment variables; it names every problem at once and never a value.

A settings group declares its fields with :func:`var`; :func:`read` fills it. Empty values count as unset.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import durationpy
import limits

Group = TypeVar("Group")
Parser = Callable[[str], Any]

REQUIRED = object()
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")
ADDRESS = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})")
URL = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~/-]*)?")
DOWNLOAD_URL = re.compile(r"https?://([!-~]+@)?[A-Za-z0-9.-]+(:\d{1,5})?/[!-z|~]*")  # no braces
LONGEST_DURATION = timedelta(days=3650)


class ConfigurationError(SystemExit):
    """The environment does not make a valid configuration.

    A `SystemExit`, so that whichever program reads the settings stops with these sentences and no traceback.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(["The configuration has problems:", *(f"  - {each}" for each in problems)]))


def var(name: str, parse: Parser, default: Any = REQUIRED, *, secret: bool = False) -> Any:
    """Declare a field that is read from the environment variable `name`.

    `default` is a value, or a function of the environment; a `secret` does not show in `repr`.
    """
    return dataclasses.field(repr=not secret, metadata={"name": name, "parse": parse, "default": default})


def read(group: type[Group], environ: Mapping[str, str], problems: list[str]) -> Group | None:
    """Build `group` from `environ`; what is wrong is appended to `problems`, and then nothing is returned."""
    before = len(problems)
    values = {field.name: _value(field, environ, problems) for field in dataclasses.fields(group)}  # type: ignore[arg-type]
    return group(**values) if len(problems) == before else None


def variables(group: type[Any]) -> list[str]:
    """The names of the environment variables that `group` reads."""
    return [field.metadata["name"] for field in dataclasses.fields(group)]


def _value(field: dataclasses.Field[Any], environ: Mapping[str, str], problems: list[str]) -> Any:
    name, parse, default = (field.metadata[key] for key in ("name", "parse", "default"))
    text = environ.get(name, "").strip()
    if not text:
        if default is REQUIRED:
            problems.append(f"{name} is not set")
        return default(environ) if callable(default) else default
    try:
        return parse(text)
    except ValueError as error:
        problems.append(f"{name} {error}")


def text(value: str) -> str:
    """Any non-empty text."""
    return value


def boolean(value: str) -> bool:
    """`true` or `false`, in any case."""
    if value.lower() not in ("true", "false"):
        raise ValueError("must be true or false")
    return value.lower() == "true"


def integer(lowest: int, highest: int) -> Parser:
    """A whole number between `lowest` and `highest`, both included."""

    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) < 20 and lowest <= int(value) <= highest):
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return int(value)

    return parse


def redis_url(value: str) -> str:
    """A Redis server: no store that each worker would have for itself."""
    if not value.startswith(("redis://", "rediss://")):
        raise ValueError("must be a URL that begins with redis:// or rediss://")
    return value


def rate(value: str) -> str:
    """A rate limit such as `100/5minutes` or `20/hour`."""
    try:
        limits.parse(value)
    except ValueError:
        raise ValueError("must be a rate such as 100/5minutes or 20/hour") from None
    return value


def origins(value: str) -> tuple[str, ...]:
    """Web origins (RFC 6454), separated by commas: `https://app.example.com, http://localhost:5173`."""
    listed = tuple(each.strip().lower() for each in value.split(",") if each.strip())
    if not all(ORIGIN.fullmatch(each) for each in listed):
        raise ValueError("must be origins such as https://app.example.com, without a path, separated by commas")
    return listed


def address(value: str) -> tuple[str, int]:
    """Where to listen: `127.0.0.1:9464`, `[::1]:9464`."""
    found = ADDRESS.fullmatch(value)
    if not (found and 0 < int(found[2]) < 65536):
        raise ValueError("must be an address and a port such as 127.0.0.1:9464")
    return found[1], int(found[2])


def url(value: str) -> str:
    """An http or https URL of a host and a path; no user, no query."""
    if not (URL.fullmatch(value) and _has_port_in_range(value)):
        raise ValueError("must be a URL such as https://example.com/path/, without a query")
    return value


def download_url(value: str) -> str:
    """An http or https URL of a file, with a user and a query if need be; in braces `{year}` and `{month}` alone."""
    plain = value.replace("{year}", "2026").replace("{month}", "11")
    if not (DOWNLOAD_URL.fullmatch(plain) and _has_port_in_range(plain)):
        raise ValueError("must be a URL such as https://example.com/city.mmdb.gz")
    return value


def choice(*allowed: str) -> Parser:
    """One of `allowed`, without regard to case."""

    def parse(value: str) -> str:
        if value.lower() not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return value.lower()

    return parse


def duration(*, plain: timedelta = timedelta(seconds=1), zero: bool = False) -> Parser:
    """A time such as `5m`, `14d` or `1h30m`, at most 10 years; a plain number counts in units of `plain`."""

    def parse(value: str) -> timedelta:
        length = _duration(value, plain)
        if length > LONGEST_DURATION or length < timedelta(0) or not (length or zero):
            raise ValueError(f"must be {'at least' if zero else 'longer than'} 0 and at most 10 years")
        return length

    return parse


def _has_port_in_range(value: str) -> bool:
    try:
        return urlsplit(value).port != 0
    except ValueError:
        return False


def _duration(value: str, plain: timedelta) -> timedelta:
    try:
        if value.isascii() and value.isdigit():
            return int(value[:20]) * plain
        return durationpy.from_str(value.encode("ascii").decode())
    except (durationpy.DurationError, OverflowError, UnicodeEncodeError) as error:
        raise ValueError("must be a duration such as 5m, 14d or 1h30m") from error
