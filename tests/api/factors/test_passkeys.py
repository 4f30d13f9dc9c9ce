"""Passkeys, as the first factor and as the second; the authenticator lies where a test says so."""

import pytest

from tests.support.factors.authenticator import BE, BS, UP, UV, Authenticator
from tests.support.factors.fixtures import ORIGIN


def refused(response, code="passkey_refused", status=401):
    assert (response.status_code, response.json["code"]) == (status, code), response.json


def test_setting_a_passkey_up_shows_recovery_codes_with_the_first_factor_only(member):
    first = member.add_passkey(Authenticator(ORIGIN).create(member.creation_options()))
    assert first.status_code == 201
    assert first.json["factor"].items() >= {"kind": "passkey", "name": "Laptop", "synced": True}.items()
    assert len(set(first.json["recoveryCodes"])) == 8
    second = member.add_passkey(Authenticator(ORIGIN).create(member.creation_options()), "Key")
    assert second.status_code == 201
    assert "recoveryCodes" not in second.json
    assert [each["name"] for each in member.factors()["factors"]] == ["Laptop", "Key"]


def test_creation_asks_for_a_discoverable_passkey_that_verifies_its_user(passkey_user, authenticator):
    options = passkey_user.creation_options()
    assert options["rp"] == {"id": "auth.example.com", "name": "auth_service"}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    assert [each["alg"] for each in options["pubKeyCredParams"]] == [-7, -8, -257]
    assert len(options["excludeCredentials"]) == 1


def test_a_passkey_logs_in_without_password_and_counts_for_two(passkey_user, authenticator, browser_of, database):
    browser = browser_of(passkey_user)
    options = browser.login_options()
    assert not options.get("allowCredentials")
    assert options["userVerification"] == "required"
    response = browser.passkey_login(authenticator.get(options))
    assert response.status_code == 200, response.json
    assert response.json.keys() == {"message", "accessToken", "user"}
    session = database.sessions.find_one({"sessionId": browser.session_id})
    assert session["amr"] == ["pop", "mfa"]


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
def test_each_algorithm_that_is_offered_works(member, browser_of, algorithm):
    authenticator = Authenticator(ORIGIN, algorithm=algorithm)
    assert member.add_passkey(authenticator.create(member.creation_options())).status_code == 201
    browser = browser_of(member)
    assert browser.passkey_login(authenticator.get(browser.login_options())).status_code == 200


def test_an_algorithm_that_was_not_offered_is_refused(member):
    answer = Authenticator(ORIGIN, algorithm="ES384").create(member.creation_options())
    refused(member.add_passkey(answer), "invalid_request", 400)


def test_a_passkey_is_a_second_factor_even_without_verifying_its_user(passkey_user, authenticator, browser_of):
    browser = browser_of(passkey_user)
    ticket = browser.ticket()
    options = browser.ticket_options(ticket)
    assert len(options["allowCredentials"]) == 1
    authenticator.flags, authenticator.user_handle = UP | BE | BS, None
    assert browser.second_step(ticket, passkey=authenticator.get(options)).status_code == 200


def test_as_the_first_factor_a_passkey_must_verify_its_user(passkey_user, authenticator, browser_of):
    browser = browser_of(passkey_user)
    authenticator.flags = UP | BE | BS
    refused(browser.passkey_login(authenticator.get(browser.login_options())))


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example.com"},
        {"origin": "https://auth.example.com:8443"},
        {"origin": "http://auth.example.com"},
        {"origin": "https://sub.auth.example.com"},
        {"rp_id": "evil.example.com"},
        {"rp_id": "example.com"},
        {"client_data": {"crossOrigin": True}},
        {"client_data": {"topOrigin": "https://evil.example.com"}},
        {"client_data": {"challenge": "AAAAAAAAAAAAAAAAAAAAAA"}},
        {"client_data": {"type": "webauthn.create"}},
        {"client_data": {"type": None}},
        {"client_data": {"origin": [ORIGIN]}},
        {"user_handle": None},
        {"user_handle": b"x" * 12},
        {"user_handle": b""},
        {"flags": UV | BE | BS},
        {"flags": UP | UV},
        {"flags": UP | UV | BS},
    ],
    ids=str,
)
def test_what_an_authenticator_must_not_say_is_refused(passkey_user, authenticator, browser_of, database, lie):
    browser = browser_of(passkey_user)
    for name, value in lie.items():
        setattr(authenticator, name, value)
    sessions = database.sessions.count_documents({})
    refused(browser.passkey_login(authenticator.get(browser.login_options())))
    assert database.sessions.count_documents({}) == sessions


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example.com"},
        {"rp_id": "evil.example.com"},
        {"client_data": {"crossOrigin": True}},
        {"client_data": {"challenge": "AAAAAAAAAAAAAAAAAAAAAA"}},
        {"client_data": {"type": "webauthn.get"}},
        {"flags": UP | BE | BS},
        {"flags": UV | BE | BS},
        {"flags": UP | UV | BS},
    ],
    ids=str,
)
def test_a_passkey_that_was_not_made_here_is_refused(member, authenticator, lie):
    for name, value in lie.items():
        setattr(authenticator, name, value)
    refused(member.add_passkey(authenticator.create(member.creation_options())), "invalid_request", 400)
    assert member.factors()["factors"] == []


def test_the_flag_of_a_backup_may_change_where_one_is_possible(passkey_user, authenticator, browser_of):
    browser = browser_of(passkey_user)
    authenticator.flags = UP | UV | BE
    assert browser.passkey_login(authenticator.get(browser.login_options())).status_code == 200
    assert [each["synced"] for each in browser.factors()["factors"]] == [False]


def test_an_answer_works_once(passkey_user, authenticator, browser_of):
    browser = browser_of(passkey_user)
    answer = authenticator.get(browser.login_options())
    assert browser.passkey_login(answer).status_code == 200
    refused(browser_of(passkey_user).passkey_login(answer))


def test_a_challenge_lives_for_five_minutes(passkey_user, authenticator, browser_of, clock):
    browser = browser_of(passkey_user)
    answer = authenticator.get(browser.login_options())
    clock.advance(seconds=301)
    refused(browser.passkey_login(answer))


def test_a_challenge_is_for_one_purpose_and_one_ticket(passkey_user, authenticator, browser_of):
    browser = browser_of(passkey_user)
    first, second = browser.ticket(), browser.ticket()
    for_ticket = authenticator.get(browser.ticket_options(first))
    refused(browser.passkey_login(for_ticket))
    refused(browser.second_step(second, passkey=for_ticket))
    refused(browser.second_step(first, passkey=authenticator.get(browser.login_options())))
    assert browser.second_step(first, passkey=for_ticket).status_code == 200


def test_a_passkey_of_somebody_else_is_no_second_factor(passkey_user, browser_of, factor_app, clock):
    mallory = browser_of(passkey_user)
    mallory.called("mallory@example.com").registered().logged_in()
    hers = Authenticator(ORIGIN)
    mallory.add_passkey(hers.create(mallory.creation_options()))
    browser = browser_of(passkey_user)
    ticket = browser.ticket()
    options = browser.ticket_options(ticket)
    refused(browser.second_step(ticket, passkey=hers.get(options)), "passkey_unknown")


def test_an_unknown_passkey_is_said_to_be_unknown(passkey_user, browser_of):
    stranger, browser = Authenticator(ORIGIN), browser_of(passkey_user)
    stranger.create(browser_options := browser.login_options() | {"rp": {"id": "auth.example.com"}, "user": {"id": ""}})
    refused(browser.passkey_login(stranger.get(browser_options)), "passkey_unknown")


def test_a_passkey_is_set_up_once_whoever_presents_it(passkey_user, authenticator, browser_of):
    mallory = browser_of(passkey_user).called("mallory@example.com").registered().logged_in()
    refused(mallory.add_passkey(authenticator.create(mallory.creation_options())), "passkey_known", 409)


def test_page_loads_write_nothing(passkey_user, browser_of, database):
    browser = browser_of(passkey_user)
    before = database.used_challenges.count_documents({})
    for _ in range(3):
        browser.login_options()
    assert database.used_challenges.count_documents({}) == before


# copies


@pytest.fixture
def counting(member, authenticator):
    """A user whose passkey counts its signatures."""
    authenticator.counts, authenticator.count = True, 5
    assert member.add_passkey(authenticator.create(member.creation_options())).status_code == 201
    return member


def test_a_count_that_grows_is_no_copy(counting, authenticator, browser_of):
    for _ in range(3):
        browser = browser_of(counting)
        assert browser.passkey_login(authenticator.get(browser.login_options())).status_code == 200


def test_an_answer_that_is_sent_twice_shows_no_copy(counting, authenticator, browser_of):
    browser = browser_of(counting)
    answer = authenticator.get(browser.login_options())
    assert browser.passkey_login(answer).status_code == 200
    refused(browser.passkey_login(answer))
    assert browser.passkey_login(authenticator.get(browser.login_options())).status_code == 200


def test_an_answer_that_is_sent_twice_with_its_ticket_shows_no_copy(counting, authenticator, browser_of):
    browser = browser_of(counting)
    ticket = browser.ticket()
    for _ in range(2):
        answer = authenticator.get(browser.ticket_options(ticket))
        assert browser.second_step(ticket, passkey=answer).status_code == 200
        refused(browser.second_step(ticket, passkey=answer))


@pytest.mark.parametrize("count", [4, 3, -1], ids=["equal", "smaller", "zero"])
def test_a_count_that_does_not_grow_shows_a_copy_which_is_refused_from_then_on(
    counting, authenticator, browser_of, database, count
):
    browser = browser_of(counting)
    authenticator.count = count
    refused(browser.passkey_login(authenticator.get(browser.login_options())), "passkey_suspect")
    authenticator.count = 100
    refused(browser.passkey_login(authenticator.get(browser.login_options())), "passkey_suspect")
    assert [mail["kind"] for mail in database.mails.find({"kind": "passkey_suspect"})] == ["passkey_suspect"]
    assert database.audit_events.count_documents({"type": "passkey_suspect"}) == 1


def test_a_suspended_user_is_told_so_by_a_passkey(passkey_user, authenticator, browser_of, services):
    browser = browser_of(passkey_user)
    services.suspension.suspend(user_id=passkey_user.user_id)
    refused(browser.passkey_login(authenticator.get(browser.login_options())), "account_suspended", 403)
