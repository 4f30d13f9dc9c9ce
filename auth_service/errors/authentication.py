"""Refusals of who is calling: passwords, tokens, sessions."""

from auth_service.errors.base import ServiceError


class InvalidCredentials(ServiceError):
    """E-mail address and password do not belong together; which of the two is wrong is never said."""

    status, code, message = 401, "invalid_credentials", "Invalid email or password"


class AccountSuspended(ServiceError):
    """The password is right, and an admin has suspended the account."""

    status, code, message = 403, "account_suspended", "The account is suspended"


class WrongPassword(ServiceError):
    """The current password, which a change requires, is wrong."""

    status, code, message = 403, "wrong_password", "Current password is wrong"


class TokenMissing(ServiceError):
    """A call that needs a token came without one."""

    status, code, message = 401, "token_missing", "Authentication is required"


class TokenExpired(ServiceError):
    """The token was genuine, and its `exp` has passed."""

    status, code, message = 401, "token_expired", "Token has expired"


class InvalidToken(ServiceError):
    """The one answer to every token that fails verification, whatever the reason."""

    status, code, message = 401, "invalid_token", "Invalid token"


class FreshAuthenticationRequired(ServiceError):
    """The session is genuine, and its user logged in too long ago for this call (RFC 9470)."""

    status, code, message = 401, "fresh_authentication_required", "Log in again to do this"

    def __init__(self, *, max_age: int) -> None:
        self.max_age = max_age
        super().__init__()


class RefreshSuperseded(ServiceError):
    """The refresh token was used a moment ago: this request lost a race, and the session stays active."""

    status, code, message = 401, "refresh_superseded", "Refresh token has just been used"


class RefreshReused(ServiceError):
    """The refresh token was used before the race window: somebody copied it, and the session has ended for all."""

    status, code, message = 401, "refresh_reused", "Refresh token was used before; the session has been ended"


class SessionEnded(ServiceError):
    """The token was genuine, and the session behind it has ended; the `reason` is the code."""

    status = 401
    messages = {
        "logout": "Session was ended by logout",
        "revoked_by_user": "Session was ended by its user",
        "revoked_by_admin": "Session was ended by an admin",
        "idle": "Session has expired",
        "absolute": "Session has expired",
        "reused_token": "Session was ended because a used token came again",  # nosec B105 # a message
        "cap": "Session gave way to a newer one",
        "password_changed": "Session was ended by a password change",  # nosec B105 # a message
        "user_deleted": "Session was ended with its account",
        "suspended": "Session was ended by the suspension of its account",
        "email_changed": "Session was ended by a change of the e-mail address",
        "factors_changed": "Session was ended by a change of second factors",
    }

    def __init__(self, reason: str) -> None:
        self.code = reason
        super().__init__(self.messages.get(reason, "Session has ended"))
