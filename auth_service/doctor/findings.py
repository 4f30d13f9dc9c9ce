"""What the doctor says: one finding a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is. `FAILED` is a claim about a live service that did not hold."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and, where something is wrong, what to do about it."""

    level: Level
    check: str
    sentence: str

    @property
    def fatal(self) -> bool:
        """Whether somebody has to do something."""
        return self.level in (Level.PROBLEM, Level.FAILED)

    def __str__(self) -> str:
        return f"{self.level:<8} {self.check}: {self.sentence}"


def ok(check: str, sentence: str) -> Finding:
    """All is well, or left to taste."""
    return Finding(Level.OK, check, sentence)


def warning(check: str, sentence: str) -> Finding:
    """It works, and is probably not what was meant."""
    return Finding(Level.WARNING, check, sentence)


def problem(check: str, sentence: str) -> Finding:
    """A promise of the service does not hold."""
    return Finding(Level.PROBLEM, check, sentence)


def warnings(check: str, applies: Iterable[tuple[bool, str]], *, otherwise: str) -> list[Finding]:
    """A warning for every sentence that applies; when none does, `otherwise`."""
    return [warning(check, sentence) for true, sentence in applies if true] or [ok(check, otherwise)]


def claim(title: str, holds: bool, seen: str) -> Finding:
    """Whether a claim held, and what was seen."""
    return Finding(Level.OK if holds else Level.FAILED, title, seen)
