"""What a request can reach: the application's services, settings and tokens, and who is calling.

Each attribute that is read through one of Flask's proxies takes 1 µs, so what many requests run looks behind them once.
"""

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from flask import Flask, Request, current_app, g, request

from auth_service.bootstrap import Services
from auth_service.config import Settings
from auth_service.services import clients
from auth_service.services.clients import Client
from auth_service.services.sessions import Principal
from auth_service.web.tokens import Tokens

EXTENSION = "auth_service"


@dataclass(frozen=True, slots=True)
class Context:
    """What one application is made of."""

    settings: Settings
    services: Services
    tokens: Tokens


def init_app(app: Flask, settings: Settings, services: Services) -> None:
    """Give `app` its context."""
    tokens = Tokens(settings=settings.tokens, issuer=settings.service.name, clock=services.clock)
    app.extensions[EXTENSION] = Context(settings, services, tokens)


def settings() -> Settings:
    """The current application's settings."""
    return _context().settings


def services() -> Services:
    """The current application's services."""
    return _context().services


def tokens() -> Tokens:
    """The current application's token maker and verifier."""
    return _context().tokens


def this_request() -> Request:
    """The request itself, not the proxy of it."""
    return cast(Request, request._get_current_object())  # type: ignore[attr-defined]


def notes() -> Any:
    """What is noted during this request: Flask's `g` itself."""
    return g._get_current_object()


def principal() -> Principal:
    """Who makes this request; only on routes that need a session."""
    return cast(Principal, notes().principal)


def client() -> Client:
    """Where this request comes from; the audit trail sees the same."""
    return clients.current.get()


def identify_client(request_id: str) -> None:
    """Note, for the time of this request, where it comes from."""
    asked = this_request()
    user_agent = asked.headers.get("User-Agent", "")
    clients.current.set(Client(ip=_address(asked.remote_addr or ""), user_agent=user_agent, request_id=request_id))


@lru_cache(1024)
def _address(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
        return str(getattr(address, "ipv4_mapped", None) or address)  # a socket for both kinds maps IPv4 into IPv6
    except ValueError:
        return "unknown"


def _context() -> Context:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return cast(Context, app.extensions[EXTENSION])
