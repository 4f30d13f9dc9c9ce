"""Ends transactions on the server that timed out while the database did not answer.

An open transaction holds its locks until the server's `transactionLifetimeLimitSeconds`, 60 by default, is over. The
abort that a client sends at its timeout does not reach a frozen database, and every other transaction on the same
documents would wait that long. Therefore the server session is killed as soon as the database answers again.
"""

import logging
import threading
import time
from collections import deque
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from auth_service.database.faults import explain

log = logging.getLogger(__name__)

RETRY_INTERVAL = 0.2  # seconds
GIVE_UP_AFTER = 90  # seconds: by then the server has ended the transaction by itself

_abandoned: deque[tuple[ClientSession, float]] = deque()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def abandon(session: ClientSession) -> None:
    """End the transaction of `session` on the server, in the background; `session` must not be used any more."""
    global _thread
    with _lock:
        _abandoned.append((session, time.monotonic() + GIVE_UP_AFTER))
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_end_all, name="abandoned-transactions", daemon=True)
            _thread.start()


def _end_all() -> None:
    while True:
        with _lock:
            if not _abandoned:
                return _retire()
            session, deadline = _abandoned[0]
        if _end(session) or time.monotonic() > deadline:
            _abandoned.popleft()
        else:
            time.sleep(RETRY_INTERVAL)


def _retire() -> None:
    """Mark the thread as ended. The caller holds the lock, so that no session is added to a thread that is ending."""
    global _thread
    _thread = None


def _end(session: ClientSession) -> bool:
    client: Any = session.client
    try:
        client.admin.command("killSessions", [session.session_id])
        session.end_session()
    except PyMongoError as error:
        log.debug("a transaction is still open: %s", explain(error))
        return False
    return True
