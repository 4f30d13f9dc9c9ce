"""The form of a log line: one JSON object outside development, readable text in development.

Text that a client sent cannot break a line. Characters that are not printable are escaped, and a line is never longer
than a pipe writes at once (PIPE_BUF), so that lines of several workers do not mix.
"""

import json
import logging
import sys
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from auth_service.services.origin.client import current
from auth_service.web.log import tracebacks

LONGEST_LINE = 4000  # bytes; PIPE_BUF is 4096
LONGEST_TEXT = 2500  # characters
TEXT_LENGTHS = (LONGEST_TEXT, 400, 60)  # tried in this order, until the line is short enough
FIELDS = "fields"  # the attribute of a record that holds further members of its line
ESSENTIAL = ("time", "level", "logger", "pid", "requestId")
COLOURS = {"debug": "\x1b[2m", "warning": "\x1b[33m", "error": "\x1b[31m", "critical": "\x1b[31;1m"}
NO_COLOUR = "\x1b[0m"

Members = dict[str, Any]

_encode = json.JSONEncoder(default=str).encode  # in ASCII


class JSONLines(logging.Formatter):
    """Formats a record as one line of JSON in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; its texts are cut where it would be longer than `LONGEST_LINE`."""
        members = _members(record)
        for longest in TEXT_LENGTHS:
            line = _encode(_bounded(members, longest))
            if len(line) <= LONGEST_LINE:
                return line
        essential = {name: members[name] for name in ESSENTIAL if name in members}
        return _encode({**_bounded(essential, TEXT_LENGTHS[-1]), "event": "a line was too long"})


class ReadableLines(logging.Formatter):
    """Formats a record as text for a terminal; only a traceback has several lines."""

    def __init__(self, *, coloured: bool) -> None:
        super().__init__()
        self._coloured = coloured

    def format(self, record: logging.LogRecord) -> str:
        """Time, level and text, then the other members as `name=value`."""
        members = _members(record)
        traceback = members.pop("exception", None)
        shown = {name: _in_one_line(value) for name, value in _bounded(members, LONGEST_TEXT).items()}
        time, level, text = (shown.pop(name) for name in ("time", "level", "event"))
        pairs = " ".join(f"{name}={value}" for name, value in shown.items() if name not in ("pid", "logger"))
        line = f"{time} {self._mark(level)} {text}  {pairs}".rstrip()
        return line if traceback is None else f"{line}\n{_escaped(traceback, LONGEST_TEXT)}"

    def _mark(self, level: str) -> str:
        mark = f"[{level:<8}]"
        return f"{COLOURS[level]}{mark}{NO_COLOUR}" if self._coloured and level in COLOURS else mark


def formatter(*, development: bool) -> logging.Formatter:
    """The formatter for every handler of the process."""
    return ReadableLines(coloured=sys.stderr.isatty()) if development else JSONLines()


class StandardError(logging.Handler):
    """Writes each line, in one piece, to the present standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; one that cannot be formatted is replaced by a line that says so."""
        try:
            line = self.format(record)
        except Exception as error:
            line = _encode({"level": "error", "event": f"a line was lost: {type(error).__name__}"})
        with suppress(Exception):  # a full disk, or a closed pipe, must not fail the caller
            sys.stderr.write(line + "\n")
            sys.stderr.flush()


def _members(record: logging.LogRecord) -> Members:
    """The members of a record's line, in their order: with `FIELDS` those, else the stack and the exception, if any."""
    moment = datetime.fromtimestamp(record.created, timezone.utc)
    members: Members = {
        "time": moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z",
        "level": record.levelname.lower(),
        "event": record.getMessage(),
        "logger": record.name,
        "pid": record.process,
    }
    if request_id := current.get().request_id:
        members["requestId"] = request_id
    if hasattr(record, FIELDS):
        members.update(getattr(record, FIELDS))
        return members
    if record.stack_info:
        members["stack_info"] = record.stack_info
    if record.exc_info and record.exc_info[1]:
        members["exception"] = tracebacks.text(record.exc_info[1])
    return members


def _in_one_line(value: Any) -> Any:
    return value.replace("\n", "\\n") if isinstance(value, str) else value


def _bounded(members: Members, longest: int) -> Members:
    return {name: _escaped(value, longest) if type(value) is str else value for name, value in members.items()}


def _escaped(value: str, longest: int) -> str:
    """A text of at most about `longest` characters, its end included, with escapes for what is not printable."""
    if len(value) > longest:
        value = f"{value[: longest // 3]} […] {value[-longest * 2 // 3 :]}"
    return value if value.isprintable() else "".join(map(_printable, value))


def _printable(character: str) -> str:
    printable = character.isprintable() or character == "\n"
    return character if printable else character.encode("unicode_escape").decode()
