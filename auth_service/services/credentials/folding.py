"""The one form in which the policy compares texts: NFKC and casefold."""

import unicodedata


def folded(text: str) -> str:
    """`text` without differences of case, width or composition."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
