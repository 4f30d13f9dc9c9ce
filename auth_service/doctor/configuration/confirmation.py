"""Says what `CONFIRM_DANGEROUS` does at present, and recommends it: clients of earlier days may not know of it."""

from auth_service.doctor.configuration.durations import notation
from auth_service.doctor.findings import Finding, ok
from auth_service.settings.accounts import ConfirmationSettings

CHECK = "confirmation"


def examine(settings: ConfirmationSettings) -> list[Finding]:
    """One finding, which is never a warning."""
    if settings.dangerous:
        fresh = notation(settings.fresh_for)
        return [ok(CHECK, f"deleting an account and giving a role need a login or a confirmation within {fresh}")]
    sentence = (
        "CONFIRM_DANGEROUS is false: a stolen session can delete its account, an admin's every account; set it to true"
        " once all clients know fresh_authentication_required"
    )
    return [ok(CHECK, sentence)]
