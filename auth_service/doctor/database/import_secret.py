"""Checks that `IMPORT_JWT_SECRET` is set exactly as long as it is needed: while imported tokens are accepted."""

from datetime import datetime, timedelta

from auth_service.doctor.findings import Finding, ok, problem, warning
from auth_service.services.imports.node_import import has_raw_tokens, last_import
from auth_service.settings.accounts import ImportSettings

CHECK, VARIABLE = "import", "IMPORT_JWT_SECRET"
RAW = "raw tokens of another service are in refreshtokens; run `.venv/bin/python -m auth_service import-node`"


def examine(settings: ImportSettings, *, now: datetime) -> list[Finding]:
    """An import that was not finished, and whether the secret is needed at `now`, by the record of the last import."""
    imported_at = last_import()
    until = imported_at + timedelta(days=settings.accept_days) if imported_at else None
    unfinished = [problem(CHECK, RAW)] if has_raw_tokens() else []
    return [*unfinished, _assess(settings.secret is not None, until, now)]


def _assess(is_set: bool, until: datetime | None, now: datetime) -> Finding:
    runs = until is not None and until > now
    if is_set and until is not None and runs:
        return ok(CHECK, f"{VARIABLE} is needed until {until:%Y-%m-%d %H:%M} UTC")
    if is_set:
        state = "the time of the imported tokens is over" if until else "no sessions were imported"
        return warning(CHECK, f"{VARIABLE} is of no use, {state}: take it out of the configuration")
    if runs:
        return warning(CHECK, f"sessions were imported, and without {VARIABLE} nobody can go on with theirs")
    return ok(CHECK, f"{VARIABLE} is neither set nor needed")
