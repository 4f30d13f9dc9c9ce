"""The circuit breaker of the process's MongoClient: while it is open, commands fail at once and are not sent.

The first command that is not answered opens it. One that the database gave up after its time limit does not, unless it
is the second in a row: a single slow list is no outage. A request that goes on after that, or begins later, does not
wait for the same outage again. Only the probe that finds out whether the database answers again sends commands, in
`trying`.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pymongo
from pymongo import MongoClient
from pymongo.errors import ExecutionTimeout, OperationFailure, PyMongoError
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from auth_service.database.faults import OwnFault


class CircuitOpen(OwnFault):
    """The command was not sent, because the database does not answer. No ConnectionFailure: pymongo would retry it."""

    def __init__(self) -> None:
        super().__init__("not sent: the database is known not to answer")


FAILOVER = 30  # seconds: how long a patient command waits for a server; an election takes 12 by default
SLOW_IN_A_ROW = 2  # commands that did not finish in time, with no success between them


class Circuit:
    """A circuit breaker: closed at first, opened by a database that does not answer."""

    def __init__(self) -> None:
        self._open = False
        self._slow = 0
        self._exempt = threading.local()

    @property
    def is_open(self) -> bool:
        """Whether commands are refused."""
        return self._open

    def notice(self, error: BaseException) -> None:
        """Open it if `error` means that the database does not answer; a refused command is an answer."""
        if not is_silence(error):
            return
        self._slow += isinstance(error, ExecutionTimeout)
        if self._slow >= SLOW_IN_A_ROW or not isinstance(error, ExecutionTimeout):
            self._open = True

    def answered(self) -> None:
        """A command succeeded: the next one that is slow is the first in a row."""
        self._slow = 0

    def close(self) -> None:
        """Close it: the database answers again."""
        self._open, self._slow = False, 0

    @contextmanager
    def trying(self) -> Iterator[None]:
        """A context in which the current thread may send commands although the circuit is open."""
        self._exempt.here = True
        try:
            yield
        finally:
            self._exempt.here = False

    def require_closed(self) -> None:
        """Return if the current thread may send commands.

        Raises:
            CircuitOpen: it may not, because the database does not answer.
        """
        if self._open and not getattr(self._exempt, "here", False):
            raise CircuitOpen


circuit = Circuit()  # one a process, as there is one MongoClient a process

is_patient: ContextVar[bool] = ContextVar("is_patient", default=False)  # whether commands may take hours


class _Answers(CommandListener):
    """Tells the circuit of each command that succeeded."""

    def started(self, event: CommandStartedEvent) -> None:
        """Nothing is known yet."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """The database answers."""
        circuit.answered()

    def failed(self, event: CommandFailedEvent) -> None:
        """Whoever sent the command reports the failure."""


ANSWERS = _Answers()


class GuardedClient(MongoClient[dict[str, Any]]):
    """A MongoClient that checks the circuit before every command, and bounds how long a patient one has no server.

    A command may take long on a server that answers. When the server stops answering, pymongo's monitor notices within
    seconds and interrupts the command, which is then tried again on the server that is selected.
    """

    def _select_server(self, *args: Any, **options: Any) -> Any:
        """Check the circuit, then select a server, which pymongo does first in each attempt at a command.

        pymongo has no public hook at this point; `tests/database/test_circuit.py` checks that the override has effect.
        """
        circuit.require_closed()
        if not is_patient.get():
            return super()._select_server(*args, **options)
        with pymongo.timeout(FAILOVER):
            return super()._select_server(*args, **options)


def is_silence(error: BaseException) -> bool:
    """Whether `error` means that the database did not answer, as opposed to refusing a command."""
    if isinstance(error, CircuitOpen):
        return False
    return isinstance(error, PyMongoError) and not (isinstance(error, OperationFailure) and not error.timeout)
