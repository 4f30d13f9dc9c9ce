"""Answers 404 on the routes of what this installation does not have."""

from flask import Flask

from auth_service.errors import NotFound
from auth_service.web.context import settings
from auth_service.web.endpoint_policy import Feature, policy


def init_app(app: Flask) -> None:
    """Register the hook."""
    app.before_request(require_feature)


def require_feature() -> None:
    """The hook before every request.

    Raises:
        NotFound: the route needs what is not set up.
    """
    feature = policy().feature
    if feature and not _is_set_up(feature):
        raise NotFound


def _is_set_up(feature: Feature) -> bool:
    return {
        Feature.MAIL: settings().mail.enabled,
        Feature.FACTORS: settings().factors.enabled,
        Feature.PASSKEYS: settings().has_passkeys,
        Feature.PUBLIC_KEYS: settings().tokens.keys_file is not None,
        Feature.PAGES: settings().service.pages,
    }[feature]
