"""With `MFA_REQUIRED_FOR`, whoever has no second factor may do no more than set one up."""

import pytest

from auth_service.web.endpoint_policy import Access, policy_of
from tests.support.api import Api
from tests.support.applications import services_of
from tests.support.factors.apps import KEY, FactorApi
from tests.support.factors.authenticator import Authenticator
from tests.support.factors.fixtures import ORIGIN
from tests.support.routes import concrete, routes

FREE = {
    "GET /profile",
    "GET /profile/security",
    "GET /profile/factors",
    "POST /profile/factors/totp",
    "POST /profile/factors/totp/<factor_id>/confirm",
    "POST /profile/factors/passkeys/options",
    "POST /profile/factors/passkeys",
    "POST /auth/confirm",
    "POST /auth/confirm/options",
}


@pytest.fixture(scope="session")
def strict_apps(app_with, tmp_path_factory):
    made, mail = {}, {"MAIL_URL": f"file:{tmp_path_factory.mktemp('mails')}", "MAIL_FROM": "no-reply@example.com"}

    def strict(required_for):
        if required_for not in made:
            made[required_for] = app_with(DATA_KEY=KEY, PUBLIC_URL=ORIGIN, MFA_REQUIRED_FOR=required_for, **mail)
        return made[required_for]

    return strict


@pytest.fixture
def strict(app, strict_apps, database):
    for name in ("factors", "recovery_codes", "used_challenges", "login_delays"):
        database[name].delete_many({})
    return strict_apps


@pytest.fixture
def owing(strict, clock):
    """An admin without a second factor, where everybody must have one."""
    app = strict("all")
    admin = FactorApi(app, clock).called("root@example.com").registered()
    services_of(app).roles.change_role(user_id=admin.user_id, role="admin")
    return admin.logged_in()


def call(api, method, rule):
    path = concrete(rule).replace("<session_id>", "0" * 32).replace("<factor_id>", "0" * 24)
    return api.http.open(path, method=method, **api._bearer({}))


def test_a_session_that_owes_walks_every_route_and_gets_into_the_free_ones_only(strict, owing):
    app, free = strict("all"), set()
    walked = 0
    for method, rule in routes(app):
        with app.app_context():
            if policy_of(rule.endpoint).access is Access.PUBLIC:
                continue
        response, walked = call(owing, method, rule), walked + 1
        if response.status_code == 403 and response.json["code"] == "second_factor_owed":
            continue
        free.add(f"{method} {rule.rule}")
    assert free == FREE
    assert walked > 25


def test_logout_and_refresh_are_free(owing):
    assert owing.refresh().status_code == 200
    assert owing.logout().status_code == 200


def test_verify_refuses_so_that_gateways_do(owing):
    assert (owing.verify().status_code, owing.verify().json["code"]) == (403, "second_factor_owed")


def test_setting_a_factor_up_pays(owing):
    owing.enrol()
    assert owing.verify().status_code == 204
    assert owing.get("/users").status_code == 200


def test_a_passkey_pays_and_logs_in_paid(strict, owing, clock):
    authenticator = Authenticator(ORIGIN)
    assert owing.add_passkey(authenticator.create(owing.creation_options())).status_code == 201
    assert owing.verify().status_code == 204
    browser = owing.copy(FactorApi(strict("all"), clock))
    assert browser.passkey_login(authenticator.get(browser.login_options())).status_code == 200
    assert browser.verify().status_code == 204


def test_a_login_by_two_factors_owes_nothing(strict, owing, clock):
    owing.enrol()
    browser = owing.copy(FactorApi(strict("all"), clock)).logged_in_by_code()
    assert browser.verify().status_code == 204


def test_the_last_factor_cannot_be_removed(strict, owing, clock):
    owing.enrol()
    other = owing.copy(FactorApi(strict("all"), clock)).logged_in_by_code()
    factor_id = owing.factors()["factors"][0]["factorId"]
    response = owing.delete(f"/profile/factors/{factor_id}")
    assert (response.status_code, response.json["code"]) == (409, "factor_required")
    assert other.verify().status_code == 204
    assert owing.factors()["recoveryCodesLeft"] == 8


def test_promotion_makes_a_session_owe_at_once_and_demotion_frees_it(strict, clock):
    app = strict("admins")
    user = FactorApi(app, clock).registered().logged_in()
    keeper = FactorApi(app, clock).called("root@example.com").registered()
    roles = services_of(app).roles
    roles.change_role(user_id=keeper.user_id, role="admin")
    assert user.verify().status_code == 204
    roles.change_role(user_id=user.user_id, role="admin")
    assert user.verify().json["code"] == "second_factor_owed"
    assert user.profile().status_code == 200
    roles.change_role(user_id=user.user_id, role="user")
    assert user.verify().status_code == 204


def test_who_removed_the_last_factor_owes_after_a_promotion(strict, clock):
    app = strict("admins")
    user = FactorApi(app, clock).registered().logged_in()
    user.enrol()
    factor_id = user.factors()["factors"][0]["factorId"]
    assert user.delete(f"/profile/factors/{factor_id}").status_code == 200
    services_of(app).roles.change_role(user_id=user.user_id, role="admin")
    assert user.verify().json["code"] == "second_factor_owed"


def test_an_api_key_never_owes(strict, shared_app, app, clock):
    user = Api(app).registered().logged_in()
    key = user.post("/profile/keys", json={"name": "cron"}).json["secret"]
    program = FactorApi(strict("all"), clock)
    program.access_token = key
    assert program.verify().status_code == 204


def test_a_change_of_the_setting_reaches_the_sessions_there_are(strict, app, clock):
    user = Api(app).registered().logged_in()
    later = FactorApi(strict("all"), clock)
    later.access_token = user.access_token
    assert later.verify().json["code"] == "second_factor_owed"
