"""Cross-origin calls (CORS): for the allow-list, and for nobody else."""

from flask import Flask
from flask_cors import CORS


def init_app(app: Flask, *, origins: tuple[str, ...]) -> None:
    """Let pages of these origins call with their cookie and read the answers; strangers get no CORS header at all."""
    if not origins:
        return
    CORS(
        app,
        origins=list(origins),  # `forms.ORIGINS` lets no character through that would make one a pattern
        supports_credentials=True,
        allow_headers=["Authorization", "Content-Type", "X-Request-ID"],
        expose_headers=["Retry-After", "X-Request-ID"],
        max_age=600,
        always_send=False,
    )
