"""Limits password hashing in a worker: a few hashes run, some wait for a slot, and the rest are refused at once.

A hash takes a quarter of a second of a core. During a flood of logins some threads of a worker must stay free for the
requests of active sessions. Known callers, a known device of the account or an active session, have a share of the
places that no stranger takes, and get the next slot: a flood of strangers does not keep them out.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from auth_service.errors import LoginBusy
from auth_service.monitoring.metrics import Metrics, NullMetrics

KEPT_FREE = 2  # threads of a worker in which no hash waits or runs
KNOWN_SHARE = 5  # one place in so many is kept for known callers


class HashingQueue:
    """At most `concurrency` hashes run; others wait up to `wait` seconds. Together they use at most `threads` - 2."""

    def __init__(self, *, concurrency: int, wait: float, threads: int, metrics: Metrics | None = None) -> None:
        self._metrics = metrics or NullMetrics()
        self._wait = wait
        self._places = max(concurrency, threads - KEPT_FREE)
        self._places_of_strangers = max(concurrency, self._places - self._places // KNOWN_SHARE)
        self._taken = 0  # places
        self._free = concurrency  # slots
        self._known_waiting = 0
        self._lock = threading.Lock()
        self._turn = {known: threading.Condition(self._lock) for known in (True, False)}

    def require_capacity(self, *, known: bool = False) -> None:
        """Return if `slot` would not be refused at once. A caller checks it before any other work.

        Raises:
            LoginBusy: too many hashes run or wait.
        """
        if self._taken >= (self._places if known else self._places_of_strangers):
            self._metrics.hash_refused()
            raise LoginBusy

    @contextmanager
    def slot(self, *, known: bool = False) -> Iterator[None]:
        """Hold one of the slots, waiting for it if need be; a `known` caller comes before all others.

        Raises:
            LoginBusy: too many hashes run or wait, or no slot became free in time.
        """
        self._take_place(known)
        try:
            self._take_slot(known)
            self._metrics.hashes_running(1)
            try:
                yield
            finally:
                self._metrics.hashes_running(-1)
                self._free_slot()
        finally:
            with self._lock:
                self._taken -= 1

    def _take_place(self, known: bool) -> None:
        with self._lock:
            self.require_capacity(known=known)
            self._taken += 1

    def _take_slot(self, known: bool) -> None:
        self._metrics.hashes_waiting(1)
        try:
            with self._lock:
                self._await_turn(known)
                self._free -= 1
                self._call_next()
        finally:
            self._metrics.hashes_waiting(-1)

    def _await_turn(self, known: bool) -> None:
        self._known_waiting += known
        try:
            if not self._turn[known].wait_for(lambda: self._is_turn(known), self._wait):
                self._metrics.hash_refused()
                raise LoginBusy
        finally:
            self._known_waiting -= known

    def _is_turn(self, known: bool) -> bool:
        return self._free > 0 and (known or not self._known_waiting)

    def _free_slot(self) -> None:
        with self._lock:
            self._free += 1
            self._call_next()

    def _call_next(self) -> None:
        if self._free:
            self._turn[self._known_waiting > 0].notify()
