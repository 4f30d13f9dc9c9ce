"""An invitation where mail is sent: the admin sees one code, and its user is mailed another one."""

import pytest

from tests.support.api import Api
from tests.support.applications import services_of
from tests.support.errors import code
from tests.support.mail.mailbox import code_in

ADDRESS = "grace@example.com"
PASSWORD = "compiled by hand, twice"


@pytest.fixture
def admin(mail_app, admin):
    """The admin, where mail is sent."""
    return Api(mail_app).called(admin.email).logged_in()


@pytest.fixture
def invitation(admin):
    """The answer to the creation of an account without a password."""
    return admin.post("/users", json={"email": ADDRESS}).json


@pytest.fixture
def accept(mail_app, invitation):
    return lambda typed, **changes: Api(mail_app).http.post(
        "/auth/invitation", json={"email": ADDRESS, "code": typed, "password": PASSWORD, **changes}
    )


def test_the_user_is_mailed_a_code_and_the_answer_is_as_ever(invitation, mailbox):
    assert set(invitation) == {"message", "user", "invitation"}
    assert set(invitation["invitation"]) == {"code", "expiresAt"}
    (message,) = mailbox.deliver()
    assert message["To"] == ADDRESS
    assert len(code_in(message)) == len("K7QF9-M2X4T-8ZB3C-YN6WD")


def test_who_accepts_by_the_mailed_code_has_a_verified_address(accept, mailbox, database):
    assert accept(mailbox.code()).status_code == 200
    assert "emailVerifiedAt" in database.users.find_one({"email": ADDRESS})


def test_who_accepts_by_the_code_that_the_admin_saw_has_not(accept, invitation, mailbox, database):
    mailbox.deliver()
    assert accept(invitation["invitation"]["code"]).status_code == 200
    assert "emailVerifiedAt" not in database.users.find_one({"email": ADDRESS})


def test_the_admin_does_not_see_the_code_that_is_mailed(invitation, mailbox):
    assert mailbox.code() != invitation["invitation"]["code"]


@pytest.mark.parametrize("mailed_first", [True, False])
def test_either_voids_the_other(accept, invitation, mailbox, mailed_first, database):
    codes = [mailbox.code(), invitation["invitation"]["code"]]
    first, second = codes if mailed_first else reversed(codes)
    assert accept(first).status_code == 200
    assert code(accept(second)) == (400, "invalid_code")
    assert database.codes.count_documents({}) == 0


def test_another_invitation_voids_both_and_is_mailed_at_once(accept, admin, invitation, mailbox):
    earlier = [invitation["invitation"]["code"], mailbox.code()]
    renewed = admin.post(f"/users/{invitation['user']['_id']}/invitation").json["invitation"]["code"]
    mailed = mailbox.code()
    for each in earlier:
        assert code(accept(each)) == (400, "invalid_code")
    assert len({*earlier, renewed, mailed}) == 4
    assert accept(mailed).status_code == 200


def test_an_invitation_that_was_accepted_before_its_mail_went_is_not_mailed(accept, invitation, mailbox):
    assert accept(invitation["invitation"]["code"]).status_code == 200
    assert mailbox.deliver() == []


def test_a_user_with_a_password_gets_no_mail(admin, mailbox):
    assert admin.post("/users", json={"email": ADDRESS, "password": PASSWORD}).status_code == 201
    assert mailbox.deliver() == []


def test_an_address_that_is_taken_mails_nobody(admin, invitation, mailbox, database):
    mailbox.deliver()
    assert admin.post("/users", json={"email": ADDRESS}).status_code == 409
    assert mailbox.deliver() == []
    assert database.codes.count_documents({}) == 2


def test_the_operator_mails_one_too(mail_app, mailbox):
    services_of(mail_app).invitations.invite(email=ADDRESS, role="user")
    (message,) = mailbox.deliver()
    assert message["To"] == ADDRESS


def test_where_no_mail_is_sent_there_is_one_code(new_api, services, database):
    services.invitations.invite(email=ADDRESS, role="user")
    assert database.codes.count_documents({}) == 1
    assert database.mails.count_documents({}) == 0
