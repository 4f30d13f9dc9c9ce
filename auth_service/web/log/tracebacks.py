"""The traceback of an exception for the log, in which no text of a library or the database is repeated."""

import traceback
from collections.abc import Iterator

from auth_service.database.faults import explain


def text(error: BaseException | None) -> str:
    """The traceback of `error`, after those of the exceptions that led to it."""
    return "\n".join(_lines(error)) if error else ""


def _lines(error: BaseException) -> Iterator[str]:
    chain = [error]
    while before := _led_to(chain[-1]):
        if before in chain:
            break
        chain.append(before)
    for each in reversed(chain):
        yield "Traceback (most recent call last):"
        yield from "".join(traceback.format_tb(each.__traceback__)).splitlines()
        yield _last_line(each)


def _led_to(error: BaseException) -> BaseException | None:
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _last_line(error: BaseException) -> str:
    name, said = type(error).__name__, explain(error)
    return said if said.startswith(name) else f"{name}: {said}"
