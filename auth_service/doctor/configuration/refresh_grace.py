"""Says what `REFRESH_GRACE` does at present: either choice is sound, and browsers are better off with some."""

from auth_service.doctor.configuration.durations import notation
from auth_service.doctor.findings import Finding, ok
from auth_service.settings.sessions import TokenSettings

CHECK = "refresh grace"


def examine(tokens: TokenSettings, *, browsers: bool) -> list[Finding]:
    """One finding, which is never a warning; `browsers`: whether pages are served, or other origins allowed."""
    if tokens.grace:
        return [ok(CHECK, f"the device that made a refresh can repeat it for {notation(tokens.grace)}")]
    advice = "; with browsers on bad networks, REFRESH_GRACE=15s is recommended" if browsers else ""
    return [ok(CHECK, "REFRESH_GRACE is 0: a client that loses the answer to a refresh has to log in again" + advice)]
