"""Refusals about second factors and passkeys."""

from collections.abc import Sequence

from auth_service.errors.base import ServiceError


class SecondFactorRequired(ServiceError):
    """The password is right, and the account has a second factor; `ticket` is for the second step of the login."""

    status, code, message = 401, "second_factor_required", "A second factor is required"

    def __init__(self, *, ticket: str, methods: Sequence[str], expires_in: int) -> None:
        self.members = {"ticket": ticket, "methods": list(methods), "expiresIn": expires_in}
        super().__init__()


class SecondFactorMissing(ServiceError):
    """A confirmation by password needs one of these second factors as well."""

    status, code, message = 403, "second_factor_missing", "A second factor is required, too"

    def __init__(self, *, methods: Sequence[str]) -> None:
        self.members = {"methods": list(methods)}
        super().__init__()


class InvalidTicket(ServiceError):
    """The ticket is not genuine, has expired, was tried too often, or the account has changed: log in again."""

    status, code, message = 401, "invalid_ticket", "Log in again"


class InvalidSecondFactor(ServiceError):
    """The code is wrong, expired or used; which of these is never said."""

    status, code, message = 401, "invalid_code", "The code is not valid"


class PasskeyUnknown(ServiceError):
    """No account has this passkey."""

    status, code, message = 401, "passkey_unknown", "This passkey is not known here"


class PasskeyRefused(ServiceError):
    """What the passkey signed does not hold: the challenge, the origin, the user or the signature."""

    status, code, message = 401, "passkey_refused", "The passkey was refused"


class PasskeySuspect(ServiceError):
    """There is a copy of this passkey; it is refused until its user removes it."""

    status, code, message = 401, "passkey_suspect", "There seems to be a copy of this passkey"


class SecondFactorOwed(ServiceError):
    """The user must set up a second factor before anything else."""

    status, code, message = 403, "second_factor_owed", "Set up a second factor first"


class FactorNotFound(ServiceError):
    """The user has no such factor."""

    status, code, message = 404, "factor_not_found", "Factor not found"


class TooManyFactors(ServiceError):
    """The user has as many factors as one may have."""

    status, code, message = 409, "too_many_factors", "The user has too many factors"


class PasskeyKnown(ServiceError):
    """The passkey was set up before."""

    status, code, message = 409, "passkey_known", "This passkey is set up already"


class FactorRequired(ServiceError):
    """The user must have a second factor, and this is the last one."""

    status, code, message = 409, "factor_required", "A second factor is required, and this is the last one"
