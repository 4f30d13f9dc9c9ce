"""Checks whether `JWT_SECRET_PREVIOUS` is still needed: until the last token that it signed has expired."""

from datetime import datetime

from auth_service.doctor.findings import Finding, ok, warning
from auth_service.services.tokens.signing_secrets import ACCESS, REFRESH, name, recorded
from auth_service.settings.sessions import TokenSettings

CHECK, VARIABLE = "previous secret", "JWT_SECRET_PREVIOUS"


def examine(tokens: TokenSettings, *, now: datetime) -> list[Finding]:
    """One finding, from the fingerprints that the service records at each start."""
    if not tokens.previous_secret:
        return [ok(CHECK, f"{VARIABLE} is not set")]
    return [_assess(tokens, tokens.previous_secret, now)]


def _assess(tokens: TokenSettings, previous: str, now: datetime) -> Finding:
    lifetimes = {ACCESS: tokens.access_lifetime, REFRESH: tokens.refresh_lifetime}
    former = recorded(name(kind, previous) for kind in lifetimes)
    present = recorded([name(ACCESS, tokens.access_secret), name(REFRESH, tokens.refresh_secret)])
    if not present or any(each.replaced_at is None for each in former):
        return warning(CHECK, f"{VARIABLE} is needed: the service was not yet started with the secret that follows it")
    # A secret without a record signed before records were kept, if ever: the present secret's first start replaced it.
    ends = [each.replaced_at + lifetimes[each.kind] for each in former]
    until = max(ends or [each.since + lifetimes[each.kind] for each in present])
    if until > now:
        return ok(CHECK, f"{VARIABLE} is needed until {until:%Y-%m-%d %H:%M} UTC")
    if not former:
        return ok(CHECK, f"{VARIABLE} has signed nothing here: it can go now, unless it is about to become JWT_SECRET")
    return warning(CHECK, f"{VARIABLE} can go now: what it signed has expired; take it out of the configuration")
