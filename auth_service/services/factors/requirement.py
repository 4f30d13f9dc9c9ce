"""Who must have a second factor, and which sessions therefore owe one.

It is decided by what the session's record says, which the request has read anyway: its role, and how its user proved
who they are. So a promotion and a change of the setting take effect on the next request.
"""

from dataclasses import dataclass

from auth_service.documents.records import SessionRecord
from auth_service.documents.session import KEY
from auth_service.documents.user import ADMIN
from auth_service.errors import SecondFactorOwed
from auth_service.services.factors.proofs import MULTIPLE
from auth_service.settings.factors import ADMINS, EVERYBODY


@dataclass(frozen=True, slots=True)
class Requirement:
    """A second factor is required for `required_for`: a value of `MFA_REQUIRED_FOR`."""

    required_for: str

    def applies_to(self, role: str) -> bool:
        """Whether users with this role must have one."""
        return self.required_for == EVERYBODY or (self.required_for == ADMINS and role == ADMIN)

    def require_paid(self, session: SessionRecord) -> None:
        """Return when `session` owes no second factor. API keys never owe: fresh sessions make them.

        Raises:
            SecondFactorOwed: it does.
        """
        if session.get("kind") == KEY or not self.applies_to(session["role"]):
            return
        if MULTIPLE not in session.get("amr", ()):
            raise SecondFactorOwed
