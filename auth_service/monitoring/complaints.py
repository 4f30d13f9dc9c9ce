"""Logs why something fails when the reason changes, not at each try."""

import logging
import threading


class Complaints:
    """Logs each complaint to `log` once until it is over: two reasons may take turns."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._made = set[str]()
        self._lock = threading.Lock()

    def make(self, complaint: str) -> None:
        """Log it as an error, unless it was made since all was well."""
        with self._lock:
            if complaint in self._made:
                return
            self._made.add(complaint)
        self._log.error("%s", complaint)

    def end(self) -> bool:
        """All is well; whether there was a complaint."""
        if not self._made:
            return False
        with self._lock:
            ended = bool(self._made)
            self._made.clear()
        return ended
