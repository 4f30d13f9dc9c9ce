"""Commands about second factors: a user's, and the key that seals their secrets."""

import base64

import pytest

from auth_service.services.credentials.sealing import Seal
from auth_service.services.factors import resealing
from tests.support.factors.apps import KEY, OTHER_KEY


def seal(key, previous=None):
    return Seal(*(base64.urlsafe_b64decode(each + "=") if each else None for each in (key, previous)))


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=list(arguments))


def app_of(user, database):
    return database.users.find_one({"email": user.email})["secondFactor"]["totp"][0]


@pytest.fixture
def rotated(app_with, app):
    """The application after its key was replaced."""
    return app_with(DATA_KEY=OTHER_KEY, DATA_KEY_PREVIOUS=KEY, prepared=False)


def test_users_factors_lists_them(factor_app, holder):
    printed = run(factor_app, "users", "factors", holder.email)
    assert printed.exit_code == 0
    assert "totp" in printed.stdout
    assert "Phone" in printed.stdout
    assert "8 recovery codes left" in printed.stdout
    assert holder.secret not in printed.stdout


def test_users_factors_reset_lets_a_user_in_who_has_lost_them(factor_app, holder, browser_of):
    assert run(factor_app, "users", "factors", holder.email, "--reset", "--yes").exit_code == 0
    assert holder.profile().json["code"] == "factors_changed"
    assert browser_of(holder).login().status_code == 200


def test_users_factors_reset_asks_first(factor_app, holder):
    assert run(factor_app, "users", "factors", holder.email, "--reset").exit_code == 1
    assert holder.profile().status_code == 200


def test_users_factors_of_nobody_is_an_error(factor_app):
    refused = run(factor_app, "users", "factors", "nobody@example.com")
    assert (refused.exit_code, "Traceback" in refused.output) == (1, False)


def test_secrets_new_data_prints_a_key_that_is_accepted(factor_app):
    printed = {run(factor_app, "secrets", "new", "--data").stdout.strip() for _ in range(3)}
    assert len(printed) == 3
    assert {len(base64.urlsafe_b64decode(each + "=")) for each in printed} == {32}


def test_reseal_replaces_the_key_while_codes_go_on_working(factor_app, rotated, holder, browser_of):
    printed = run(rotated, "factors", "reseal")
    assert (printed.exit_code, printed.stdout) == (0, "1 secrets are sealed by DATA_KEY now\n")
    assert resealing.key_use(seal(OTHER_KEY, KEY).fingerprints) == resealing.KeyUse(current=1, previous=0, others=0)
    browser = browser_of(holder)
    assert browser.second_step(browser.ticket(), code=browser.next_code()).json["code"] == "invalid_code"  # the old key
    again = holder.copy(type(holder)(rotated, holder.clock))
    assert again.second_step(again.ticket(), code=again.next_code()).status_code == 200
    assert run(rotated, "factors", "reseal").stdout == "0 secrets are sealed by DATA_KEY now\n"


def test_reseal_goes_on_where_it_was_stopped(factor_app, rotated, database, member):
    for number in range(20):
        user = type(member)(factor_app, member.clock).called(f"u{number}@example.com").registered().logged_in()
        user.enrol()
    for user in database.users.find({"secondFactor": {"$exists": True}}).limit(7):
        resealing._reseal(user, user["secondFactor"]["totp"][0], seal(OTHER_KEY, KEY))
    assert run(rotated, "factors", "reseal").stdout == "13 secrets are sealed by DATA_KEY now\n"


def test_reseal_leaves_what_does_not_open_as_it_is(factor_app, rotated, holder, database):
    database.users.update_one({"email": holder.email}, {"$set": {"secondFactor.totp.0.sealed": b"x" * 48}})
    refused = run(rotated, "factors", "reseal")
    assert refused.exit_code == 1
    assert "1 secrets do not open" in refused.stderr
    assert app_of(holder, database)["sealed"] == b"x" * 48


def test_reseal_needs_a_key(app):
    refused = run(app, "factors", "reseal")
    assert (refused.exit_code, "DATA_KEY is not set" in refused.stderr) == (1, True)


def test_a_secret_that_no_key_opens_is_a_wrong_code_and_no_5xx(app_with, holder):
    lost = app_with(DATA_KEY=OTHER_KEY, prepared=False)
    browser = holder.copy(type(holder)(lost, holder.clock))
    assert browser.second_step(browser.ticket(), code=browser.next_code()).json["code"] == "invalid_code"
    assert browser.second_step(browser.ticket(), recoveryCode=holder.recovery_codes[0]).status_code == 200


def test_without_the_key_nobody_with_a_second_factor_gets_in_by_the_password_alone(app, holder):
    browser = holder.copy(type(holder)(app, holder.clock))
    response = browser.login()
    assert (response.status_code, response.json["code"]) == (401, "second_factor_required")
    assert browser.second_step(response.json["ticket"], code=browser.next_code()).status_code == 404
