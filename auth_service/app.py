"""Builds the application: a table of contents."""

from collections.abc import Callable

from flask import Flask

from auth_service.api.audit.views import blueprint as audit
from auth_service.api.auth.views import blueprint as auth
from auth_service.api.development.views import blueprint as development
from auth_service.api.docs.views import blueprint as api_docs
from auth_service.api.factors.views import blueprint as factors
from auth_service.api.health.views import blueprint as health
from auth_service.api.keys.views import blueprint as keys
from auth_service.api.login.views import blueprint as login
from auth_service.api.metrics import access as metrics_access
from auth_service.api.metrics.views import blueprint as metrics
from auth_service.api.profile.views import blueprint as profile
from auth_service.api.sessions.views import blueprint as sessions
from auth_service.api.users.views import blueprint as users
from auth_service.bootstrap.configuration import read_settings
from auth_service.bootstrap.services import build_services
from auth_service.clock import Clock
from auth_service.commands import cli
from auth_service.pages.views import blueprint as pages
from auth_service.settings.settings import Settings
from auth_service.web import context, endpoint_policy, error_handlers, openapi, url_rules
from auth_service.web.access import jwt_extended
from auth_service.web.edge import (
    body_limit,
    client_address,
    cors,
    cross_site,
    database_gate,
    features,
    forwarded,
    host,
    rate_limits,
    request_id,
    response_headers,
)
from auth_service.web.log import access_log
from auth_service.web.log import setup as logs

FEATURES = (health, metrics, keys, auth, login, profile, factors, sessions, users, audit)


def start_worker(app: Flask, *, is_stopping: Callable[[], bool]) -> None:
    """Start the background work of a process that serves `app`, and prepare the database before it takes connections.

    When the database does not answer, the process serves all the same. `is_stopping` says when it is about to end.
    """
    logs.catch_the_rest()
    services = app.extensions["auth_service"].services
    services.readiness.watch(is_stopping)
    services.geo.schedule.start()
    if services.mail_worker and app.extensions["auth_service"].settings.mail.workers:
        services.mail_worker.start(is_stopping)
    services.readiness.await_first_try(5)


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> Flask:
    """The service with `settings`, by default those of the environment. Nothing is sent to the database yet.

    Raises:
        ConfigurationError: the environment makes no valid configuration.
    """
    settings = settings or read_settings()
    logs.configure(settings)
    app = Flask("auth_service", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False
    url_rules.init_app(app)

    context.init_app(app, settings, build_services(settings, clock=clock))
    access_log.init_app(app)
    forwarded.init_app(app, hops=settings.service.trusted_proxies)
    request_id.init_app(app)
    client_address.init_app(app)
    host.init_app(app)
    features.init_app(app)
    body_limit.init_app(app)
    cross_site.init_app(app)
    database_gate.init_app(app)
    metrics_access.init_app(app)
    response_headers.init_app(app)
    cors.init_app(app, origins=settings.cors.origins)
    rate_limits.init_app(app)
    jwt_extended.init_app(app, settings.tokens)

    api = openapi.init_app(app, title=settings.service.name)
    error_handlers.init_app(app)  # in place of flask-smorest's own
    for feature in FEATURES:
        api.register_blueprint(feature)
    app.register_blueprint(api_docs)
    app.register_blueprint(pages)
    app.register_blueprint(development)
    endpoint_policy.require_complete(app)

    cli.init_app(app)
    return app
