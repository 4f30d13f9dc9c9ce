"""Limits password hashing in a worker: a few hashes run, some wait for a slot, and the rest are refused at once.

A hash takes a quarter of a second of a core. During a flood of logins some threads of a worker must stay free for the
requests of active sessions.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from auth_service.errors import LoginBusy
from auth_service.monitoring.metrics import Metrics, NullMetrics

KEPT_FREE = 2  # threads of a worker in which no hash waits or runs


class HashingQueue:
    """At most `concurrency` hashes run; others wait up to `wait` seconds. Together they use at most `threads` - 2."""

    def __init__(self, *, concurrency: int, wait: float, threads: int, metrics: Metrics | None = None) -> None:
        self._metrics = metrics or NullMetrics()
        self._slots = threading.Semaphore(concurrency)
        self._wait = wait
        self._places = threading.Semaphore(max(concurrency, threads - KEPT_FREE))

    def require_capacity(self) -> None:
        """Return if `slot` would not be refused at once. A caller checks it before any other work.

        Raises:
            LoginBusy: too many hashes run or wait.
        """
        if not self._places.acquire(blocking=False):
            raise LoginBusy
        self._places.release()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one of the slots, waiting for it if need be.

        Raises:
            LoginBusy: too many hashes run or wait, or no slot became free in time.
        """
        if not self._places.acquire(blocking=False):
            self._metrics.hash_refused()
            raise LoginBusy
        try:
            self._await_slot()
            self._metrics.hashes_running(1)
            try:
                yield
            finally:
                self._metrics.hashes_running(-1)
                self._slots.release()
        finally:
            self._places.release()

    def _await_slot(self) -> None:
        self._metrics.hashes_waiting(1)
        try:
            if not self._slots.acquire(timeout=self._wait):
                self._metrics.hash_refused()
                raise LoginBusy
        finally:
            self._metrics.hashes_waiting(-1)
