"""Whether a password is known from a data breach: the question, and the answer where it is not asked."""

from typing import Protocol


class Breaches(Protocol):
    """Anything that can say whether a password is known from a breach."""

    def contains(self, password: str) -> bool:
        """Whether `password` is known; `False` as well when that cannot be found out."""


class NullBreaches:
    """Knows no breach."""

    def contains(self, password: str) -> bool:
        """Always `False`."""
        return False
