"""Decides whether the caller may call the route: by its policy, the session behind the token, and the role in it."""

from auth_service.documents.user import ADMIN
from auth_service.errors import Forbidden, InvalidToken, NotWithAKey, TokenMissing
from auth_service.services.sessions import key_form
from auth_service.services.sessions.access import Principal
from auth_service.web.context import principal, request_globals, services, settings, this_request
from auth_service.web.endpoint_policy import Access, policy


def require_permission() -> None:
    """The hook before every request to a blueprint: verifies the token, the session, the role and its freshness.

    Raises:
        TokenMissing: there is no bearer token.
        TokenExpired, InvalidToken: it is not a valid access token.
        SessionEnded: its session has ended.
        NotWithAKey: the caller presents an API key, which the route does not take.
        SecondFactorOwed: the caller must set up a second factor first.
        Forbidden: the role does not allow the call.
        FreshAuthenticationRequired: the route asks for a fresh authentication, and the caller's is older.
    """
    declared, kept = policy(), request_globals()
    access = declared.access
    if access is Access.PUBLIC or this_request().method == "OPTIONS":
        return
    kept.principal = _authenticated(bearer_token())
    if not declared.keys:
        refuse_keys()
    if not declared.owing:
        services().requirement.require_paid(principal().session)
    if principal().role != ADMIN and not _is_open_to_user(access):
        raise Forbidden
    if declared.fresh:
        _require_fresh()
    if declared.dangerous:
        require_confirmed()


def _authenticated(token: str) -> Principal:
    """The caller by an access token or an API key; who claims to be which session is known to the log at once."""
    kept = request_globals()
    if key_form.is_key(token):
        caller = services().session_access.authenticate_key(token)
        kept.subject = caller.user_id, caller.session_id
        return caller
    claims = services().codec.verify_access(token)
    kept.subject = claims.sub, claims.sid
    return services().session_access.authenticate(session_id=claims.sid, user_id=claims.sub)


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


def refuse_keys() -> None:
    """Return when the caller has logged in.

    Raises:
        NotWithAKey: the caller presents an API key.
    """
    if principal().is_key:
        raise NotWithAKey


def require_confirmed() -> None:
    """Return when the caller may do what is dangerous: anybody, unless `CONFIRM_DANGEROUS` is true.

    Raises:
        NotWithAKey: the caller presents an API key, which nobody can confirm.
        FreshAuthenticationRequired: the caller's authentication is not fresh.
    """
    if settings().confirmation.dangerous:
        _require_fresh()


def is_own(user_id: str) -> bool:
    """Whether an id in the path, in upper or lower case, is the caller's."""
    return user_id.lower() == principal().user_id


def _require_fresh() -> None:
    refuse_keys()
    services().freshness.require(principal().session)


def _is_open_to_user(access: Access) -> bool:
    if access is Access.OWNER_OR_ADMIN:
        return is_own((this_request().view_args or {}).get("user_id", ""))
    return access is Access.USER
