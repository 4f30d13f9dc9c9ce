"""What is refused as a password where one is set, and that nothing is where one is used."""

import pytest

from auth_service.services.credentials.hashing_queue import HashingQueue
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.credentials.policy import BREACHED, COMMON, HAS_EMAIL, HAS_NAME
from tests.support.api import PASSWORD, Api
from tests.support.peers.range_api import PADDING, RangeApi, suffix

EMAIL = "johanna.miller@example.com"
WEAK = {"password1": [COMMON], "the MILLERS' dog": [HAS_EMAIL], "my auth-service": [HAS_NAME]}
BREACHED_ONE = "a breached password"


@pytest.fixture
def range_api():
    with RangeApi(f"{PADDING}{suffix(BREACHED_ONE)}:7\r\n") as api:
        yield api


@pytest.fixture
def asking(app, app_with, range_api):
    """A client of a service that asks `range_api`."""
    return Api(app_with(PASSWORD_BREACH_CHECK="true", PASSWORD_BREACH_URL=range_api.url))


def change(api, new, current=PASSWORD):
    return api.post("/profile/password", json={"currentPassword": current, "newPassword": new})


def refusal(response):
    return response.status_code, response.json["code"], response.json["errors"]


@pytest.mark.parametrize(("password", "reasons"), WEAK.items())
def test_a_registration_is_refused_with_the_reason(api, database, password, reasons):
    response = api.register(EMAIL, password)
    assert refusal(response) == (400, "invalid_request", {"password": reasons})
    assert database.users.count_documents({}) == 0


@pytest.mark.parametrize(("password", "reasons"), WEAK.items())
def test_a_change_is_refused_with_the_reason(api, database, password, reasons):
    api.registered(EMAIL).logged_in()
    before = database.users.find_one()
    assert refusal(change(api, password)) == (400, "invalid_request", {"newPassword": reasons})
    assert database.users.find_one() == before


def test_the_address_counts_in_its_canonical_form(api):
    response = api.register("JOHANNA\uff0emiller@example.com", "miller and sons")
    assert response.json["errors"] == {"password": [HAS_EMAIL]}


def test_all_reasons_are_told_at_once(api):
    errors = api.register("monkey@example.com", "monkey").json["errors"]
    assert errors == {"password": ["Must have 8 to 1024 characters.", COMMON, HAS_EMAIL]}


@pytest.mark.parametrize("password", WEAK)
def test_a_password_of_before_the_rules_still_logs_in(api, database, password):
    api.registered(EMAIL)
    queue = HashingQueue(concurrency=1, wait=2, threads=4)
    stored = Passwords(rounds=4, queue=queue).make_hash(password)
    database.users.update_one({}, {"$set": {"password": stored}})
    assert api.login(password=password).status_code == 200
    assert change(api, "a wholly different one", current=password).status_code == 200


def test_an_operator_is_told_as_well(services, api):
    user_id = api.registered(EMAIL).user_id
    with pytest.raises(Exception, match=r"password: Must not contain the e-mail address"):
        services.password_changes.reset(user_id=user_id, password="the millers' dog")


def test_a_seed_is_judged_when_it_makes_an_admin_and_only_then(services, api):
    with pytest.raises(Exception, match=r"password: Is one of the most common passwords\."):
        services.seeding.seed_admin(email="chief@example.com", password="password1")
    services.seeding.seed_admin(email="chief@example.com", password=PASSWORD)
    assert not services.seeding.seed_admin(email="chief@example.com", password="password1").created


# breaches


def test_a_breached_password_is_refused_where_the_service_asks(asking, database):
    response = asking.register(password=BREACHED_ONE)
    assert refusal(response) == (400, "invalid_request", {"password": [BREACHED]})
    assert database.users.count_documents({}) == 0
    asking.registered().logged_in()
    assert refusal(change(asking, BREACHED_ONE)) == (400, "invalid_request", {"newPassword": [BREACHED]})


def test_nobody_is_asked_at_a_login_or_for_what_is_refused_anyway(asking, range_api):
    asking.registered()
    assert len(range_api.seen) == 1
    asking.logged_in()
    asking.login(password="not the right one")
    asking.register(email=EMAIL, password="password1")
    assert len(range_api.seen) == 1


def test_a_service_that_asks_in_vain_registers_all_the_same(asking, range_api):
    range_api.status = 500
    assert asking.register(password=BREACHED_ONE).status_code == 201


def test_without_the_setting_nobody_is_asked(api, range_api):
    assert api.register(password=BREACHED_ONE).status_code == 201
    assert range_api.seen == []
