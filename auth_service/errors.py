"""The public error catalogue: every refusal a client can get, with its status and its stable machine name.

Knows nothing of Flask; `web/error_handlers.py` gives all of them the one JSON shape.
"""


class ServiceError(Exception):
    """A refusal. `code` is stable and machine-readable, `message` is for people, `errors` has messages by field."""

    status = 500
    code = "internal_error"
    message = "Something went wrong"

    def __init__(
        self, message: str | None = None, *, errors: dict[str, list[str]] | None = None, retry_after: int | None = None
    ) -> None:
        self.message = message or self.message
        self.errors = errors
        self.retry_after = retry_after
        super().__init__(self.message)

    def __str__(self) -> str:
        details = "; ".join(f"{field}: {' '.join(texts)}" for field, texts in (self.errors or {}).items())
        return f"{self.message}{': ' if details else ''}{details}"


class InvalidRequest(ServiceError):
    """What was sent does not have the required form; `errors` names the fields."""

    status, code, message = 400, "invalid_request", "The request is not valid"


class InvalidJSON(ServiceError):
    """The body is not one strict JSON object (RFC 8259, I-JSON)."""

    status, code, message = 400, "invalid_json", "The body is not valid JSON"


class InvalidId(ServiceError):
    """An id in the path is not a 24-digit hexadecimal one."""

    status, code, message = 400, "invalid_id", "The id is not valid"


class InvalidRole(ServiceError):
    """The role in the path is none the service knows."""

    status, code, message = 400, "invalid_role", "There is no such role"


class InvalidCursor(ServiceError):
    """The page cursor is not one this service gave."""

    status, code, message = 400, "invalid_cursor", "The cursor is not valid"


class InvalidCredentials(ServiceError):
    """E-mail address and password do not belong together; which of the two is wrong is never said."""

    status, code, message = 401, "invalid_credentials", "Invalid email or password"


class TokenMissing(ServiceError):
    """A call that needs a token came without one."""

    status, code, message = 401, "token_missing", "Authentication is required"


class TokenExpired(ServiceError):
    """The token was genuine, and its `exp` has passed."""

    status, code, message = 401, "token_expired", "Token has expired"


class InvalidToken(ServiceError):
    """The one answer to every token that fails verification, whatever the reason."""

    status, code, message = 401, "invalid_token", "Invalid token"


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
    }

    def __init__(self, reason: str) -> None:
        self.code = reason
        super().__init__(self.messages.get(reason, "Session has ended"))


class Forbidden(ServiceError):
    """The caller is known and may not do this."""

    status, code, message = 403, "forbidden", "You are not allowed to do this"


class WrongPassword(ServiceError):
    """The current password, which a change requires, is wrong."""

    status, code, message = 403, "wrong_password", "Current password is wrong"


class CrossSite(ServiceError):
    """A page of another site sent a request that would use the cookie."""

    status, code, message = 403, "cross_site", "Cross-site requests are refused"


class NotFound(ServiceError):
    """No such resource."""

    status, code, message = 404, "not_found", "Not found"


class UserNotFound(NotFound):
    """No user has this id or e-mail address."""

    code, message = "user_not_found", "User not found"


class SessionNotFound(NotFound):
    """The caller has no active session with this id."""

    code, message = "session_not_found", "Session not found"


class MethodNotAllowed(ServiceError):
    """The path exists, the method does not; `Allow` names those that do."""

    status, code, message = 405, "method_not_allowed", "Method not allowed"


class EmailTaken(ServiceError):
    """Another account has this e-mail address."""

    status, code, message = 409, "email_taken", "Email is already registered"


class LastAdmin(ServiceError):
    """The change would leave the service without an admin."""

    status, code, message = 409, "last_admin", "The last admin can be neither demoted nor deleted"


class PayloadTooLarge(ServiceError):
    """The body is longer than the service reads."""

    status, code, message = 413, "payload_too_large", "The body is too large"


class UnsupportedMediaType(ServiceError):
    """A body is needed, and it is not sent as `application/json`."""

    status, code, message = 415, "unsupported_media_type", "Send the body as application/json"


class RateLimited(ServiceError):
    """Too many calls of this kind from this network, or for this account or session; `limit` are allowed."""

    status, code, message = 429, "rate_limited", "Too many requests"

    def __init__(self, *, limit: int, retry_after: int) -> None:
        self.limit = limit
        super().__init__(retry_after=retry_after)


class LoginDelayed(ServiceError):
    """Too many wrong passwords; the next try is taken after `Retry-After`."""

    status, code, message = 429, "login_delayed", "Too many failed attempts"


class LoginBusy(ServiceError):
    """More passwords are waiting to be checked than can be in time; nothing is known of this one."""

    status, code, message = 503, "login_busy", "Too many logins at once"

    def __init__(self) -> None:
        super().__init__(retry_after=1)


class Stopping(ServiceError):
    """The process is about to end: send no more to it. Only `/readyz` says so; what is sent all the same is served."""

    status, code, message = 503, "stopping", "The service is stopping"

    def __init__(self) -> None:
        super().__init__(retry_after=1)


class DatabaseUnavailable(ServiceError):
    """The database does not answer, or is not prepared yet; nothing is known of what it would have said."""

    status, code, message = 503, "database_unavailable", "The database is not available"

    def __init__(self) -> None:
        super().__init__(retry_after=1)
