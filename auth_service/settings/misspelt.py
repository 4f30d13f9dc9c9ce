"""Finds variables whose names look like those of settings, and which therefore nobody reads."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

SIMILAR = 0.88  # of 1: one wrong, missing or superfluous letter, or two in a long name
OWN_WORDS = frozenset(  # the first words of settings that other programs hardly use: not DB, HOST, LOG or PASSWORD
    ("BCRYPT", "COOKIE", "CORS", "GEO", "JWT", "LOGIN", "MAXMIND", "RATELIMIT", "REFRESH", "SESSION", "TRUST")
)
OF_OTHERS = re.compile(
    r"SESSION_MANAGER"  # a desktop
    r"|\w+_(PORT|SERVICE_HOST|SERVICE_PORT)(_\w+)?"  # Kubernetes, for each service beside this one
)


def misspelt(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """A sentence for each of `names` that is no setting, and is almost or begins like one of the `known` settings."""
    settings = list(known)
    strange = sorted(set(names) - set(settings))
    return [sentence for name in strange if (sentence := _judge(name, settings))]


def _judge(name: str, settings: list[str]) -> str | None:
    if nearest := get_close_matches(name.upper(), settings, 1, SIMILAR):
        return f"{name} is not read: did you mean {nearest[0]}?"
    word, separator, _ = name.upper().partition("_")
    if separator and word in OWN_WORDS and not OF_OTHERS.fullmatch(name.upper()):
        return f"{name} is not read: there is no such setting"
    return None
