"""Decides whether the caller may call the route: by its policy, the session behind the token, and the role in it."""

from auth_service.documents.user import ADMIN
from auth_service.errors import Forbidden, InvalidToken, TokenMissing
from auth_service.web.context import principal, request_globals, services, this_request
from auth_service.web.endpoint_policy import Access, policy


def require_permission() -> None:
    """The hook before every request to a blueprint: verifies the token, the session and the role, in this order.

    Raises:
        TokenMissing: there is no bearer token.
        TokenExpired, InvalidToken: it is not a valid access token.
        SessionEnded: its session has ended.
        Forbidden: the role does not allow the call.
    """
    access, kept = policy().access, request_globals()
    if access is Access.PUBLIC or this_request().method == "OPTIONS":
        return
    claims = services().codec.verify_access(bearer_token())
    kept.subject = claims.sub, claims.sid
    kept.principal = services().session_access.authenticate(session_id=claims.sid, user_id=claims.sub)
    if principal().role != ADMIN and not _is_open_to_user(access):
        raise Forbidden


def bearer_token() -> str:
    """The token in the `Authorization` header (RFC 6750).

    Raises:
        TokenMissing: there is no such header, or it has another scheme.
        InvalidToken: the token is empty.
    """
    scheme, _, token = this_request().headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise TokenMissing
    if not token.strip():
        raise InvalidToken
    return token.strip()


def is_own(user_id: str) -> bool:
    """Whether an id in the path, in upper or lower case, is the caller's."""
    return user_id.lower() == principal().user_id


def _is_open_to_user(access: Access) -> bool:
    if access is Access.OWNER_OR_ADMIN:
        return is_own((this_request().view_args or {}).get("user_id", ""))
    return access is Access.USER
