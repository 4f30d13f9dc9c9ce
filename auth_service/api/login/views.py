"""The second step of a login, logging in by a passkey, and confirming by one."""

from typing import Any

from flask import Response

from auth_service.api.login.schemas import (
    PasskeyLoginSchema,
    PasskeyOptionsSchema,
    SecondStepSchema,
    TicketSchema,
)
from auth_service.services.factors.proofs import Proof
from auth_service.services.protection.rate_limits import Limit
from auth_service.web.access.logins import browser, logged_in
from auth_service.web.blueprint import Blueprint
from auth_service.web.context import principal, services
from auth_service.web.endpoint_policy import LOGINS, Access, Feature
from auth_service.web.schemas.factor import proof_of
from auth_service.web.schemas.user import LoginAnswerSchema

blueprint = Blueprint("login", __name__, url_prefix="/auth", description="Second factors and passkeys at the login")

MESSAGE = "Sign in by a passkey"


@blueprint.post("/login/options", access=Access.PUBLIC, feature=Feature.PASSKEYS, takes_body=True)
@blueprint.arguments(TicketSchema)
@blueprint.response(200, PasskeyOptionsSchema)
@blueprint.fails(400, 401, 404, 415)
def second_step_options(body: dict[str, Any]) -> dict[str, Any]:
    """What the browser needs for the second step by a passkey of the account."""
    return {"message": MESSAGE, "publicKey": services().logins.options(ticket=body["ticket"])}


@blueprint.post(
    "/login/factor",
    access=Access.PUBLIC,
    feature=Feature.FACTORS,
    reads_cookie=True,
    takes_body=True,
    counted_as=LOGINS,
)
@blueprint.arguments(SecondStepSchema)
@blueprint.response(200, LoginAnswerSchema)
@blueprint.fails(400, 401, 403, 404, 415, 429)
def second_step(body: dict[str, Any]) -> Response:
    """Open the session of a login whose password was right, by a code, a recovery code or a passkey."""
    proof = proof_of(body) or Proof()
    return logged_in(services().logins.complete(ticket=body["ticket"], proof=proof, browser=browser()))


@blueprint.post("/passkey/options", access=Access.PUBLIC, feature=Feature.PASSKEYS, needs_database=False)
@blueprint.response(200, PasskeyOptionsSchema)
@blueprint.fails(404)
def passkey_options() -> dict[str, Any]:
    """What the browser needs to log in by any passkey that it has for this service."""
    return {"message": MESSAGE, "publicKey": services().logins.passkey_options()}


@blueprint.post(
    "/passkey",
    access=Access.PUBLIC,
    feature=Feature.PASSKEYS,
    limit=Limit.LOGIN,
    reads_cookie=True,
    takes_body=True,
    counted_as=LOGINS,
)
@blueprint.arguments(PasskeyLoginSchema)
@blueprint.response(200, LoginAnswerSchema)
@blueprint.fails(400, 401, 403, 404, 415, 429)
def log_in_by_passkey(body: dict[str, Any]) -> Response:
    """Open a session for whoever has the passkey; it counts for two factors."""
    return logged_in(services().logins.log_in_by_passkey(answer=body["passkey"], browser=browser()))


@blueprint.post("/confirm/options", access=Access.USER, feature=Feature.PASSKEYS, keys=False, owing=True)
@blueprint.response(200, PasskeyOptionsSchema)
@blueprint.fails(403, 404)
def confirmation_options() -> dict[str, Any]:
    """What the browser needs to confirm by a passkey of the account."""
    return {"message": MESSAGE, "publicKey": services().confirmation.options(principal=principal())}
