"""Second factors: one's own, and what admins see and remove of those of others."""

from functools import partial
from typing import Any

from flask import Response

from auth_service.api.factors.schemas import (
    CreationOptionsSchema,
    EnrolledAnswerSchema,
    FactorAnswerSchema,
    FactorNameSchema,
    FactorsAnswerSchema,
    FirstCodeSchema,
    NewAppAnswerSchema,
    NewPasskeySchema,
    RecoveryCodesAnswerSchema,
    RemovedAnswerSchema,
)
from auth_service.services.factors.enrolment import Enrolled
from auth_service.web.access.tokens import with_tokens
from auth_service.web.blueprint import Blueprint
from auth_service.web.context import principal, services
from auth_service.web.endpoint_policy import Access, Feature
from auth_service.web.schemas.factor import shown
from auth_service.web.schemas.message import MessageSchema

blueprint = Blueprint("factors", __name__, description="Second factors and passkeys")

OWN: dict[str, Any] = {"access": Access.USER, "feature": Feature.FACTORS, "keys": False}
PASSKEYS: dict[str, Any] = {**OWN, "feature": Feature.PASSKEYS}
ENROLS: dict[str, Any] = {"fresh": True, "owing": True}


@blueprint.get("/profile/factors", **OWN, owing=True)
@blueprint.response(200, FactorsAnswerSchema)
@blueprint.fails(403, 404)
def read_own() -> dict[str, Any]:
    """The caller's second factors."""
    return _listed(principal().user_id)


@blueprint.post("/profile/factors/totp", **OWN, **ENROLS, takes_body=True)
@blueprint.arguments(FactorNameSchema)
@blueprint.response(201, NewAppAnswerSchema)
@blueprint.fails(400, 403, 404, 409, 415)
def begin_app(body: dict[str, Any]) -> dict[str, Any]:
    """Make the secret of an authenticator app; it is a factor once its first code is confirmed."""
    app = services().app_enrolment.begin(principal=principal(), name=body["name"])
    secrets = {"secret": app.secret, "uri": app.uri, "qr": app.qr}
    return {"message": "Confirm a code of the app", "factorId": str(app.factor_id), **secrets}


@blueprint.post("/profile/factors/totp/<factor_id>/confirm", **OWN, owing=True, takes_body=True)
@blueprint.arguments(FirstCodeSchema)
@blueprint.response(200, EnrolledAnswerSchema)
@blueprint.fails(400, 403, 404, 409, 415)
def confirm_app(body: dict[str, Any], factor_id: str) -> Response:
    """Make the app a factor by its first code: all other sessions end, and this one gets new tokens."""
    return _enrolled(services().app_enrolment.confirm(principal=principal(), factor_id=factor_id, code=body["code"]))


@blueprint.post("/profile/factors/passkeys/options", **PASSKEYS, **ENROLS)
@blueprint.response(200, CreationOptionsSchema)
@blueprint.fails(403, 404, 409)
def creation_options() -> dict[str, Any]:
    """What the browser needs to make a passkey."""
    return {"message": "Make a passkey", "publicKey": services().passkey_enrolment.options(principal=principal())}


@blueprint.post("/profile/factors/passkeys", **PASSKEYS, **ENROLS, takes_body=True)
@blueprint.arguments(NewPasskeySchema)
@blueprint.response(201, EnrolledAnswerSchema)
@blueprint.fails(400, 403, 404, 409, 415)
def add_passkey(body: dict[str, Any]) -> Response:
    """Make the passkey a factor: all other sessions end, and this one gets new tokens."""
    enrol = partial(services().passkey_enrolment.add, principal=principal())
    response = _enrolled(enrol(name=body["name"], answer=body["passkey"]))
    response.status_code = 201
    return response


@blueprint.patch("/profile/factors/<factor_id>", **OWN, takes_body=True)
@blueprint.arguments(FactorNameSchema)
@blueprint.response(200, FactorAnswerSchema)
@blueprint.fails(400, 403, 404, 415)
def rename(body: dict[str, Any], factor_id: str) -> dict[str, Any]:
    """Give a factor another name."""
    keeping = services().factor_keeping
    return {
        "message": "Factor renamed",
        "factor": keeping.rename(principal=principal(), factor_id=factor_id, name=body["name"]),
    }


@blueprint.delete("/profile/factors/<factor_id>", **OWN, fresh=True)
@blueprint.response(200, MessageSchema)
@blueprint.fails(400, 403, 404, 409)
def remove(factor_id: str) -> dict[str, Any]:
    """Remove a factor, with the last one the recovery codes too; all other sessions end."""
    services().factor_keeping.remove(principal=principal(), factor_id=factor_id)
    return {"message": "Factor removed"}


@blueprint.post("/profile/recovery-codes", **OWN, fresh=True)
@blueprint.response(200, RecoveryCodesAnswerSchema)
@blueprint.fails(403, 404)
def replace_recovery_codes() -> dict[str, Any]:
    """Get new recovery codes; the old ones are void."""
    codes = services().factor_keeping.replace_recovery_codes(principal=principal())
    return {"message": "Recovery codes replaced", "recoveryCodes": codes}


@blueprint.get("/users/<user_id>/factors", access=Access.ADMIN, feature=Feature.FACTORS)
@blueprint.response(200, FactorsAnswerSchema)
@blueprint.fails(400, 404)
def read_of(user_id: str) -> dict[str, Any]:
    """The second factors of a user."""
    return _listed(user_id)


@blueprint.delete("/users/<user_id>/factors", access=Access.ADMIN, feature=Feature.FACTORS, keys=False, fresh=True)
@blueprint.response(200, RemovedAnswerSchema)
@blueprint.fails(400, 404)
def remove_all(user_id: str) -> dict[str, Any]:
    """Remove all factors and recovery codes of a user, for one who has lost them; all sessions of the user end."""
    removed = services().factor_keeping.remove_all(user_id=user_id, actor_id=principal().user_id)
    return {"message": "Factors removed", "removed": removed}


def _listed(user_id: str) -> dict[str, Any]:
    kept = services().factor_keeping.read(user_id=user_id)
    return {"message": "Factors fetched", "factors": kept.factors, "recoveryCodesLeft": kept.recovery_codes_left}


def _enrolled(enrolled: Enrolled) -> Response:
    codes = {"recoveryCodes": enrolled.recovery_codes} if enrolled.recovery_codes else {}
    return with_tokens(enrolled.grant, message="Factor added", factor=shown(enrolled.factor), **codes)
