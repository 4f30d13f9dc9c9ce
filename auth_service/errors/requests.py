"""Refusals of what was sent: its form, its path, its method, its origin."""

from auth_service.errors.base import ServiceError


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


class InvalidCode(ServiceError):
    """The code is unknown, of another address, expired or used; which of these is never said."""

    status, code, message = 400, "invalid_code", "The code is not valid"


class EmailUnchanged(ServiceError):
    """The new e-mail address is the one that the account has."""

    status, code, message = 400, "email_unchanged", "This is the e-mail address already"


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


class PayloadTooLarge(ServiceError):
    """The body is longer than the service reads."""

    status, code, message = 413, "payload_too_large", "The body is too large"


class UnsupportedMediaType(ServiceError):
    """A body is needed, and it is not sent as `application/json`."""

    status, code, message = 415, "unsupported_media_type", "Send the body as application/json"
