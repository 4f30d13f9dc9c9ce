"""Checks that browsers accept the refresh cookie, and keep it from scripts."""

from auth_service.doctor.findings import Finding, ok, problem, warning
from auth_service.settings.settings import Settings

CHECK = "cookie"


def examine(settings: Settings) -> list[Finding]:
    """What is wrong with the cookie's attributes, or what they are."""
    attributes = settings.cookie
    found = []
    if attributes.same_site == "none" and not attributes.secure:
        found.append(problem(CHECK, "browsers drop COOKIE_SAME_SITE=none without Secure: set COOKIE_SECURE=true"))
    if attributes.same_site == "none" and not settings.cors.origins:
        sentence = (
            "COOKIE_SAME_SITE=none sends it from every site, and CORS_ORIGINS allows none: use strict, or name them"
        )
        found.append(warning(CHECK, sentence))
    if not attributes.http_only:
        found.append(warning(CHECK, "every script of the page can read it: set COOKIE_HTTP_ONLY=true"))
    sentence = f"SameSite={attributes.same_site}, {'' if attributes.secure else 'not '}Secure"
    return found or [ok(CHECK, f"{sentence}, {_path(trusted_proxies=settings.service.trusted_proxies)}")]


def _path(*, trusted_proxies: int) -> str:
    """The cookie's path, and whether the service can learn that a proxy strips a prefix."""
    if trusted_proxies:
        return "Path=/auth below the prefix that the proxy names in X-Forwarded-Prefix"
    return "Path=/auth: right if no proxy strips a prefix, else set TRUST_PROXY and let it send X-Forwarded-Prefix"
