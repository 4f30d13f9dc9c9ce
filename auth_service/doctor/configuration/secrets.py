"""Checks that the secrets that sign tokens are strong (RFC 7518 section 3.2), and that each one that is set signs."""

from auth_service.doctor.findings import Finding, ok, problem, warning
from auth_service.settings.rules import SHORTEST_SECRET, unused, weak_secrets
from auth_service.settings.settings import Settings

CHECK = "secrets"


def examine(settings: Settings) -> list[Finding]:
    """A finding for each secret with which the service would not start outside development, and for one not used."""
    level = warning if settings.service.development else problem
    advice = f"use at least {SHORTEST_SECRET} random bytes; outside development the service refuses to start so"
    weak = [level(CHECK, f"{name} is weak: {advice}") for name in weak_secrets(settings.tokens)]
    return [*(weak or [ok(CHECK, "strong")]), *(warning(CHECK, sentence) for sentence in unused(settings.tokens))]
