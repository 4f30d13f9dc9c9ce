"""`mail …`: what an operator sees of the queue, dead mails once more, a test mail, and a process that sends."""

import re
import signal
import subprocess
from datetime import timedelta

import pytest
from bson import ObjectId

from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.values import EXAMPLES
from tests.support import shell
from tests.support.applications import services_of
from tests.support.mail.mailbox import parsed
from tests.support.server import wait_until

REFUSAL = "550 5.1.1 no such user"


@pytest.fixture
def command(mail_app):
    """Runs a command of the application that sends mail."""
    return lambda *arguments: mail_app.test_cli_runner().invoke(args=["mail", *arguments])


@pytest.fixture
def dead(mail_app, mailbox, database, clock):
    """Puts a mail into the queue that was given up; its id."""

    def give_up(error=REFUSAL, **fields):
        services_of(mail_app).mails.put(
            Kind.KEY_CREATED, values=EXAMPLES[Kind.KEY_CREATED], **(fields or {"to": "ada@example.com"})
        )
        mail = services_of(mail_app).mails.claim()
        services_of(mail_app).mails.bury(mail, error=error)
        return str(mail["_id"])

    return give_up


def test_status_tells_what_waits_what_is_dead_and_whether_the_server_answers(command, mail_app, dead):
    dead()
    for _ in range(2):
        services_of(mail_app).mails.put(Kind.KEY_CREATED, values=EXAMPLES[Kind.KEY_CREATED], to="ada@example.com")
    lines = dict(
        line.split(maxsplit=1) for line in command("status").stdout.splitlines() if not line.startswith("sent")
    )
    assert re.fullmatch(r"2, the oldest since \d{4}-\d\d-\d\d \d\d:\d\d UTC", lines["waiting"])
    assert (lines["dead"], lines["answers"]) == ("1", "yes")
    assert lines["server"].startswith("file:")
    assert lines["sender"] == "Example <no-reply@example.com>"


def test_status_tells_why_the_server_takes_no_mail(app, app_with, tmp_path):
    (tmp_path / "file").write_text("")
    away = app_with(MAIL_URL=f"file:{tmp_path}/file/mails", MAIL_FROM="a@example.com", MAIL_WORKERS="false")
    told = away.test_cli_runner().invoke(args=["mail", "status"])
    assert told.exit_code == 0
    assert "answers  no: the folder of the mails cannot be made" in told.stdout
    assert "sent by  `mail run`" in told.stdout


def test_dead_tells_to_whom_and_why(command, dead, user, clock):
    first, second = dead(), dead(user_id=ObjectId(user.user_id))
    gone = dead(user_id=ObjectId())
    told = command("dead").stdout.splitlines()
    moment = f"{clock.now():%Y-%m-%d %H:%M}"
    assert told == [
        f"{first}  {moment}  key_created  ada@example.com  {REFUSAL}",
        f"{second}  {moment}  key_created  {user.email}  {REFUSAL}",
        f"{gone}  {moment}  key_created  its user is gone  {REFUSAL}",
    ]


def test_what_a_server_said_does_not_steer_the_terminal(command, dead):
    dead(error="550 \x1b[2J\x9b31m\r\nno")
    (line,) = command("dead").stdout.splitlines()
    assert line.endswith("550 ?[2J?31m??no")


def test_a_dead_mail_is_sent_again_and_keeps_its_message_id(command, mailbox, dead, database, clock):
    name, other = dead(), dead(to="eve@example.com")
    clock.advance(days=20)
    told = command("retry", name)
    assert (told.exit_code, told.stdout) == (0, "1 mail waits again\n")
    assert database.mails.find_one({"_id": ObjectId(name)})["purgeAt"] > clock.now() + timedelta(days=29)
    (message,) = mailbox.deliver()
    assert message["To"] == "ada@example.com"
    assert message["Message-ID"].startswith(f"<{name}@")
    assert [each["state"] for each in database.mails.find({"_id": ObjectId(other)})] == ["dead"]


def test_retry_all_queues_each_of_them(command, mailbox, dead):
    for number in range(3):
        dead(to=f"{number}@example.com")
    assert command("retry", "--all").stdout == "3 mails wait again\n"
    assert len(mailbox.deliver()) == 3
    assert command("retry", "--all").stdout == "0 mails wait again\n"


def test_a_mail_that_is_not_dead_is_not_retried(command, mail_app, database, mailbox):
    services_of(mail_app).mails.put(Kind.KEY_CREATED, values=EXAMPLES[Kind.KEY_CREATED], to="ada@example.com")
    mailbox.deliver()
    refused = command("retry", str(database.mails.find_one()["_id"]))
    assert (refused.exit_code, "No dead mail has the id" in refused.stderr) == (1, True)
    assert mailbox.deliver() == []


@pytest.mark.parametrize("arguments", [(), ("--all", "0" * 24), ("x",), ("0" * 23,), ("$ne",)])
def test_retry_wants_one_id_or_all(command, arguments):
    assert command("retry", *arguments).exit_code == 2


def test_a_test_mail_goes_out_at_once_and_past_the_queue(command, mailbox, database):
    told = command("test", "Ada@Example.com")
    assert (told.exit_code, "took a mail to ada@example.com" in told.stdout) == (0, True)
    (path,) = mailbox.folder.glob("*.eml")
    message = parsed(path)
    assert (message["To"], message["Subject"]) == ("ada@example.com", "Test mail from auth_service")
    assert database.mails.count_documents({}) == 0


def test_a_test_mail_that_is_not_taken_says_why(app, app_with, tmp_path):
    (tmp_path / "file").write_text("")
    away = app_with(MAIL_URL=f"file:{tmp_path}/file/mails", MAIL_FROM="a@example.com")
    refused = away.test_cli_runner().invoke(args=["mail", "test", "ada@example.com"])
    assert refused.exit_code == 1
    assert "did not take it: the folder of the mails cannot be written" in refused.stderr


def test_a_test_mail_to_no_address_is_refused(command, mailbox):
    assert command("test", "ada@localhost").exit_code == 1
    assert list(mailbox.folder.glob("*")) == []


@pytest.mark.parametrize("arguments", [("status",), ("retry", "--all"), ("test", "ada@example.com"), ("run",)])
def test_without_mail_each_command_says_so(app, arguments):
    refused = app.test_cli_runner().invoke(args=["mail", *arguments])
    assert (refused.exit_code, refused.stderr) == (1, "Error: The service sends no mail: set MAIL_URL and MAIL_FROM.\n")


@pytest.mark.edge
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_sends_until_it_is_told_to_stop(mail_app, db_url, tmp_path, number):
    folder = tmp_path / "mails"
    variables = {"DB_URL": db_url, "MAIL_URL": f"file:{folder}", "MAIL_FROM": "a@example.com", "MAIL_WORKERS": "false"}
    with (tmp_path / "log").open("w+") as log:
        process = subprocess.Popen(
            [*shell.PROGRAM, "mail", "run"],
            **shell.surroundings(tmp_path, **variables),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            for count in (1, 2):
                services_of(mail_app).mails.put(
                    Kind.KEY_CREATED, values=EXAMPLES[Kind.KEY_CREATED], to=f"{count}@example.com"
                )
                wait_until(lambda count=count: len(list(folder.glob("*.eml"))) == count, 60)
            process.send_signal(number)
            assert process.wait(30) == 0
        finally:
            process.kill()
            process.wait()
        log.seek(0)
        assert "Traceback" not in log.read()
