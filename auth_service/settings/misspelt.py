"""Finds variables whose names are almost those of settings, and which therefore nobody reads."""

from collections.abc import Iterable
from difflib import get_close_matches

SIMILAR = 0.88  # of 1: one wrong, missing or superfluous letter, or two in a long name


def misspelt(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """A sentence for each of `names` that is no setting, and is spelt almost like one of the `known` settings."""
    settings = list(known)
    strange = sorted(set(names) - set(settings))
    nearest = {name: get_close_matches(name.upper(), settings, 1, SIMILAR) for name in strange}
    return [f"{name} is not read: did you mean {found[0]}?" for name, found in nearest.items() if found]
