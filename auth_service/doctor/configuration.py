"""Checks on the settings that need nothing else: secrets, the cookie, the origins of CORS."""

from auth_service.doctor import durations
from auth_service.doctor.findings import Finding, ok, problem, warning
from auth_service.settings.rules import SHORTEST_SECRET, weak_secrets
from auth_service.settings.settings import Settings

# Labels below which countries register names, as in `example.co.uk`; all of them are in the Public Suffix List.
REGISTRIES = frozenset({"ac", "co", "com", "edu", "gov", "net", "or", "org"})


def examine(settings: Settings) -> list[Finding]:
    """Everything the settings alone tell."""
    return [*secrets(settings), *cookie(settings), *origins(settings), *durations.examine(settings)]


def secrets(settings: Settings) -> list[Finding]:
    """Whether the keys are ones the service would start with outside development."""
    if not (weak := weak_secrets(settings.tokens)):
        return [ok("secrets", "strong")]
    level = warning if settings.service.development else problem
    advice = f"use at least {SHORTEST_SECRET} random bytes; outside development the service refuses to start so"
    return [level("secrets", f"{name} is weak: {advice}") for name in weak]


def cookie(settings: Settings) -> list[Finding]:
    """Whether browsers accept the cookie, and keep it from scripts."""
    attributes = settings.cookie
    found = []
    if attributes.same_site == "none" and not attributes.secure:
        found.append(problem("cookie", "browsers drop COOKIE_SAME_SITE=none without Secure: set COOKIE_SECURE=true"))
    if attributes.same_site == "none" and not settings.cors.origins:
        sentence = (
            "COOKIE_SAME_SITE=none sends it from every site, and CORS_ORIGINS allows none: use strict, or name them"
        )
        found.append(warning("cookie", sentence))
    if not attributes.http_only:
        found.append(warning("cookie", "every script of the page can read it: set COOKIE_HTTP_ONLY=true"))
    return found or [ok("cookie", f"SameSite={attributes.same_site}, {'' if attributes.secure else 'not '}Secure")]


def origins(settings: Settings) -> list[Finding]:
    """Whether the pages CORS lets in ever receive the cookie."""
    allowed = settings.cors.origins
    if not allowed:
        return [ok("origins", "CORS_ORIGINS is empty: only pages of the service's own origin may call it")]
    if settings.cookie.same_site == "none":
        return _insecure_origins(settings) or [ok("origins", f"the cookie reaches {', '.join(allowed)}")]
    return [*_insecure_origins(settings), _across_sites(settings)]


def _across_sites(settings: Settings) -> Finding:
    sites = sorted({_site(origin) for origin in settings.cors.origins})
    rule = f"with COOKIE_SAME_SITE={settings.cookie.same_site} only pages of the service's own site receive the cookie"
    if len(sites) > 1:
        advice = "use COOKIE_SAME_SITE=none, or take the others out"
        return warning("origins", f"CORS_ORIGINS spans {', '.join(sites)}, but {rule}: {advice}")
    return ok("origins", f"{rule}: right if it is served under {sites[0]}, else use COOKIE_SAME_SITE=none")


def _insecure_origins(settings: Settings) -> list[Finding]:
    if not settings.cookie.secure:
        return []
    advice = "to browsers its page is another site than an https service, and anybody on the way can change it"
    return [
        warning("origins", f"{origin} is not https while the cookie is Secure: {advice}; serve that page over https")
        for origin in settings.cors.origins
        if origin.startswith("http://")
    ]


def _site(origin: str) -> str:
    """The registrable domain of an origin, as well as it can be told without the Public Suffix List."""
    host = origin.partition("://")[2].partition(":")[0]
    labels = host.split(".")
    if labels[-1].isdigit():
        return host
    under_registry = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in REGISTRIES
    return ".".join(labels[-3 if under_registry else -2 :])
