"""Refusals of what the caller may not do, or an account cannot become."""

from auth_service.errors.base import ServiceError


class Forbidden(ServiceError):
    """The caller is known and may not do this."""

    status, code, message = 403, "forbidden", "You are not allowed to do this"


class NotWithAKey(ServiceError):
    """An API key may not change what the account is logged in to with."""

    status, code, message = 403, "not_with_a_key", "This cannot be done with an API key"


class RegistrationClosed(ServiceError):
    """Nobody can register; admins create accounts and invite people."""

    status, code, message = 403, "registration_closed", "Registration is closed"


class EmailTaken(ServiceError):
    """Another account has this e-mail address."""

    status, code, message = 409, "email_taken", "Email is already registered"


class LastAdmin(ServiceError):
    """The change would leave the service without an admin."""

    status, code, message = 409, "last_admin", "The last admin can be neither demoted nor deleted"


class AlreadyAccepted(ServiceError):
    """The account has a password, so there is nothing to invite its user to."""

    status, code, message = 409, "already_accepted", "The invitation was accepted"


class AlreadyVerified(ServiceError):
    """The user has proved to receive mail at the address of the account."""

    status, code, message = 409, "already_verified", "The e-mail address is verified"


class TooManyKeys(ServiceError):
    """The user has as many active API keys as one may have."""

    status, code, message = 409, "too_many_keys", "The user has too many API keys"
