"""The public catalogue: every refusal a client can get, with its status and its stable machine name.

Knows nothing of Flask; `web/error_handlers.py` gives all of them the one JSON shape.
"""

from auth_service.errors.accounts import (
    AlreadyAccepted,
    AlreadyVerified,
    EmailTaken,
    Forbidden,
    LastAdmin,
    NotWithAKey,
    RegistrationClosed,
    TooManyKeys,
)
from auth_service.errors.authentication import (
    AccountSuspended,
    FreshAuthenticationRequired,
    InvalidCredentials,
    InvalidToken,
    RefreshReused,
    RefreshSuperseded,
    SessionEnded,
    TokenExpired,
    TokenMissing,
    WrongPassword,
)
from auth_service.errors.availability import (
    DatabaseUnavailable,
    LoginBusy,
    LoginDelayed,
    RateLimited,
    Stopping,
)
from auth_service.errors.base import (
    ServiceError,
)
from auth_service.errors.requests import (
    CrossSite,
    EmailUnchanged,
    InvalidCode,
    InvalidCursor,
    InvalidId,
    InvalidJSON,
    InvalidRequest,
    InvalidRole,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    SessionNotFound,
    UnsupportedMediaType,
    UserNotFound,
)

__all__ = [
    "AccountSuspended",
    "AlreadyAccepted",
    "AlreadyVerified",
    "CrossSite",
    "DatabaseUnavailable",
    "EmailTaken",
    "EmailUnchanged",
    "Forbidden",
    "FreshAuthenticationRequired",
    "InvalidCode",
    "InvalidCredentials",
    "InvalidCursor",
    "InvalidId",
    "InvalidJSON",
    "InvalidRequest",
    "InvalidRole",
    "InvalidToken",
    "LastAdmin",
    "LoginBusy",
    "LoginDelayed",
    "MethodNotAllowed",
    "NotFound",
    "NotWithAKey",
    "PayloadTooLarge",
    "RateLimited",
    "RefreshReused",
    "RefreshSuperseded",
    "RegistrationClosed",
    "ServiceError",
    "SessionEnded",
    "SessionNotFound",
    "Stopping",
    "TokenExpired",
    "TokenMissing",
    "TooManyKeys",
    "UnsupportedMediaType",
    "UserNotFound",
    "WrongPassword",
]
