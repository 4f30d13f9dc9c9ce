"""Transactions that commit or abort within the time limit of a single command."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

import pymongo
from pymongo.client_session import ClientSession
from pymongo.errors import ExecutionTimeout, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from auth_service.database.abandoned_transactions import abandon
from auth_service.database.circuit import is_patient
from auth_service.database.connection import TIMEOUT, client, hello
from auth_service.database.faults import OwnFault
from auth_service.errors import DatabaseUnavailable

Result = TypeVar("Result")

PATIENCE = 90  # seconds: the transaction of a process that was killed keeps its locks for 60 by default
MAJORITY = WriteConcern(w="majority")


class Standalone(OwnFault):
    """The server is no member of a replica set, and so cannot run transactions."""


def require_transactions() -> None:
    """Return if the database can run transactions.

    Raises:
        Standalone: it is a standalone server.
        pymongo.errors.PyMongoError: it does not answer.
    """
    answer = hello()
    if "setName" not in answer and answer.get("msg") != "isdbgrid":
        raise Standalone("the MongoDB of DB_URL is a standalone server; transactions need a replica set")


def transaction(work: Callable[[ClientSession], Result]) -> Result:
    """Run `work(session)` in one transaction, on a snapshot, and return its result.

    `work` is run again after a conflict with another transaction, so it may have no effects outside the database. All
    attempts together take at most `TIMEOUT`, in an operator's command `PATIENCE`. An exception that `work` raises
    aborts the transaction and propagates.

    Raises:
        DatabaseUnavailable: it conflicted with other transactions until the time was over.
        pymongo.errors.PyMongoError: the database did not answer; whether the transaction was committed is not known.
    """
    attempt, began, limit = _Attempt(work), time.monotonic(), PATIENCE if is_patient.get() else TIMEOUT
    session = client().start_session()
    try:
        with pymongo.timeout(limit):
            result: Result = session.with_transaction(
                attempt, read_concern=ReadConcern("snapshot"), write_concern=MAJORITY
            )
    except PyMongoError as error:
        abandon(session)
        if attempt.conflicted and isinstance(error, ExecutionTimeout):
            raise DatabaseUnavailable from error
        raise
    except BaseException:
        in_time = time.monotonic() - began < limit  # else the abort was not sent
        session.end_session() if in_time else abandon(session)
        raise
    session.end_session()
    return result


class _Attempt(Generic[Result]):
    """The work of a transaction; `conflicted` is whether any attempt conflicted with another transaction."""

    def __init__(self, work: Callable[[ClientSession], Result]) -> None:
        self._work = work
        self.conflicted = False

    def __call__(self, session: ClientSession) -> Result:
        try:
            return self._work(session)
        except OperationFailure as error:
            self.conflicted = self.conflicted or error.has_error_label("TransientTransactionError")
            raise
