"""A confirmation asks for all that the account has."""

import pytest

from tests.support.factors.authenticator import BE, BS, UP


@pytest.fixture
def stale(holder, clock):
    """The holder's session, which is not fresh any more."""
    clock.advance(minutes=11)
    assert not is_fresh(holder)
    return holder


def is_fresh(api):
    return api.post("/profile/factors/totp", json={"name": "Tablet"}).status_code == 201


def test_without_a_second_factor_the_password_is_all(member, clock):
    clock.advance(minutes=11)
    assert member.confirm(password=member.password).status_code == 200
    assert is_fresh(member)


def test_with_a_second_factor_the_password_is_not_enough(stale):
    response = stale.confirm(password=stale.password)
    assert (response.status_code, response.json["code"]) == (403, "second_factor_missing")
    assert response.json["methods"] == ["totp", "recovery_code"]
    assert not is_fresh(stale)


def test_the_password_and_a_code_confirm(stale):
    assert stale.confirm(password=stale.password, code=stale.next_code()).status_code == 200
    assert is_fresh(stale)


def test_a_code_confirms_once(stale, browser_of):
    code = stale.next_code()
    assert stale.confirm(password=stale.password, code=code).status_code == 200
    response = stale.confirm(password=stale.password, code=code)
    assert (response.status_code, response.json["code"]) == (400, "invalid_code")
    browser = browser_of(stale)
    assert browser.second_step(browser.ticket(), code=code).status_code == 401


def test_the_password_and_a_recovery_code_confirm(stale):
    assert stale.confirm(password=stale.password, recoveryCode=stale.recovery_codes[0]).status_code == 200
    assert is_fresh(stale)


@pytest.mark.parametrize("proof", [{"code": "x"}, {"recoveryCode": "x"}])
def test_a_factor_without_the_password_is_not_enough(stale, proof):
    assert stale.confirm(**proof).json["code"] == "invalid_request"


def test_a_wrong_password_is_told_before_the_factor_is_looked_at(stale):
    code = stale.next_code()
    assert stale.confirm(password="a wrong guess", code=code).json["code"] == "wrong_password"
    assert stale.confirm(password=stale.password, code=code).status_code == 200


def test_wrong_codes_delay_this_session_and_no_login(stale, browser_of):
    for _ in range(11):
        assert stale.confirm(password=stale.password, code="x").json["code"] == "invalid_code"
    assert stale.confirm(password=stale.password, code=stale.code()).json["code"] == "login_delayed"
    browser_of(stale).logged_in_by_code()


def confirm_by_passkey(user, authenticator):
    response = user.post("/auth/confirm/options")
    assert response.status_code == 200
    return user.confirm(passkey=authenticator.get(response.json["publicKey"]))


def test_a_passkey_that_verifies_its_user_confirms_alone(passkey_user, authenticator, clock):
    clock.advance(minutes=11)
    assert confirm_by_passkey(passkey_user, authenticator).status_code == 200
    assert is_fresh(passkey_user)


def test_a_passkey_that_does_not_verify_its_user_does_not(passkey_user, authenticator, clock):
    clock.advance(minutes=11)
    authenticator.flags = UP | BE | BS
    response = confirm_by_passkey(passkey_user, authenticator)
    assert (response.status_code, response.json["code"]) == (400, "invalid_request")
    assert not is_fresh(passkey_user)


def test_an_answer_confirms_the_session_that_asked_only(passkey_user, authenticator, browser_of, clock):
    other = browser_of(passkey_user)
    other.passkey_login(authenticator.get(other.login_options()))
    clock.advance(minutes=11)
    options = passkey_user.post("/auth/confirm/options").json["publicKey"]
    assert other.confirm(passkey=authenticator.get(options)).status_code == 400
    assert passkey_user.confirm(passkey=authenticator.get(options)).status_code == 200


def test_a_password_change_does_not_make_a_session_fresh_where_there_is_a_second_factor(stale):
    body = {"currentPassword": stale.password, "newPassword": "another correct battery"}
    response = stale._with_tokens(stale.post("/profile/password", json=body))
    assert response.status_code == 200
    assert not is_fresh(stale)
