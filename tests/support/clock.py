"""A clock that can be moved."""

from datetime import timedelta

from auth_service.clock import SystemClock


class MovableClock(SystemClock):
    """Runs like the machine's, ahead by what it was moved; or stands still until it is moved."""

    def __init__(self):
        self.reset()

    def now(self):
        return (self._frozen or super().now()) + self._ahead

    def advance(self, **duration):
        self._ahead += timedelta(**duration)

    def freeze(self, moment=None):
        """Stand still, at `moment` or at the present time."""
        self._frozen = moment or self.now()
        self._ahead = timedelta(0)

    def reset(self):
        self._frozen = None
        self._ahead = timedelta(0)
