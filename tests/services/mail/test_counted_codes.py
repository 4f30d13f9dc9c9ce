"""What bounds the guesses at codes of six digits is the number of codes that were mailed, or may have been."""

import pytest

from auth_service.services.mail.transport import Unreachable
from tests.support.api import Api
from tests.support.applications import services_of
from tests.support.mail.people import ask_to_verify, verify


@pytest.fixture(scope="session")
def cut_off(app_with):
    """An application whose mail goes nowhere."""
    return app_with(MAIL_URL="file:/proc/nowhere", MAIL_FROM="no-reply@example.com")


def deliver(app):
    return services_of(app).mail_worker.deliver_due()


def test_a_mail_that_was_tried_counts_even_if_its_code_expires_before_it_arrives(app, cut_off, database, clock):
    """Otherwise an outage of the mail server would give a thief as many codes as they ask for."""
    thief = Api(cut_off).registered().logged_in()
    for _ in range(5):
        ask_to_verify(thief)
        with pytest.raises(Unreachable):
            deliver(cut_off)
        for _ in range(5):
            verify(thief, "no such code")
    assert database.mails.count_documents({"decidedAt": {"$exists": True}, "state": "waiting"}) == 5
    clock.advance(minutes=11)
    database.mails.update_many({}, [{"$set": {"dueAt": "$createdAt"}}])
    assert deliver(cut_off) == 5
    assert database.mails.count_documents({"decidedAt": {"$exists": True}, "to": {"$exists": False}}) == 5
    thief.refresh()
    ask_to_verify(thief)
    deliver(cut_off)
    assert database.audit_events.count_documents({"type": "mail_suppressed"}) == 1
    assert "mailedAt" not in database.codes.find_one({})


def test_a_mail_that_brings_no_code_because_another_one_did_does_not_count(mail_user, mailbox, database):
    for _ in range(4):
        ask_to_verify(mail_user)
    assert len(mailbox.deliver()) == 1
    assert database.mails.count_documents({}) == 1
