"""Checks that the pages which CORS allows to call the service also receive its cookie."""

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
    return [*_insecure(settings), _across_sites(settings)]


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
    host = origin.partition("://")[2].partition(":")[0]
    labels = host.split(".")
    if labels[-1].isdigit():
        return host
    under_registry = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in REGISTRIES
    return ".".join(labels[-3 if under_registry else -2 :])
