"""Second factors against whatever happens at the same moment: no factor opens two sessions, no change is outlived."""

from functools import partial

import pytest
from bson import ObjectId

from tests.support.applications import services_of
from tests.support.factors.apps import FactorApi
from tests.support.factors.authenticator import Authenticator
from tests.support.factors.fixtures import ORIGIN
from tests.support.parallel import at_once

AT_ONCE, TICKETS = 32, 7
REFUSALS = {"invalid_code", "invalid_ticket", "login_delayed", "passkey_refused", "database_unavailable"}
NEW_PASSWORD = "another correct battery"


@pytest.fixture
def open_sessions(database):
    """How many sessions are active."""
    return lambda: database.sessions.count_documents({"endedAt": None})


@pytest.fixture
def race(holder, browser_of, database):
    """Presents a proof from many browsers at once, with a few tickets, after whatever was counted is forgotten."""

    def run(**proof):
        database.users.update_many({}, {"$unset": {"secondFactor.tries": 1}})
        database.sessions.delete_many({})
        tickets = [holder.ticket() for _ in range(TICKETS)]
        return at_once(
            *[partial(browser_of(holder).second_step, tickets[each % TICKETS], **proof) for each in range(AT_ONCE)]
        )

    return run


def one_opened(answers):
    statuses = [answer.status_code for answer in answers]
    others = {answer.json["code"] for answer in answers if answer.status_code != 200}
    return statuses.count(200) == 1 and others <= REFUSALS


def test_of_one_code_presented_by_many_at_once_one_session_opens(rounds, holder, race, open_sessions):
    for _ in range(rounds):
        answers = race(code=holder.next_code())
        assert one_opened(answers), [answer.json for answer in answers]
        assert open_sessions() == 1


def test_of_one_recovery_code_presented_by_many_at_once_one_session_opens(
    rounds, holder, race, open_sessions, database
):
    codes = "secondFactor.recoveryCodes"
    unused = database.users.find_one()["secondFactor"]["recoveryCodes"]
    for _ in range(rounds):
        database.users.update_one({}, {"$set": {codes: unused}})
        answers = race(recoveryCode=holder.recovery_codes[0])
        assert one_opened(answers), [answer.json for answer in answers]
        assert open_sessions() == 1
        assert ["usedAt" in each for each in database.users.find_one()["secondFactor"]["recoveryCodes"]].count(
            True
        ) == 1


def test_of_one_passkeys_answer_presented_by_many_at_once_one_session_opens(
    rounds, passkey_user, authenticator, browser_of, database, open_sessions
):
    for _ in range(rounds):
        database.sessions.delete_many({})
        answer = authenticator.get(passkey_user.login_options())
        answers = at_once(*[partial(browser_of(passkey_user).passkey_login, answer) for _ in range(AT_ONCE)])
        assert one_opened(answers), [answer.json for answer in answers]
        assert open_sessions() == 1


def test_of_one_tickets_tries_at_once_five_are_compared(rounds, holder, browser_of, database):
    for _ in range(rounds):
        database.users.update_many({}, {"$unset": {"secondFactor.tries": 1}})
        ticket = browser_of(holder).ticket()
        answers = at_once(*[partial(browser_of(holder).second_step, ticket, recoveryCode="wrong")] * AT_ONCE)
        codes = [answer.json["code"] for answer in answers]
        assert (codes.count("invalid_code"), codes.count("invalid_ticket")) == (5, AT_ONCE - 5), codes


def test_of_one_ticket_with_a_passkeys_answer_presented_by_many_at_once_one_session_opens(
    rounds, passkey_user, authenticator, browser_of, database, open_sessions
):
    for _ in range(rounds):
        database.sessions.delete_many({})
        browser = browser_of(passkey_user)
        ticket = browser.ticket()
        answer = authenticator.get(browser.ticket_options(ticket))
        answers = at_once(*[partial(browser_of(passkey_user).second_step, ticket, passkey=answer)] * 5)
        assert one_opened(answers), [answer.json for answer in answers]
        assert open_sessions() == 1


def suspended(services, user):
    services.suspension.suspend(user_id=user.user_id)


def demoted(services, user):
    services.roles.change_role(user_id=user.user_id, role="user")


def with_another_password(services, user):
    services.password_changes.reset(user_id=user.user_id, password=NEW_PASSWORD)


def without_factors(services, user):
    services.factor_keeping.remove_all(user_id=user.user_id)


def deleted(services, user):
    services.deletion.delete(user_id=user.user_id)


@pytest.mark.parametrize("change", [suspended, with_another_password, without_factors, deleted])
def test_no_session_of_a_second_step_outlives_a_change(
    rounds, factor_app, clock, database, browser_of, open_sessions, change
):
    services = services_of(factor_app)
    for number in range(rounds):
        user = FactorApi(factor_app, clock).called(f"user{number}@example.com").registered().logged_in()
        user.enrol()
        database.sessions.delete_many({})
        browser = browser_of(user)
        ticket, code = browser.ticket(), browser.next_code()
        login, _ = at_once(partial(browser.second_step, ticket, code=code), partial(change, services, user))
        assert login.status_code == 200 or login.json["code"] in REFUSALS
        if login.status_code == 200:
            assert browser.profile().status_code == 401
        assert open_sessions() == 0


def test_no_session_of_a_second_step_keeps_a_role_that_was_taken(rounds, factor_app, clock, database, browser_of):
    services = services_of(factor_app)
    services.seeding.seed_admin(email="chief@example.com", password=NEW_PASSWORD)
    for number in range(rounds):
        user = FactorApi(factor_app, clock).called(f"user{number}@example.com").registered().logged_in()
        services.roles.change_role(user_id=user.user_id, role="admin")
        user.enrol()
        browser = browser_of(user)
        ticket, code = browser.ticket(), browser.next_code()
        login, _ = at_once(partial(browser.second_step, ticket, code=code), partial(demoted, services, user))
        assert login.status_code == 200 or login.json["code"] in REFUSALS
        assert database.sessions.count_documents({"role": "admin", "endedAt": None}) == 0


def test_no_session_of_a_password_alone_outlives_an_enrolment(rounds, factor_app, clock, database, browser_of):
    for number in range(rounds):
        user = FactorApi(factor_app, clock).called(f"user{number}@example.com").registered().logged_in()
        begun, browser = user.begin().json, browser_of(user)
        user.secret = begun["secret"]
        login, enrolled = at_once(browser.login, partial(user.confirm_app, begun["factorId"], user.code()))
        assert enrolled.status_code == 200, enrolled.json
        assert login.status_code == 200 or login.json["code"] == "second_factor_required"
        if login.status_code == 200:
            assert browser.profile().json["code"] == "factors_changed"
        assert [
            each["amr"] for each in database.sessions.find({"endedAt": None, "userId": ObjectId(user.user_id)})
        ] == [["pwd", "otp", "mfa"]]


def test_a_code_that_two_enrolments_present_at_once_makes_one_factor(rounds, member, browser_of, database):
    for _ in range(rounds):
        database.users.update_many({}, {"$unset": {"secondFactor": 1}})
        begun = member.begin().json
        member.secret = begun["secret"]
        confirm = partial(member.confirm_app, begun["factorId"], member.code())
        answers = at_once(*[confirm] * 8)
        assert [answer.status_code for answer in answers].count(200) == 1, [answer.json for answer in answers]
        assert len(database.users.find_one()["secondFactor"]["totp"]) == 1


def test_ten_factors_are_the_most_also_when_many_are_added_at_once(member):
    answers = [Authenticator(ORIGIN).create(member.creation_options()) for _ in range(14)]
    at_once(*[partial(member.add_passkey, each) for each in answers])
    assert 1 <= len(member.factors()["factors"]) <= 10
