"""What `doctor` says of mail: half a configuration, a server that takes none, texts, a queue that does not empty."""

from datetime import timedelta

import pytest
from bson import ObjectId

from tests.support.mail.smtp_server import SMTPServer

FROM = {"MAIL_FROM": "no-reply@example.com"}


@pytest.fixture
def into_folder(tmp_path):
    return {"MAIL_URL": f"file:{tmp_path}/mails", **FROM}


@pytest.fixture
def waiting(database):
    """Puts a mail into the queue that has waited for so long."""

    def wait(age, state="waiting"):
        began = (ObjectId().generation_time - age).timestamp()
        name = ObjectId(int(began).to_bytes(4, "big") + ObjectId().binary[4:])
        database.mails.insert_one({"_id": name, "kind": "reset", "state": state, "dueAt": name.generation_time})

    return wait


def test_no_mail_is_a_choice(doctor):
    report = doctor()
    assert "mail" in report.at("ok")
    assert "MAIL_URL is not set" in report.sentences("mail")
    assert report.sentences("mail queue") == ""


@pytest.mark.parametrize(
    "changes", [FROM, {"MAIL_WORKERS": "false"}, {"MAIL_TEMPLATES": "."}], ids=lambda each: next(iter(each))
)
def test_half_a_configuration_is_a_warning(doctor, changes):
    report = doctor(**changes)
    assert "mail" in report.at("warning")
    assert f"{next(iter(changes))} without MAIL_URL" in report.sentences("mail")


def test_a_server_that_takes_mail_is_in_order(doctor):
    with SMTPServer() as server:
        report = doctor(MAIL_URL=server.url(), REGISTER_VERIFY="true", **FROM)
    assert report.code == 0
    assert {"mail", "mail queue"} <= report.at("ok")
    assert not {"mail", "mail queue"} & report.at("warning", "problem")


def test_a_server_that_does_not_answer_is_a_problem_whose_report_has_no_password(doctor):
    with SMTPServer() as server:
        url = server.url("user:hidden-canary")
    report = doctor(MAIL_URL=url, **FROM)
    assert report.code == 1
    assert "mail" in report.at("problem")
    assert f"127.0.0.1:{server.port} takes no mail" in report.sentences("mail")
    assert "hidden-canary" not in str(report.findings)


def test_a_folder_is_no_mail_outside_development(doctor, into_folder):
    assert "nobody gets any mail" in doctor(**into_folder).sentences("mail")
    assert "nobody gets any mail" not in doctor(APP_ENV="development", **into_folder).sentences("mail")


def test_registering_addresses_of_others_is_a_warning_where_mail_could_prevent_it(doctor, into_folder):
    assert "REGISTER_VERIFY=true" in doctor(**into_folder).sentences("mail")
    for changes in ({"REGISTER_VERIFY": "true"}, {"REGISTRATION": "closed"}):
        assert "REGISTER_VERIFY" not in doctor(**into_folder, **changes).sentences("mail")


def test_a_text_that_cannot_be_made_is_a_problem_that_names_it(doctor, into_folder, tmp_path):
    (tmp_path / "texts" / "en").mkdir(parents=True)
    (tmp_path / "texts" / "en" / "reset.txt").write_text("Subject: x\n\n{{ codee }}\n")
    report = doctor(MAIL_TEMPLATES=tmp_path / "texts", **into_folder)
    assert report.code == 1
    assert "en/reset.txt" in report.sentences("mail")
    assert "codee" in report.sentences("mail")


def test_a_mail_that_waits_for_long_is_a_problem(doctor, into_folder, waiting):
    waiting(timedelta(minutes=2))
    assert "mail queue" in doctor(**into_folder).at("ok")
    waiting(timedelta(hours=2))
    report = doctor(**into_folder)
    assert "mail queue" in report.at("problem")
    assert "2 wait, the oldest since" in report.sentences("mail queue")
    assert "`mail run`, because MAIL_WORKERS is false" in doctor(MAIL_WORKERS="false", **into_folder).sentences(
        "mail queue"
    )


def test_dead_mails_are_a_warning(doctor, into_folder, waiting):
    waiting(timedelta(days=2), state="dead")
    report = doctor(**into_folder)
    assert "mail queue" in report.at("warning")
    assert "1 could not be sent" in report.sentences("mail queue")
    assert report.code == 0
