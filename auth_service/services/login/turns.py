"""Lets the threads of one process change one thing, such as a user's sessions, one after the other.

Each such transaction writes the same document, so all but one of those that run together must start again. The
database decides anyway; waiting here first only spares it, and them, the conflicts.
"""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

PATIENCE = 0.4  # seconds; then the transaction is tried all the same

_locks = [threading.Lock() for _ in range(256)]


@contextmanager
def turn(key: Hashable) -> Iterator[None]:
    """Wait a moment while another thread is at the thing that `key` names."""
    lock = _locks[hash(key) % len(_locks)]
    held = lock.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if held:
            lock.release()
