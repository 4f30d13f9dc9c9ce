"""Configures Flask-JWT-Extended for views that extend this application, with this service's checks and error shape.

Its own checks accept tokens without most claims and know no sessions. So `@jwt_required()` uses ours: the token must
pass `services/tokens/codec.py`, and its session must be active.
"""

from typing import Any

from flask import Flask, Response
from flask_jwt_extended import JWTManager

from auth_service.errors import Forbidden, InvalidToken, ServiceError, TokenExpired, TokenMissing
from auth_service.services.tokens.forms import Key
from auth_service.settings.sessions import TokenSettings
from auth_service.web.access.permissions import bearer_token
from auth_service.web.context import services
from auth_service.web.error_handlers import answer


def init_app(app: Flask, settings: TokenSettings) -> None:
    """Set the keys, the checks and all seven error loaders."""
    app.config["JWT_SECRET_KEY"] = settings.access_secret
    app.config["JWT_TOKEN_LOCATION"] = ["headers"]
    app.config["JWT_DECODE_ALGORITHMS"] = ["HS256", "ES256"]  # the key of a token, below, belongs to one of them
    manager = JWTManager(app)
    manager.decode_key_loader(_key_of_token)
    manager.token_in_blocklist_loader(_has_no_session)
    manager.expired_token_loader(_answers(TokenExpired))
    manager.invalid_token_loader(_answers(InvalidToken))
    manager.needs_fresh_token_loader(_answers(Forbidden))
    manager.revoked_token_loader(_answers(InvalidToken))
    manager.token_verification_failed_loader(_answers(InvalidToken))
    manager.unauthorized_loader(_answers(TokenMissing))
    manager.user_lookup_error_loader(_answers(InvalidToken))


def _key_of_token(header: dict[str, Any], payload: dict[str, Any]) -> Key:
    """The key that verifies the request's token, which is genuine; it may be the one before the present one."""
    return services().codec.access_key_of(bearer_token())


def _has_no_session(header: dict[str, Any], payload: dict[str, Any]) -> bool:
    claims = services().codec.verify_access(bearer_token())
    caller = services().session_access.authenticate(session_id=claims.sid, user_id=claims.sub)
    services().requirement.require_paid(caller.session)
    return False


def _answers(error: type[ServiceError]) -> Any:
    def loader(*details: Any) -> Response:
        return answer(error())

    return loader
