"""Every route is guarded, unless it stands in one literal set."""

import pytest
from flask import Flask

from auth_service.web.access import permissions
from auth_service.web.blueprint import Blueprint
from tests.support.api import Api
from tests.support.routes import concrete, routes

PUBLIC_ROUTES = {
    "GET /",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "POST /auth/register",
    "POST /auth/login",
    "POST /auth/refresh",
    "POST /auth/logout",
    "GET /docs",
    "GET /docs/assets/<path:name>",
    "GET /openapi.json",
}


def test_the_public_routes_are_these_and_no_others(app):
    public = {f"{method} {rule.rule}" for method, rule in routes(app) if rule.endpoint in permissions.PUBLIC}
    assert public == PUBLIC_ROUTES


def test_every_name_in_the_tables_is_a_route(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints >= permissions.PUBLIC | permissions.ADMIN_ONLY | permissions.OWNER_OR_ADMIN


def test_every_other_route_refuses_whoever_has_no_token(app):
    for method, rule in routes(app):
        if rule.endpoint not in permissions.PUBLIC:
            response = app.test_client().open(concrete(rule), method=method)
            assert (response.status_code, response.json["code"]) == (401, "token_missing"), rule


def test_every_admin_route_refuses_a_plain_user(app, user):
    for method, rule in routes(app):
        if rule.endpoint in permissions.ADMIN_ONLY | permissions.OWNER_OR_ADMIN:
            response = user.http.open(
                concrete(rule), method=method, headers={"Authorization": f"Bearer {user.access_token}"}
            )
            assert (response.status_code, response.json["code"]) == (403, "forbidden"), rule


@pytest.fixture
def bare_app(app):
    """An application with the context of `app` and a route that nobody thought about."""
    blueprint = Blueprint("forgotten", __name__)
    blueprint.add_url_rule("/forgotten", view_func=lambda: "open")
    bare = Flask("bare")
    bare.extensions.update(app.extensions)
    bare.register_error_handler(Exception, lambda error: (str(error), getattr(error, "status", 500)))
    bare.register_blueprint(blueprint)
    return bare


def test_a_new_route_is_guarded_before_anybody_thinks_of_it(bare_app):
    assert Api(bare_app).get("/forgotten").status_code == 401


def test_options_needs_no_session(api):
    assert api.http.options("/profile").status_code == 200
