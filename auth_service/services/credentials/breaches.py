"""The role of the part that knows passwords from data breaches, and the part that knows none."""

from typing import Protocol


class Breaches(Protocol):
    """Anything that knows passwords from data breaches."""

    def contains(self, password: str) -> bool:
        """Whether `password` is known; `False` as well when that cannot be found out."""


class NullBreaches:
    """Knows no breach."""

    def contains(self, password: str) -> bool:
        """Always `False`."""
        return False
