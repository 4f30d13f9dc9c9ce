"""The settings of second factors: the key that seals their secrets, and who must have one."""

from dataclasses import dataclass
from typing import ClassVar

from auth_service.settings.environment import var
from auth_service.settings.forms import DATA_KEY, choice

NONE, ADMINS, EVERYBODY = "none", "admins", "all"


@dataclass(frozen=True, slots=True)
class FactorSettings:
    """Second factors and passkeys."""

    heading: ClassVar[str] = "Second factors"

    key: bytes | None = var(
        "DATA_KEY",
        DATA_KEY,
        None,
        secret=True,
        about="The key that seals secrets in the database; without it, second factors answer 404.",
    )
    previous_key: bytes | None = var(
        "DATA_KEY_PREVIOUS",
        DATA_KEY,
        None,
        secret=True,
        about="The former key: it still opens what it sealed, and seals nothing.",
    )
    required_for: str = var(
        "MFA_REQUIRED_FOR",
        choice(NONE, ADMINS, EVERYBODY),
        NONE,
        about="Who may do no more than set up a second factor until they have one.",
    )

    @property
    def enabled(self) -> bool:
        """Whether there are second factors at all."""
        return self.key is not None
