"""The findings of the doctor's checks; each is a line of its report."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The severity of a finding. `FAILED` is a claim about a live service that did not hold."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: a sentence that also says what to do where something is wrong."""

    level: Level
    check: str
    sentence: str

    @property
    def fatal(self) -> bool:
        """Whether the operator has to act."""
        return self.level in (Level.PROBLEM, Level.FAILED)

    def __str__(self) -> str:
        return f"{self.level:<8} {self.check}: {self.sentence}"


def ok(check: str, sentence: str) -> Finding:
    """Nothing is wrong, or either choice is sound."""
    return Finding(Level.OK, check, sentence)


def warning(check: str, sentence: str) -> Finding:
    """It works, and is probably not what the operator intends."""
    return Finding(Level.WARNING, check, sentence)


def problem(check: str, sentence: str) -> Finding:
    """A promise of the service does not hold."""
    return Finding(Level.PROBLEM, check, sentence)


def warnings(check: str, applies: Iterable[tuple[bool, str]], *, otherwise: str) -> list[Finding]:
    """A warning for each sentence that applies; if none does, one `ok` with the sentence `otherwise`."""
    return [warning(check, sentence) for does_apply, sentence in applies if does_apply] or [ok(check, otherwise)]


def claim(title: str, holds: bool, observation: str) -> Finding:
    """A claim about a live service: whether it held, and the observation that decides it."""
    return Finding(Level.OK if holds else Level.FAILED, title, observation)
