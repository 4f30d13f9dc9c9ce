"""Every route declares who may call it, and is guarded accordingly; the public ones stand in one literal set."""

import pytest
from flask import Flask

from auth_service.web.blueprint import Blueprint
from auth_service.web.endpoint_policy import Access, policy_of, require_complete
from tests.support.routes import concrete, routes

PUBLIC_ROUTES = {
    "GET /",
    "GET /.well-known/jwks.json",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "POST /auth/register",
    "POST /auth/register/confirm",
    "POST /auth/invitation",
    "POST /auth/password/forgot",
    "POST /auth/password/reset",
    "POST /auth/login",
    "POST /auth/login/options",
    "POST /auth/login/factor",
    "POST /auth/passkey/options",
    "POST /auth/passkey",
    "POST /auth/refresh",
    "POST /auth/logout",
    "GET /dev/mails",
    "GET /dev/mails/<mail_id>",
    "GET /docs",
    "GET /docs/assets/<path:name>",
    "GET /openapi.json",
    "GET /profile/export/schema",
    "GET /account",
    "GET /account/<view>",
    "GET /admin",
    "GET /admin/<view>",
    "GET /assets/<version>/<path:name>",
    "GET /auth-client.js",
}


def access_of(app, rule):
    with app.app_context():
        return policy_of(rule.endpoint).access


def test_the_public_routes_are_these_and_no_others(app):
    public = {f"{method} {rule.rule}" for method, rule in routes(app) if access_of(app, rule) is Access.PUBLIC}
    assert public == PUBLIC_ROUTES


def test_every_other_route_refuses_a_caller_without_a_token(factor_app):
    for method, rule in routes(factor_app):
        if access_of(factor_app, rule) is not Access.PUBLIC:
            response = factor_app.test_client().open(concrete(rule), method=method)
            assert (response.status_code, response.json["code"]) == (401, "token_missing"), rule


def test_every_admin_route_refuses_a_plain_user(factor_app, user):
    for method, rule in routes(factor_app):
        if access_of(factor_app, rule) in (Access.ADMIN, Access.OWNER_OR_ADMIN):
            response = factor_app.test_client().open(
                concrete(rule), method=method, headers={"Authorization": f"Bearer {user.access_token}"}
            )
            assert (response.status_code, response.json["code"]) == (403, "forbidden"), rule


def test_a_route_that_does_not_declare_who_may_call_it_cannot_be_written():
    blueprint = Blueprint("forgotten", __name__)
    with pytest.raises(TypeError, match="/forgotten does not declare who may call it"):
        blueprint.get("/forgotten")(lambda: "open")


def test_an_application_with_a_route_without_a_policy_does_not_start():
    bare = Flask("bare", static_folder=None)
    bare.add_url_rule("/forgotten", "forgotten", view_func=lambda: "open")
    with pytest.raises(RuntimeError, match="routes without a policy: forgotten"):
        require_complete(bare)


def test_options_needs_no_session(api):
    assert api.http.options("/profile").status_code == 200
