"""Says what `REFRESH_GRACE` does at present: either choice is sound."""

from auth_service.doctor.configuration.durations import notation
from auth_service.doctor.findings import Finding, ok
from auth_service.settings.sessions import TokenSettings

CHECK = "refresh grace"


def examine(tokens: TokenSettings) -> list[Finding]:
    """One finding, which is never a warning."""
    if tokens.grace:
        return [ok(CHECK, f"the device that made a refresh can repeat it for {notation(tokens.grace)}")]
    return [ok(CHECK, "REFRESH_GRACE is 0: a client that loses the answer to a refresh has to log in again")]
