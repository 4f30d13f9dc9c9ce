"""The thread that sends mail: it outlives every failure, and ends with its process."""

import logging
import smtplib
import threading

import pytest

from auth_service.app import start_worker
from auth_service.services.mail import worker as workers
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.transport import Unreachable
from auth_service.services.mail.values import EXAMPLES
from auth_service.services.mail.worker import MailWorker
from tests.support.applications import services_of
from tests.support.mail.smtp_server import SMTPServer
from tests.support.server import Server, wait_until

SENDER = "Example <no-reply@example.com>"


class Deliveries:
    """A delivery whose outcomes are given: exceptions, or whether there was a mail."""

    def __init__(self, *outcomes):
        self.outcomes, self.count = list(outcomes), 0

    def deliver_next(self):
        self.count += 1
        outcome = self.outcomes.pop(0) if self.outcomes else False
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(workers, "PAUSE", 0.02)
    monkeypatch.setattr(workers, "LONGEST_REST", 0.05)


@pytest.fixture
def run():
    """Runs a worker in a thread until the test is over."""
    over = threading.Event()

    def start(delivery, is_stopping=over.is_set):
        worker = MailWorker(delivery=delivery, filled=threading.Event(), is_ready=lambda: True)
        worker._is_stopping = is_stopping
        thread = threading.Thread(target=worker.run, daemon=True)
        thread.start()
        threads.append(thread)
        return worker

    threads = []
    yield start
    over.set()
    for thread in threads:
        thread.join(20)


@pytest.mark.parametrize(
    "failure", [RuntimeError("canary"), KeyError("canary"), MemoryError(), smtplib.SMTPException(), Unreachable("away")]
)
def test_no_exception_ends_the_thread(run, impatient, caplog, failure):
    delivery = Deliveries(failure, failure, True, True)
    run(delivery)
    wait_until(lambda: delivery.outcomes == [], 20)
    assert "canary" not in caplog.text
    assert len([each for each in caplog.records if each.levelno == logging.ERROR]) == 1


def test_a_stopping_worker_finishes_the_mail_under_way_and_takes_no_more(run):
    begun, may_end, finished, ends = threading.Event(), threading.Event(), threading.Event(), threading.Event()

    class Slow(Deliveries):
        def deliver_next(self):
            super().deliver_next()
            begun.set()
            may_end.wait(20)
            finished.set()
            return True

    delivery = Slow()
    worker = run(delivery, is_stopping=lambda: False)
    begun.wait(20)
    threading.Thread(target=lambda: (worker.finish(), ends.set()), daemon=True).start()
    assert not ends.wait(0.2)
    may_end.set()
    assert ends.wait(20)
    assert finished.is_set()
    assert delivery.count == 1


def test_with_mail_workers_off_a_process_that_serves_sends_nothing(app, app_with, tmp_path):
    app = app_with(MAIL_URL=f"file:{tmp_path}", MAIL_FROM=SENDER, MAIL_WORKERS="false")
    over = threading.Event()
    before = {thread.name for thread in threading.enumerate()}
    start_worker(app, is_stopping=over.is_set)
    over.set()
    assert "mail" not in {thread.name for thread in threading.enumerate()} - before


@pytest.mark.edge
def test_a_server_that_stops_while_a_mail_is_handed_over_sends_it_once(mail_app, database, db_url):
    values = EXAMPLES[Kind.NEW_DEVICE]
    with SMTPServer(seconds=2) as smtp:
        variables = {"DB_URL": db_url, "MAIL_URL": smtp.url(), "MAIL_FROM": SENDER}
        for number in range(3):
            services_of(mail_app).mails.put(Kind.NEW_DEVICE, to=f"{number}@example.com", values=values)
        with Server(**variables):
            wait_until(lambda: ("DATA", False) in smtp.heard, 30)
        sent = database.mails.count_documents({"state": "sent"})
        assert 1 <= sent < 3
        assert len(smtp.received) == sent
