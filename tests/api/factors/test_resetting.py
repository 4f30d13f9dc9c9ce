"""A reset of the password and second factors."""

import pytest

from tests.support.mail.mailbox import CODE

NEW = "another correct battery"


def reset(user, mailbox):
    assert user.http.post("/auth/password/forgot", json={"email": user.email}).status_code == 202
    texts = [message.get_body("plain").get_content().replace("\r\n", "\n") for message in mailbox.deliver()]
    (code,) = [found for text in texts for found in CODE.findall(text)]
    body = {"email": user.email, "code": code, "newPassword": NEW}
    response = user.http.post("/auth/password/reset", json=body)
    assert response.status_code == 200, response.json
    assert "Set-Cookie" not in response.headers
    user.password = NEW


@pytest.fixture
def verified(holder, database):
    database.users.update_one({"email": holder.email}, {"$set": {"emailVerifiedAt": holder.clock.now()}})
    return holder


def test_a_reset_removes_no_factor_and_opens_no_session(verified, browser_of, factor_mailbox, database):
    reset(verified, factor_mailbox)
    browser = browser_of(verified)
    assert browser.login().json["code"] == "second_factor_required"
    browser.logged_in_by_code()
    assert browser.factors()["recoveryCodesLeft"] == 8
    assert database.sessions.count_documents({"endedAt": None}) == 1


def test_the_first_proof_of_the_address_removes_what_was_set_up_before(holder, browser_of, factor_mailbox, database):
    reset(holder, factor_mailbox)
    browser = browser_of(holder).logged_in()
    assert browser.factors() == {"message": "Factors fetched", "factors": [], "recoveryCodesLeft": 0}
    assert "secondFactor" not in database.users.find_one()


def test_a_ticket_does_not_outlive_a_reset(verified, browser_of, factor_mailbox):
    browser = browser_of(verified)
    ticket = browser.ticket()
    reset(verified, factor_mailbox)
    assert browser.second_step(ticket, code=browser.next_code()).json["code"] == "invalid_ticket"
