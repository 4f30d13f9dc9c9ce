"""Cross-origin resource sharing (CORS), for the origins of the allow-list only."""

from flask import Flask
from flask_cors import CORS


def init_app(app: Flask, *, origins: tuple[str, ...]) -> None:
    """Let pages of these origins send the cookie and read answers; other origins get no CORS header at all."""
    if not origins:
        return
    CORS(
        app,
        origins=list(origins),  # the setting's parser admits no character that would make an origin a pattern
        supports_credentials=True,
        allow_headers=["Authorization", "Content-Type", "X-Request-ID"],
        expose_headers=["Retry-After", "X-Request-ID"],
        max_age=600,
        always_send=False,
    )
