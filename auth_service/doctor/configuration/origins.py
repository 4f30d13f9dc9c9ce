"""Checks that the pages which CORS allows to call the service also receive its cookie."""

import ipaddress
from urllib.parse import urlsplit

from auth_service.doctor.findings import Finding, ok, warning
from auth_service.settings.settings import Settings

CHECK = "origins"

# Labels below which countries register names, as in `example.co.uk`; all of them are in the Public Suffix List.
REGISTRIES = frozenset({"ac", "co", "com", "edu", "gov", "net", "or", "org"})


def examine(settings: Settings) -> list[Finding]:
    """What `CORS_ORIGINS` and the cookie's attributes mean together."""
    allowed = settings.cors.origins
    if not allowed:
        return [ok(CHECK, "CORS_ORIGINS is empty: only pages of the service's own origin may call it")]
    if settings.cookie.same_site == "none":
        return _insecure(settings) or [ok(CHECK, f"the cookie reaches {', '.join(allowed)}")]
    return [*_insecure(settings), _across_sites(settings), *examine_loopback(settings)]


def examine_loopback(settings: Settings) -> list[Finding]:
    """For each origin on this machine, by which name its pages must call: `localhost` and 127.0.0.1 are two sites."""
    if settings.cookie.same_site == "none":
        return []
    hosts = {origin: _host(origin) for origin in settings.cors.origins}
    return [
        (ok if not _is_address(host) else warning)(CHECK, _by_one_name(origin, host, settings.service.port))
        for origin, host in hosts.items()
        if _is_loopback(host)
    ]


def _by_one_name(origin: str, host: str, port: int) -> str:
    name, other = (f"[{host}]" if ":" in host else host), ("localhost" if _is_address(host) else "127.0.0.1")
    rule = f"to browsers {other} is another site, and the session's cookie is not sent there"
    return f"pages on {origin} must call http://{name}:{port}, not http://{other}:{port}: {rule}"


def _across_sites(settings: Settings) -> Finding:
    """Whether the origins belong to one site: a SameSite cookie goes to no other."""
    sites = sorted({_site(origin) for origin in settings.cors.origins})
    rule = f"with COOKIE_SAME_SITE={settings.cookie.same_site} only pages of the service's own site receive the cookie"
    if len(sites) > 1:
        advice = "use COOKIE_SAME_SITE=none, or take the others out"
        return warning(CHECK, f"CORS_ORIGINS spans {', '.join(sites)}, but {rule}: {advice}")
    return ok(CHECK, f"{rule}: right if it is served under {sites[0]}, else use COOKIE_SAME_SITE=none")


def _insecure(settings: Settings) -> list[Finding]:
    """A warning for each http origin while the cookie is Secure."""
    if not settings.cookie.secure:
        return []
    advice = "to browsers its page is another site than an https service, and anybody on the way can change it"
    return [
        warning(CHECK, f"{origin} is not https while the cookie is Secure: {advice}; serve that page over https")
        for origin in settings.cors.origins
        if origin.startswith("http://")
    ]


def _site(origin: str) -> str:
    """The registrable domain of an origin, as far as it is known without the Public Suffix List."""
    host = _host(origin)
    labels = host.split(".")
    if _is_address(host):
        return host
    under_registry = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in REGISTRIES
    return ".".join(labels[-3 if under_registry else -2 :])


def _host(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host).is_loopback if _is_address(host) else host.split(".")[-1] == "localhost"
