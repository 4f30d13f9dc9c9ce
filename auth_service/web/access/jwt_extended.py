"""Configures Flask-JWT-Extended for views that extend this application, with this service's checks and error shape.

Its own checks accept tokens without most claims and know no sessions. So `@jwt_required()` uses ours: the token must
pass `services/tokens/codec.py`, and its session must be active.
"""

from typing import Any

from flask import Flask, Response
from flask_jwt_extended import JWTManager

from auth_service.errors import Forbidden, InvalidToken, ServiceError, TokenExpired, TokenMissing
from auth_service.settings.sessions import TokenSettings
from auth_service.web.access.permissions import bearer_token
from auth_service.web.context import services
from auth_service.web.error_handlers import answer


def init_app(app: Flask, settings: TokenSettings) -> None:
    """Set the keys, the checks and all seven error loaders."""
    app.config["JWT_SECRET_KEY"] = settings.access_secret
    app.config["JWT_TOKEN_LOCATION"] = ["headers"]
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


def _key_of_token(header: dict[str, Any], payload: dict[str, Any]) -> str:
    """The key that verifies the request's token; after a change of secrets it may be the previous one."""
    return services().codec.access_secret_of(bearer_token())


def _has_no_session(header: dict[str, Any], payload: dict[str, Any]) -> bool:
    claims = services().codec.verify_access(bearer_token())
    services().session_access.authenticate(session_id=claims.sid, user_id=claims.sub)
    return False


def _answers(error: type[ServiceError]) -> Any:
    def loader(*details: Any) -> Response:
        return answer(error())

    return loader
