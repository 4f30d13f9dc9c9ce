"""The gunicorn worker: lanes, and it serves on for a while after it was told to stop, so that nobody runs into it.

On SIGTERM gthread, which lanes come from, takes no more connections at once, but whoever distributes requests hears of
it only at the next `/readyz`. So `/readyz` says 503 first, and everything is served as before for `stop_delay` seconds.
A worker that is only replaced (SIGHUP) says nothing, for the service goes on, and serves until the new ones have surely
started.
"""

import signal
import threading
from types import FrameType
from typing import Any

from auth_service.serving.lanes import LaneWorker

OVERLAP = 5  # seconds a replaced worker serves on


class Worker(LaneWorker):
    """Ends in two steps: `/readyz` says so, and `stop_delay` seconds later gthread's own orderly end begins."""

    stop_delay = 0.0  # set by gunicorn.conf.py

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._replaced = self._leaving = False

    def handle_winch(self, sig: int, frame: FrameType | None) -> None:
        """Others take this worker's place: gunicorn.conf.py tells, for the SIGTERM that follows is like any other."""
        self._replaced = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM. A signal handler must take no lock, so the main loop does the rest."""
        if self.alive and not self._leaving:
            self._leaving = True
            self.method_queue.defer(self._begin_to_leave)

    def _begin_to_leave(self) -> None:
        delay = float(OVERLAP) if self._replaced else self.stop_delay
        if not self._replaced:
            self.wsgi.extensions["auth_service"].services.readiness.stop()
        if delay:
            timer = threading.Timer(delay, self._leave)
            timer.daemon = True
            timer.start()
        else:
            self._leave()

    def _leave(self) -> None:
        super().handle_exit(signal.SIGTERM, None)

    def set_accept_enabled(self, enabled: bool) -> None:
        """At the end, let nobody wait at a door that will not open: gthread would close it only after all else."""
        super().set_accept_enabled(enabled)
        if self.alive:
            return
        for listener in self.sockets:
            if not self._replaced:
                self._take_the_last(listener)
            listener.close()

    def _take_the_last(self, listener: Any) -> None:
        """Accept whoever is connected already. (A replaced worker leaves them to the others.)"""
        before = -1
        while before != self.nr_conns < self.worker_connections:
            before = self.nr_conns
            self.accept(listener)
