"""Ends transactions that were given up while the database was silent.

An open transaction keeps its locks until the server's `transactionLifetimeLimitSeconds`, 60 by default, has passed. The
abort that a client sends when its time is over does not arrive at a database that is frozen, and then everybody who
needs the same documents would wait that long. So the server session is ended as soon as the database answers again.
"""

import logging
import threading
import time
from collections import deque
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

log = logging.getLogger(__name__)

RETRY_INTERVAL = 0.2  # seconds
PATIENCE = 90  # seconds: by then the server has ended it by itself

_abandoned: deque[tuple[ClientSession, float]] = deque()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def abandon(session: ClientSession) -> None:
    """End the transaction of `session` on the server, now or when it answers again; the session is not to be used."""
    global _thread
    with _lock:
        _abandoned.append((session, time.monotonic() + PATIENCE))
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
    """Called with the lock held, so that nothing is added to a thread that has decided to stop."""
    global _thread
    _thread = None


def _end(session: ClientSession) -> bool:
    client: Any = session.client
    try:
        client.admin.command("killSessions", [session.session_id])
        session.end_session()
    except PyMongoError as error:
        log.debug("a transaction is still open: %s", error)
        return False
    return True
