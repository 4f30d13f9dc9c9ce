"""What a request can reach: the application's services and settings, and the caller.

Reading an attribute through one of Flask's proxies takes 1 µs, so code on hot paths resolves the proxy once.
"""

from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, Request, current_app, g, request

from auth_service.bootstrap.services import Services
from auth_service.services.origin.client import Client, current
from auth_service.services.sessions.access import Principal
from auth_service.settings.settings import Settings

EXTENSION = "auth_service"


@dataclass(frozen=True, slots=True)
class Context:
    """The settings and the services of one application."""

    settings: Settings
    services: Services


def init_app(app: Flask, settings: Settings, services: Services) -> None:
    """Give `app` its context."""
    app.extensions[EXTENSION] = Context(settings, services)


def settings() -> Settings:
    """The current application's settings."""
    return _context().settings


def services() -> Services:
    """The current application's services."""
    return _context().services


def this_request() -> Request:
    """The current request itself, not Flask's proxy."""
    return cast(Request, request._get_current_object())  # type: ignore[attr-defined]


def request_globals() -> Any:
    """The values recorded during this request: Flask's `g` itself, not the proxy."""
    return g._get_current_object()


def principal() -> Principal:
    """The caller; only on routes that need a session."""
    return cast(Principal, request_globals().principal)


def client() -> Client:
    """The client of this request, which the audit trail records too."""
    return current.get()


def _context() -> Context:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return cast(Context, app.extensions[EXTENSION])
