"""Serialises the logins of one user within a process, so that their transactions rarely conflict in the database.

Each login writes the user's document, so all but one of those that run together would have to start again. Correctness
rests on the transactions alone; the locks only save conflicts.
"""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

LONGEST_WAIT = 0.4  # seconds; after it, the transaction is tried without the lock

_locks = [threading.Lock() for _ in range(256)]


@contextmanager
def user_lock(user_id: Hashable) -> Iterator[None]:
    """Hold the lock of a user, or go on without it after `LONGEST_WAIT`. Several users may share a lock."""
    lock = _locks[hash(user_id) % len(_locks)]
    held = lock.acquire(timeout=LONGEST_WAIT)
    try:
        yield
    finally:
        if held:
            lock.release()
