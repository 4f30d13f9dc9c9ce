"""The breaker of the process's MongoClient: while it is open, no command is sent, whoever wants to send one.

One silence is waited for once. A request that goes on after it, or whose thread was busy when it began, must not wait
for the same silence again. Who tries whether the database is back does so in `trying`.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError


class CircuitOpen(PyMongoError):
    """The command was not sent: the database is known not to answer. No ConnectionFailure, which would be retried."""

    def __init__(self) -> None:
        super().__init__("not sent: the database is known not to answer")


class Circuit:
    """Closed, or open since the database did not answer."""

    def __init__(self) -> None:
        self._open = False
        self._exempt = threading.local()

    @property
    def is_open(self) -> bool:
        """Whether the database is known not to answer."""
        return self._open

    def notice(self, error: BaseException) -> None:
        """Open it if `error` is the database's silence; what the database refused is an answer."""
        self._open = self._open or is_silence(error)

    def trip(self) -> None:
        """Open it."""
        self._open = True

    def close(self) -> None:
        """The database answers again."""
        self._open = False

    @contextmanager
    def trying(self) -> Iterator[None]:
        """In here this thread may send commands all the same."""
        self._exempt.here = True
        try:
            yield
        finally:
            self._exempt.here = False

    def require_closed(self) -> None:
        """Return when commands may be sent from this thread.

        Raises:
            CircuitOpen: the database is known not to answer.
        """
        if self._open and not getattr(self._exempt, "here", False):
            raise CircuitOpen


circuit = Circuit()  # one, as the process has one MongoClient


class GuardedClient(MongoClient[dict[str, Any]]):
    """A MongoClient that asks the circuit before every command."""

    def _select_server(self, *args: Any, **options: Any) -> Any:
        """Where pymongo begins every attempt at a command; it has no public place for this (a test holds it)."""
        circuit.require_closed()
        return super()._select_server(*args, **options)


def is_silence(error: BaseException) -> bool:
    """Whether `error` means that the database did not answer, not that it refused."""
    if isinstance(error, CircuitOpen):
        return False
    return isinstance(error, PyMongoError) and not (isinstance(error, OperationFailure) and not error.timeout)
