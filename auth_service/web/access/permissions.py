"""Who may call what: every route needs a live session, unless it stands in `PUBLIC`."""

from flask import Request

from auth_service.documents.user import ADMIN
from auth_service.errors import Forbidden, InvalidToken, TokenMissing
from auth_service.web.context import notes, principal, services, this_request

PUBLIC = frozenset(
    {
        "health.index",
        "health.alive",
        "health.ready",
        "metrics.exposition",  # which has a guard of its own: metrics_access
        "auth.register",
        "auth.login",
        "auth.refresh",
        "auth.logout",
        "api_docs.page",
        "api_docs.asset",
        "api_docs.specification",
    }
)
ADMIN_ONLY = frozenset({"users.page", "users.change_role", "sessions.of_user", "sessions.end_of_user", "audit.page"})
OWNER_OR_ADMIN = frozenset({"users.read", "users.delete"})


def require_permission() -> None:
    """The hook before every request to a blueprint: verifies the token, the session and the role, in this order.

    Raises:
        TokenMissing, TokenExpired, InvalidToken: what came is no genuine access token.
        SessionEnded: its session has ended.
        Forbidden: the caller may not do this.
    """
    asked, noted = this_request(), notes()
    if asked.endpoint in PUBLIC or asked.method == "OPTIONS":
        return
    claims = services().codec.verify_access(bearer_token())
    noted.subject = claims.sub, claims.sid
    noted.principal = services().session_access.authenticate(session_id=claims.sid, user_id=claims.sub)
    if principal().role != ADMIN and not _is_open_to_users(asked):
        raise Forbidden


def bearer_token() -> str:
    """The token in the `Authorization` header (RFC 6750).

    Raises:
        TokenMissing: there is none.
        InvalidToken: there is something else in its place.
    """
    scheme, _, token = this_request().headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise TokenMissing
    if not token.strip():
        raise InvalidToken
    return token.strip()


def is_own(user_id: str) -> bool:
    """Whether an id in the path, in any case, is the caller's."""
    return user_id.lower() == principal().user_id


def audience(endpoint: str) -> str:
    """Who may call `endpoint`, in words."""
    if endpoint in PUBLIC:
        return "all"
    if endpoint in ADMIN_ONLY:
        return "admin"
    return "owner, admin" if endpoint in OWNER_OR_ADMIN else "user"


def _is_open_to_users(asked: Request) -> bool:
    if asked.endpoint in OWNER_OR_ADMIN:
        return is_own((asked.view_args or {}).get("user_id", ""))
    return asked.endpoint not in ADMIN_ONLY
