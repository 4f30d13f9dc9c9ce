"""Keeps the variables of URL rules from matching a word that another rule has in the same place.

Without this, `/sessions/history` would also be a `/sessions/<session_id>`: werkzeug offers, and routes, the methods of
every rule that matches. Which rule a path belongs to is then a matter of the path alone.
"""

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.routing import BaseConverter, Map, Rule

RESERVED = {
    "session_id": ("history",),
    "factor_id": ("passkeys", "totp"),
    "role": ("factors", "invitation", "keys", "password-reset", "sessions", "suspension"),
}  # words that are no value of a variable


class Unreserved(BaseConverter):
    """Matches one segment of a path, unless it is one of the reserved words."""

    def __init__(self, url_map: Map, *words: str) -> None:
        super().__init__(url_map)
        self.regex = rf"(?!(?:{'|'.join(map(re.escape, words))})\Z)[^/]+"


class UnambiguousRule(Rule):
    """A URL rule whose variables match no reserved word."""

    def get_converter(
        self, variable_name: str, converter_name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> BaseConverter:
        """The converter of a variable, as `werkzeug.routing.Rule.get_converter`."""
        if words := RESERVED.get(variable_name):
            return Unreserved(self.map, *words)
        return super().get_converter(variable_name, converter_name, args, kwargs)


def init_app(app: Flask) -> None:
    """Use such rules for all routes that are added from now on."""
    app.url_rule_class = UnambiguousRule
