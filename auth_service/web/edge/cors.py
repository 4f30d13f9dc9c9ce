"""Cross-origin resource sharing (CORS), for the origins of the allow-list only."""

import re

from flask import Flask
from flask_cors import CORS


def init_app(app: Flask, *, origins: tuple[str, ...]) -> None:
    """Let pages of these origins send the cookie and read answers; other origins get no CORS header at all."""
    if not origins:
        return
    CORS(
        app,
        origins=[re.compile(rf"{re.escape(origin)}\Z") for origin in origins],  # the brackets of IPv6 are no pattern
        supports_credentials=True,
        allow_headers=["Authorization", "Content-Type", "X-Request-ID"],
        expose_headers=["Retry-After", "X-Request-ID"],
        max_age=600,
        always_send=False,
    )
