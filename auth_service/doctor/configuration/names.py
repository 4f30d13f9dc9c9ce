"""Reports variables that look like settings and are none: whoever set them meant something by it."""

from collections.abc import Sequence

from auth_service.doctor.findings import Finding, ok, warning

CHECK = "names"


def examine(unread: Sequence[str]) -> list[Finding]:
    """A warning for each of these sentences."""
    return [warning(CHECK, sentence) for sentence in unread] or [ok(CHECK, "every variable like a setting is one")]
