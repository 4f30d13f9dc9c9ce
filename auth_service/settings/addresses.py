"""Reads addresses: of this service, of others that it calls, and of the pages that may call it.

A parser raises `ValueError` with the end of a sentence that begins with the variable's name, and quotes no value.
"""

import ipaddress
import re
import ssl
from urllib.parse import urlsplit

LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"  # `_` is in names that Docker gives
NAME = re.compile(rf"{LABEL}(\.{LABEL})*", re.IGNORECASE | re.ASCII)
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)  # a browser reads a name that ends so as an IPv4 address
LONGEST_NAME = 253  # characters, RFC 1035
ORIGIN = re.compile(r"(https?)://(\[[0-9a-f:]+\]|[a-z0-9._-]+)(?::0*([0-9]{1,5}))?")
DEFAULT_PORTS = {"http": 80, "https": 443}
URL = re.compile(r"https?://[A-Za-z0-9._-]+(:\d{1,5})?/([A-Za-z0-9._~/-]*/)?", re.ASCII)
DOWNLOAD_URL = re.compile(r"https?://([!-~]+@)?[A-Za-z0-9._-]+(:\d{1,5})?/[!-z|~]*", re.ASCII)  # no braces
REDIS_URL = re.compile(r"rediss?://([!-~]+@)?([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:\d{1,5})?(/\d{0,4})?", re.ASCII)


def is_host(text: str) -> bool:
    """Whether `text` is an IP address without brackets, or a name that DNS could know."""
    return is_ip(text) or is_name(text)


def is_name(text: str) -> bool:
    """Whether `text` is a name that DNS could know: of ASCII letters, and not of the form of an IPv4 address."""
    is_number = NUMBER.fullmatch(text.rpartition(".")[2])
    return len(text) <= LONGEST_NAME and NAME.fullmatch(text) is not None and not is_number


def ip_address(value: str) -> str:
    """An IP address without brackets; `localhost` is 127.0.0.1."""
    bare = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    if bare.lower() == "localhost":
        return "127.0.0.1"
    if not is_ip(bare):
        raise ValueError("must be an IP address such as 127.0.0.1, 0.0.0.0 or ::1")
    return str(ipaddress.ip_address(bare))


def ip_address_and_port(value: str) -> tuple[str, int]:
    """An IP address, in brackets if it is one of IPv6, and a port."""
    host, _, port = value.rpartition(":")
    try:
        if host.count(":") and not host.startswith("["):
            raise ValueError
        address, number = ip_address(host), int(port) if re.fullmatch("[0-9]{1,5}", port) else 0
        if not 0 < number < 65536:
            raise ValueError
    except ValueError:
        raise ValueError("must be an IP address and a port such as 127.0.0.1:9464") from None
    return (f"[{address}]" if ":" in address else address), number


def origins(value: str) -> tuple[str, ...]:
    """Origins, each once, as browsers send them."""
    found = dict.fromkeys(_origin(each.strip()) for each in value.split(",") if each.strip())
    if not found:
        raise ValueError("must be origins, separated by commas")
    if None in found:
        raise ValueError(
            "must be origins such as https://app.example.com, without a path, separated by commas; other letters than"
            " ASCII are written as browsers send them, xn--…"
        )
    return tuple(each for each in found if each)


def origin(value: str) -> str:
    """One origin, as browsers send it."""
    found = _origin(value)
    if found is None:
        raise ValueError(
            "must be an origin such as https://auth.example.com, without a path, a query or a user; other letters than"
            " ASCII are written as browsers send them, xn--…"
        )
    return found


def is_private(found: str) -> bool:
    """Whether what is sent to this origin cannot be read on the way: by TLS, or because it stays on the machine."""
    parts = urlsplit(found)
    host = parts.hostname or ""
    loopback = ipaddress.ip_address(host).is_loopback if is_ip(host) else host == "localhost"
    return parts.scheme == "https" or loopback


def _origin(text: str) -> str | None:
    """The origin as browsers send it: without the default port of its scheme, an IP address in its shortest form."""
    found = ORIGIN.fullmatch(text.lower())
    host = _host_of_origin(found[2]) if found else None
    if not (found and host and (found[3] is None or 0 < int(found[3]) < 65536)):
        return None
    port = int(found[3] or 0)
    return f"{found[1]}://{host}" + (f":{port}" if port not in (0, DEFAULT_PORTS[found[1]]) else "")


def _host_of_origin(host: str) -> str | None:
    if not host.startswith("["):
        return host if is_host(host) else None
    if not is_ip(host[1:-1]):
        return None
    address = ipaddress.IPv6Address(host[1:-1])
    return None if address.ipv4_mapped else f"[{address}]"  # browsers and Python write such an address differently


def plain_url(value: str) -> str:
    """A web address that ends in `/`, without a user or a query."""
    if not (URL.fullmatch(value) and _has_valid_host(value)):
        raise ValueError("must be a URL such as https://example.com/path/, with the last / and without a query")
    return value


def download_url(value: str) -> str:
    """A web address, perhaps with a user and a query; `{year}` and `{month}` may stand in it."""
    plain = value.replace("{year}", "2026").replace("{month}", "11")
    if not (DOWNLOAD_URL.fullmatch(plain) and _has_valid_host(plain)):
        raise ValueError("must be a URL such as https://example.com/city.mmdb.gz")
    return value


def redis_url(value: str) -> str:
    """A Redis, the number of a database in it, and perhaps the file of the CA that its certificate is by."""
    if not value.startswith(("redis://", "rediss://")):
        raise ValueError("must be a URL that begins with redis:// or rediss://")
    url, _, query = value.partition("?")
    if not (REDIS_URL.fullmatch(url) and _has_valid_host(url)):
        raise ValueError("must be a URL such as redis://user:password@redis.example.com:6379/0")
    if query and not (url.startswith("rediss://") and _names_a_ca(query)):
        raise ValueError("must have no option but ssl_ca_certs, the file of a CA, with rediss://")
    return value


def _names_a_ca(query: str) -> bool:
    name, _, path = query.partition("=")
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError):
        return False
    return name == "ssl_ca_certs"


def is_ip(text: str) -> bool:
    """Whether a text is an IP address, without a zone."""
    try:
        return getattr(ipaddress.ip_address(text), "scope_id", None) is None
    except ValueError:
        return False


def _has_valid_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.port != 0 and is_host(parts.hostname or "")
    except ValueError:
        return False
