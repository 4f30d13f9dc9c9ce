"""What a line of the log looks like: one JSON object outside development, coloured words within; one line in any case.

Nothing that was sent can break a line. What cannot be printed is escaped, and a line is never longer than a pipe takes
in one piece (PIPE_BUF), so that those of several workers do not mix.
"""

import json
import logging
import sys
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from auth_service.services.origin.client import current

LONGEST_LINE = 4000  # bytes; PIPE_BUF is 4096
LONGEST_TEXT = 2500  # characters
SHORTER_AND_SHORTER = (LONGEST_TEXT, 400, 60)  # until the line is short enough
FIELDS = "fields"  # of a record: what a line has besides its text
ESSENTIAL = ("time", "level", "logger", "pid", "requestId")


_encode = json.JSONEncoder(default=str).encode  # in ASCII


class Lines(ProcessorFormatter):
    """Formats a record of any logger; `last` makes the text of what is known about it."""

    def __init__(self, *last: Processor) -> None:
        self._last = last
        super().__init__(
            foreign_pre_chain=[_describe, structlog.processors.format_exc_info],
            processors=[ProcessorFormatter.remove_processors_meta, *last],
        )

    def format(self, record: logging.LogRecord) -> str:
        """The line. Most are of requests: they are spared what only others need, which is half of their time."""
        if not hasattr(record, FIELDS):
            return super().format(record)
        event: Any = _described(record, record.getMessage())
        for processor in self._last:
            event = processor(None, record.levelname, event)
        return str(event)


def formatter(*, development: bool) -> logging.Formatter:
    """The formatter for every handler of the process."""
    if not development:
        return Lines(_render)
    traceback = structlog.dev.plain_traceback
    colours = sys.stderr.isatty()
    return Lines(
        _for_people,
        structlog.dev.ConsoleRenderer(colors=colours, timestamp_key="time", exception_formatter=traceback),
    )


class StandardError(logging.Handler):
    """Writes each line to what standard error is at that moment, in one piece."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; one that cannot be made is replaced by another that says so."""
        try:
            line = self.format(record)
        except Exception as error:
            line = _encode({"level": "error", "event": f"a line was lost: {type(error).__name__}"})
        with suppress(Exception):  # a full disk or a reader that is gone must not fail what is being logged
            sys.stderr.write(line + "\n")
            sys.stderr.flush()


def _describe(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return {**_described(event["_record"], event.pop("event")), **event}


def _described(record: logging.LogRecord, text: str) -> EventDict:
    """When, how grave, what, by whom, and for which request."""
    moment = datetime.fromtimestamp(record.created, timezone.utc)
    described: EventDict = {
        "time": moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z",
        "level": record.levelname.lower(),
        "event": text,
        "logger": record.name,
        "pid": record.process,
    }
    if request_id := current.get().request_id:
        described["requestId"] = request_id
    described.update(getattr(record, FIELDS, {}))
    return described


def _render(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """One line of JSON in ASCII."""
    for longest in SHORTER_AND_SHORTER:
        line = _encode(_bounded(event, longest))
        if len(line) <= LONGEST_LINE:
            return line
    essential = {name: event[name] for name in ESSENTIAL if name in event}
    return _encode({**_bounded(essential, 60), "event": "a line was too long"})


def _for_people(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Without what only machines read; nothing but a traceback has several lines."""
    shown = {name: value for name, value in event.items() if name not in ("pid", "logger")}
    traceback = shown.pop("exception", None)
    bounded = {name: _in_one_line(value) for name, value in _bounded(shown, LONGEST_TEXT).items()}
    return bounded if traceback is None else {**bounded, "exception": _plain(traceback, LONGEST_TEXT)}


def _in_one_line(value: Any) -> Any:
    return value.replace("\n", "\\n") if isinstance(value, str) else value


def _bounded(event: EventDict, longest: int) -> dict[str, Any]:
    return {name: _plain(value, longest) if type(value) is str else value for name, value in event.items()}


def _plain(value: str, longest: int) -> str:
    """A text that is neither too long, its end being kept as well, nor holds what cannot be printed."""
    if len(value) > longest:
        value = f"{value[: longest // 3]} […] {value[-longest * 2 // 3 :]}"
    return value if value.isprintable() else "".join(map(_escaped, value))


def _escaped(character: str) -> str:
    printable = character.isprintable() or character == "\n"
    return character if printable else character.encode("unicode_escape").decode()
