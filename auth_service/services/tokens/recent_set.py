"""A set of bounded size that forgets what was added first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable


class RecentSet:
    """Holds the last `size` members; safe for threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._members: OrderedDict[Hashable, None] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, member: Hashable) -> bool:
        """Add a member; whether it was new."""
        with self._lock:
            if member in self._members:
                return False
            self._members[member] = None
            if len(self._members) > self._size:
                self._members.popitem(last=False)
            return True
