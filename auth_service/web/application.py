"""Flask, without what nothing here needs."""

from collections.abc import Callable
from typing import Any

from flask import Flask


class Application(Flask):
    """An application of plain functions: Flask would ask each hook and view, a dozen a request, whether it is async."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func
