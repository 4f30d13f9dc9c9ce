"""The address of the client: that of the connection, or the one that the trusted proxies forward."""

import ipaddress
import re
from functools import lru_cache

from flask import Flask
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from auth_service.services.origin.client import Client, current
from auth_service.services.origin.languages import DEFAULT_LANGUAGE, LANGUAGES
from auth_service.web.context import request_globals, this_request

WITH_PORT = re.compile(r"(\[(?P<ipv6>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\]|(?P<ipv4>[0-9.]+(?=:)))(:\d{1,5})?")


def init_app(app: Flask) -> None:
    """Register the hook; call it after that of `request_id`, whose id it passes on."""
    app.before_request(identify_client)


def identify_client() -> None:
    """Set the client of the current request, for everything that accompanies its decisions."""
    request = this_request()
    headers = request.headers
    current.set(
        Client(
            ip=_normalised(request.remote_addr or ""),
            user_agent=headers.get("User-Agent", ""),
            request_id=request_globals().request_id,
            language=_language(headers.get("Accept-Language", "")),
        )
    )


@lru_cache(1024)
def _language(accepted: str) -> str:
    """That of ours which an `Accept-Language` header prefers (RFC 9110 section 12.5.4); `de-AT` is `de`."""
    wanted = parse_accept_header(accepted, LanguageAccept)
    primary = LanguageAccept([(tag.partition("-")[0], quality) for tag, quality in wanted])
    return primary.best_match(LANGUAGES, DEFAULT_LANGUAGE)


@lru_cache(1024)
def _normalised(text: str) -> str:
    """The address in its canonical form, without the port and the brackets that proxies add (RFC 7239 section 6).

    The zone of a link-local one is left out: it may be any text (RFC 4007 section 11).
    """
    found = WITH_PORT.fullmatch(text.strip('"'))
    try:
        address = ipaddress.ip_address((found["ipv6"] or found["ipv4"]) if found else text)
        if isinstance(address, ipaddress.IPv4Address):
            return str(address)
        return str(address.ipv4_mapped or ipaddress.IPv6Address(int(address)))  # dual-stack sockets map IPv4 into IPv6
    except ValueError:
        return "unknown"
