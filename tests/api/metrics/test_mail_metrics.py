"""Mails in `GET /metrics`: how many wait and since when, and what became of each."""

from datetime import timedelta

import pytest
from bson import ObjectId
from prometheus_client.parser import text_string_to_metric_families

from auth_service.monitoring import mail_backlog
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.values import EXAMPLES
from tests.support.applications import services_of
from tests.support.commands import profiled

TOKEN = "a-token-of-32-bytes-for-prometheus"
TOTAL = "auth_service_mails_total"
GAUGES = ("auth_service_mails_waiting", "auth_service_mails_oldest_seconds", "auth_service_mails_dead")


@pytest.fixture
def counted(app, app_with, tmp_path):
    """An application that counts and sends mail into a folder."""
    return app_with(METRICS_TOKEN=TOKEN, MAIL_URL=f"file:{tmp_path}/mails", MAIL_FROM="no-reply@example.com")


def scraped(app):
    """The samples of mail, by name and labels."""
    text = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {
        (each.name, *each.labels.values()): each.value for each in samples if each.name.startswith("auth_service_mails")
    }


def waiting(database, *, seconds, number=1, state="waiting"):
    """Mails that were queued so long ago."""
    for _ in range(number):
        moment = ObjectId().generation_time - timedelta(seconds=seconds)
        name = ObjectId.from_datetime(moment).binary[:4] + ObjectId().binary[4:]
        database.mails.insert_one({"_id": ObjectId(name), "kind": "reset", "state": state, "dueAt": moment})


def test_every_kind_and_outcome_is_there_before_the_first_mail(counted):
    samples = scraped(counted)
    labels = {each[1:] for each in samples if each[0] == TOTAL}
    assert labels == {(kind, outcome) for kind in Kind for outcome in ("sent", "deferred", "dropped", "dead")}
    assert [samples[(name,)] for name in GAUGES] == [0, 0, 0]


def test_a_mail_that_is_sent_or_dropped_is_counted_by_its_kind(counted):
    mails, worker = services_of(counted).mails, services_of(counted).mail_worker
    mails.put(Kind.KEY_CREATED, values=EXAMPLES[Kind.KEY_CREATED], to="ada@example.com")
    mails.put(Kind.RESET, to="nobody@example.com")
    worker.deliver_due()
    samples = scraped(counted)
    assert samples[(TOTAL, "key_created", "sent")] == 1
    assert samples[(TOTAL, "reset", "dropped")] == 1


def test_the_gauges_say_how_many_wait_and_for_how_long(counted, database):
    waiting(database, seconds=50)
    waiting(database, seconds=700)
    waiting(database, seconds=9000, state="sent")
    waiting(database, seconds=9000, state="dead", number=3)
    samples = scraped(counted)
    assert samples[("auth_service_mails_waiting",)] == 2
    assert samples[("auth_service_mails_oldest_seconds",)] == pytest.approx(700, abs=60)
    assert samples[("auth_service_mails_dead",)] == 3


def test_the_work_is_bounded_however_many_mails_wait(counted, database, monkeypatch):
    monkeypatch.setattr(mail_backlog, "COUNTED", 20)
    waiting(database, seconds=5, number=50)
    with profiled(database, {"ns": f"{database.name}.mails", "command.aggregate": "mails"}) as seen:
        assert mail_backlog.backlog().waiting == 20
    assert sum(each["docsExamined"] for each in seen) == 0
    assert sum(each["keysExamined"] for each in seen) <= 21


def test_without_mail_there_is_no_figure(app, app_with):
    assert scraped(app_with(METRICS_TOKEN=TOKEN)) == {}
