"""Ends a worker in two steps: `/readyz` answers 503 first; after a delay the server finishes the requests in flight.

A load balancer learns of a stop only from `/readyz`. A worker that is merely replaced, by a reload or because fewer
workers are wanted, announces nothing, because the service goes on.
"""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

SHORTEST_DELAY = 0.1  # seconds, in which the server still accepts connections that wait in its queue
OVERLAP = 5.0  # seconds that a replaced worker goes on serving, until its successors have surely started


class OrderlyStop:
    """Delays the SIGTERM handler of the server.

    It uses an interval timer instead of a thread, because a signal handler must not take a lock.
    """

    def __init__(self, *, delay: float, announce: Callable[[], None], is_replaced: Callable[[], bool]) -> None:
        """Prepare it.

        Args:
            delay: seconds between the announcement and the end.
            announce: called when the stop begins, unless the process is replaced; it must not take a lock.
            is_replaced: whether others take the place of this process.
        """
        self._delay = delay
        self._announce = announce
        self._is_replaced = is_replaced
        self._finish: Any = None
        self._begun = False

    def install(self) -> None:
        """Take the place of the server's handler of SIGTERM; call it in the main thread of the worker."""
        self._finish = signal.getsignal(signal.SIGTERM)
        signal.signal(signal.SIGTERM, self._begin)
        signal.signal(signal.SIGALRM, self._end)

    def _begin(self, number: int, frame: FrameType | None) -> None:
        if self._begun:
            return
        self._begun = True
        if self._is_replaced():
            delay = OVERLAP
        else:
            delay = self._delay
            self._announce()
        signal.setitimer(signal.ITIMER_REAL, max(delay, SHORTEST_DELAY))

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._finish(signal.SIGTERM, frame)
