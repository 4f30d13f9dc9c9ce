"""Where a request comes from, as far as the connection tells, or the proxies that are trusted."""

import ipaddress
from functools import lru_cache

from flask import Flask

from auth_service.services.origin.client import Client, current
from auth_service.web.context import notes, this_request


def init_app(app: Flask) -> None:
    """Register the hook; the request must have its id by then."""
    app.before_request(identify_client)


def identify_client() -> None:
    """Note, for the time of this request, where it comes from."""
    asked = this_request()
    user_agent = asked.headers.get("User-Agent", "")
    current.set(Client(ip=_address(asked.remote_addr or ""), user_agent=user_agent, request_id=notes().request_id))


@lru_cache(1024)
def _address(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
        return str(getattr(address, "ipv4_mapped", None) or address)  # a socket for both kinds maps IPv4 into IPv6
    except ValueError:
        return "unknown"
