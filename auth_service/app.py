"""Builds the application: a table of contents."""

from flask import Flask

from auth_service import cli
from auth_service.api_docs.views import blueprint as api_docs
from auth_service.audit.views import blueprint as audit
from auth_service.auth.views import blueprint as auth
from auth_service.bootstrap import build_services
from auth_service.commands.secrets import answer_without_settings
from auth_service.config import Settings
from auth_service.health.views import blueprint as health
from auth_service.metrics.views import blueprint as metrics
from auth_service.profile.views import blueprint as profile
from auth_service.services.clock import Clock
from auth_service.sessions.views import blueprint as sessions
from auth_service.users.views import blueprint as users
from auth_service.web import (
    access_log,
    context,
    cors,
    error_handlers,
    hooks,
    jwt_extended,
    logs,
    metrics_access,
    openapi,
    rate_limits,
    response_headers,
)
from auth_service.web.application import Application

FEATURES = (health, metrics, auth, profile, sessions, users, audit)


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> Flask:
    """The service with `settings`, by default those of the environment. Nothing is sent to the database yet.

    Raises:
        ConfigurationError: the environment makes no valid configuration.
    """
    answer_without_settings()
    settings = settings or Settings.from_env()
    logs.configure(settings)
    app = Application("auth_service", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False

    context.init_app(app, settings, build_services(settings, clock=clock))
    access_log.init_app(app)
    hooks.init_app(app, trusted_proxies=settings.service.trusted_proxies)
    metrics_access.init_app(app)
    response_headers.init_app(app)
    cors.init_app(app, origins=settings.cors.origins)
    error_handlers.init_app(app)
    rate_limits.init_app(app, settings)
    jwt_extended.init_app(app, settings.tokens)

    api = openapi.init_app(app, title=settings.service.name)
    for feature in FEATURES:
        api.register_blueprint(feature)
    app.register_blueprint(api_docs)

    cli.init_app(app)
    return app
