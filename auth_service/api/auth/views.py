"""Registering, logging in and out, refreshing, and the check other services ask for."""

from typing import Any

from flask import Response, jsonify

from auth_service.api.auth.schemas import (
    ConfirmationAnswerSchema,
    ConfirmationSchema,
    CredentialsSchema,
    ForgottenPasswordSchema,
    InvitationAcceptanceSchema,
    PasswordResetSchema,
    PendingRegistrationAnswerSchema,
    RefreshAnswerSchema,
    RegistrationConfirmationSchema,
    RegistrationSchema,
)
from auth_service.services.login.attempt import Attempt
from auth_service.services.protection.rate_limits import Limit
from auth_service.services.tokens.claims import Claims
from auth_service.services.tokens.rotation import Grant
from auth_service.web.access import cookies
from auth_service.web.access.logins import browser, logged_in
from auth_service.web.access.tokens import (
    presented_access_token,
    presented_refresh_tokens,
    trade_refresh_token,
    with_tokens,
)
from auth_service.web.blueprint import Blueprint
from auth_service.web.context import client, principal, services, settings
from auth_service.web.endpoint_policy import LOGINS, REFRESHES, Access, Feature
from auth_service.web.openapi import BEARER, COOKIE
from auth_service.web.schemas.factor import proof_of
from auth_service.web.schemas.message import MessageSchema
from auth_service.web.schemas.user import LoginAnswerSchema, UserAnswerSchema

blueprint = Blueprint("auth", __name__, url_prefix="/auth", description="Logging in and staying logged in")

VERIFY_HEADERS = {
    name: {"description": description, "schema": {"type": "string"}}
    for name, description in (
        ("X-Auth-User", "The user's id"),
        ("X-Auth-Role", "The user's role now"),
        ("X-Auth-Session", "The session's id"),
    )
}


@blueprint.post("/register", access=Access.PUBLIC, limit=Limit.REGISTER, takes_body=True)
@blueprint.arguments(RegistrationSchema)
@blueprint.response(201, UserAnswerSchema)
@blueprint.alt_response(202, schema=PendingRegistrationAnswerSchema)
@blueprint.fails(400, 403, 409, 415, 429)
def register(body: dict[str, Any]) -> dict[str, Any] | Response:
    """Make an account; with `REGISTER_VERIFY`, mail a code that makes it, whether the address is taken or not."""
    if settings().registration.verify:
        return _begin_registration(body)
    user = services().registration.register(email=body["email"], password=body["password"])
    return {"message": "User registered successfully", "user": user}


@blueprint.post("/register/confirm", access=Access.PUBLIC, limit=Limit.REGISTER, feature=Feature.MAIL, takes_body=True)
@blueprint.arguments(RegistrationConfirmationSchema)
@blueprint.response(201, UserAnswerSchema)
@blueprint.fails(400, 403, 404, 409, 415, 429)
def confirm_registration(body: dict[str, Any]) -> dict[str, Any]:
    """Make the account by the code that was mailed to its address."""
    user = services().verified_registration.confirm(registration=body["registration"], code=body["code"])
    return {"message": "User registered successfully", "user": user}


@blueprint.post("/invitation", access=Access.PUBLIC, limit=Limit.LOGIN, takes_body=True)
@blueprint.arguments(InvitationAcceptanceSchema)
@blueprint.response(200, UserAnswerSchema)
@blueprint.fails(400, 403, 415, 429)
def accept_invitation(body: dict[str, Any]) -> dict[str, Any]:
    """Set the first password of an account by the code of its invitation; logs nobody in."""
    user = services().invitations.accept(email=body["email"], code=body["code"], password=body["password"])
    return {"message": "Invitation accepted", "user": user}


@blueprint.post("/password/forgot", access=Access.PUBLIC, limit=Limit.LOGIN, takes_body=True, feature=Feature.MAIL)
@blueprint.arguments(ForgottenPasswordSchema)
@blueprint.response(202, MessageSchema)
@blueprint.fails(400, 403, 404, 415, 429)
def forget_password(body: dict[str, Any]) -> dict[str, Any]:
    """Have a code mailed that resets the password; the answer does not say whether there is an account."""
    services().password_resets.ask(email=body["email"])
    return {"message": "If there is an account, a mail is on its way"}


@blueprint.post("/password/reset", access=Access.PUBLIC, limit=Limit.LOGIN, takes_body=True, feature=Feature.MAIL)
@blueprint.arguments(PasswordResetSchema)
@blueprint.response(200, MessageSchema)
@blueprint.fails(400, 403, 404, 415, 429)
def reset_password(body: dict[str, Any]) -> dict[str, Any]:
    """Set another password by a mailed code: ends all sessions and API keys, and logs nobody in."""
    services().password_resets.reset(email=body["email"], code=body["code"], password=body["new_password"])
    return {"message": "Password reset"}


@blueprint.post(
    "/login", access=Access.PUBLIC, limit=Limit.LOGIN, reads_cookie=True, takes_body=True, counted_as=LOGINS
)
@blueprint.arguments(CredentialsSchema)
@blueprint.response(200, LoginAnswerSchema)
@blueprint.fails(400, 401, 403, 415, 429)
def login(body: dict[str, Any]) -> Response:
    """Open a session: an access token in the body, a refresh token in the cookie."""
    return logged_in(services().logins.log_in(Attempt(**body, browser=browser())))


@blueprint.post("/refresh", access=Access.PUBLIC, reads_cookie=True, counted_as=REFRESHES)
@blueprint.doc(security=[COOKIE])
@blueprint.response(200, RefreshAnswerSchema)
@blueprint.fails(401, 403, 429)
def refresh() -> Response:
    """Trade the refresh token in the cookie for a new one and an access token. Each works once."""
    return with_tokens(trade_refresh_token(_rotate), message="Token refreshed")


@blueprint.post("/confirm", access=Access.USER, keys=False, owing=True, limit=Limit.PASSWORD, takes_body=True)
@blueprint.arguments(ConfirmationSchema)
@blueprint.response(200, ConfirmationAnswerSchema)
@blueprint.fails(400, 403, 415, 429)
def confirm(body: dict[str, Any]) -> dict[str, Any]:
    """Confirm who uses this session, which is fresh from now on; no token changes."""
    confirmation, caller, proof = services().confirmation, principal(), proof_of(body)
    if "password" in body:
        fresh_until = confirmation.by_password(principal=caller, password=body["password"], proof=proof)
    else:
        fresh_until = confirmation.by_passkey(principal=caller, answer=body["passkey"])
    return {"message": "Confirmed", "freshUntil": fresh_until}


@blueprint.post("/logout", access=Access.PUBLIC, reads_cookie=True)
@blueprint.doc(security=[{}, COOKIE, BEARER])
@blueprint.response(200, MessageSchema)
@blueprint.fails(403)
def logout() -> Response:
    """End the session of the cookie and the one of the bearer token; with neither there is nothing to do."""
    services().logout.log_out(refresh_tokens=presented_refresh_tokens(), access_token=presented_access_token())
    response = jsonify({"message": "user logged out."})
    cookies.clear_refresh_token(response)
    return response


@blueprint.get("/verify", access=Access.USER, logs_success=False)
@blueprint.response(204, headers=VERIFY_HEADERS)
def verify() -> Response:
    """Tell another service who is calling: nginx `auth_request`, Traefik `forwardAuth`."""
    who = principal()
    headers = {"X-Auth-User": who.user_id, "X-Auth-Role": who.role, "X-Auth-Session": who.session_id}
    return Response(status=204, headers=headers)


def _rotate(token: str, claims: Claims) -> Grant:
    return services().rotation.rotate(token=token, claims=claims, client=client())


def _begin_registration(body: dict[str, Any]) -> Response:
    registration = services().verified_registration.begin(email=body["email"], password=body["password"])
    response = jsonify({"message": "Check your mail", "registration": registration})
    response.status_code = 202
    return response
