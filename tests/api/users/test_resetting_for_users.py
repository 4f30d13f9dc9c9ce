"""POST /users/<id>/password-reset"""

import pytest

from auth_service.errors import Forbidden
from tests.support.api import Api
from tests.support.applications import services_of
from tests.support.errors import code
from tests.support.mail.mailbox import code_in
from tests.support.mail.resets import NEW


@pytest.fixture
def admin(mail_app, admin):
    """The admin, where mail is sent."""
    return Api(mail_app).called(admin.email).logged_in()


@pytest.fixture
def send(admin, owner):
    return lambda user_id=owner.user_id: admin.post(f"/users/{user_id}/password-reset")


def test_the_user_gets_the_code_and_the_admin_never_sees_it(send, owner, forgetful, mailbox):
    response = send()
    assert (response.status_code, response.json) == (202, {"message": "Code sent"})
    (message,) = mailbox.deliver()
    assert message["To"] == owner.email
    assert owner.profile().status_code == 200
    assert forgetful.reset(code_in(message)).status_code == 200
    assert forgetful.called(owner.email, NEW).login().status_code == 200


def test_it_is_in_the_trail_with_the_admin(send, owner, admin, database):
    send()
    (event,) = database.audit_events.find({"type": "password_reset_requested"})
    assert (str(event["userId"]), str(event["actorId"])) == (owner.user_id, admin.user_id)


def test_a_suspended_user_gets_none(send, owner, admin, mailbox):
    assert admin.post(f"/users/{owner.user_id}/suspension").status_code == 200
    mailbox.deliver()
    assert code(send()) == (403, "account_suspended")
    assert mailbox.deliver() == []


def test_what_was_mailed_a_moment_ago_is_not_mailed_again(send, forgetful, mailbox):
    forgetful.ask()
    mailed = mailbox.code()
    assert send().status_code == 202
    assert mailbox.deliver() == []
    assert forgetful.is_good(mailed)


def test_an_admin_who_is_none_any_more_sends_nothing(mail_app, admin, owner, database):
    with pytest.raises(Forbidden):
        services_of(mail_app).password_resets.ask_for(user_id=owner.user_id, actor_id=owner.user_id)
    assert database.mails.count_documents({}) == 0


def test_no_key_of_an_admin_can_do_it(admin, send, mailbox):
    admin.access_token = admin.post("/profile/keys", json={"name": "cron"}).json["secret"]
    assert code(send()) == (403, "not_with_a_key")
