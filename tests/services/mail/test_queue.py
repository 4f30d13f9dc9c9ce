"""A mail in the queue is sent at least once, and what was sent keeps nothing personal."""

from bson import ObjectId

from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.values import EXAMPLES
from tests.support.applications import services_of

VALUES = EXAMPLES[Kind.KEY_CREATED]


def test_a_mail_arrives_once(mail_app, mailbox):
    services_of(mail_app).mails.put(Kind.KEY_CREATED, to="ada@example.com", values=VALUES)
    (message,) = mailbox.deliver()
    assert message["To"] == "ada@example.com"
    assert mailbox.deliver() == []


def test_a_sent_mail_keeps_no_address(mail_app, mailbox, database):
    services_of(mail_app).mails.put(Kind.KEY_CREATED, to="ada@example.com", values=VALUES)
    mailbox.deliver()
    (stored,) = database.mails.find()
    assert stored["state"] == "sent"
    assert not {"to", "values"} & stored.keys()


def test_a_mail_to_a_user_who_is_gone_is_dropped(mail_app, mailbox, database):
    services_of(mail_app).mails.put(Kind.KEY_CREATED, user_id=ObjectId())
    assert mailbox.deliver() == []
    assert database.mails.count_documents({}) == 0


def test_one_notice_of_a_kind_goes_out_in_an_hour(mail_app, mailbox, database, clock):
    mails = services_of(mail_app).mails
    for _ in range(3):
        mails.put(Kind.KEY_CREATED, to="ada@example.com", values=VALUES)
    assert len(mailbox.deliver()) == 1
    assert database.audit_events.count_documents({"type": "mail_suppressed"}) == 2
    clock.advance(hours=1, seconds=1)
    mails.put(Kind.KEY_CREATED, to="ada@example.com", values=VALUES)
    assert len(mailbox.deliver()) == 1


def test_the_next_mail_that_is_due_is_found_without_looking_at_the_others(mail_app, database):
    for number in range(50):
        services_of(mail_app).mails.put(Kind.KEY_CREATED, to=f"{number}@example.com")
    due = {"state": "waiting", "$expr": {"$lte": ["$dueAt", "$$NOW"]}}
    plan = database.mails.find(due).sort([("dueAt", 1), ("_id", 1)]).limit(1).explain()
    assert plan["executionStats"]["totalDocsExamined"] == 1
