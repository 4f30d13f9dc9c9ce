"""`doctor` on an installation in many states."""

import re
from datetime import datetime, timedelta, timezone

import pytest
from pymongo import MongoClient

from auth_service.database import indexes
from auth_service.development.mongod import Mongod, free_port
from auth_service.doctor.findings import Level


def test_an_installation_in_order_gets_a_line_for_every_check(doctor):
    report = doctor()
    assert report.code == 0
    assert report.at("ok", "warning") == {
        *("names", "secrets", "cookie", "origins", "durations", "refresh grace", "confirmation"),
        *("replica set", "clock", "TTL monitor", "indexes", "previous secret", "client address", "geo file"),
        *("migrations", "import", "key file", "signing keys", "mail", "data key", "passkeys"),
    }
    assert report.at("warning") == {"replica set"}  # of one member


def test_an_index_that_is_missing_or_wrong_is_a_problem_until_it_is_mended(doctor, database):
    database.users.drop_index("email_1")
    database.sessions.drop_index("purgeAt_1")
    database.sessions.create_index("purgeAt", expireAfterSeconds=3600)
    try:
        report = doctor()
        assert report.code == 1
        assert report.at("problem") == {"indexes"}
        assert "users lacks email_1" in report.sentences("indexes")
        assert "sessions has purgeAt_1 with expireAfterSeconds 3600" in report.sentences("indexes")
    finally:
        database.sessions.drop_index("purgeAt_1")
        indexes.ensure_indexes()


def test_settings_that_contradict_each_other_are_reported_with_what_to_do(doctor):
    report = doctor(
        APP_ENV="development",
        JWT_SECRET="short",
        COOKIE_SAME_SITE="none",
        JWT_ACCESS_EXPIRES_IN="30d",
        SESSION_TOUCH_INTERVAL="3d",
    )
    assert report.code == 1
    assert report.at("problem") == {"cookie"}
    assert report.at("warning") == {"secrets", "cookie", "durations"}
    assert "SESSION_TOUCH_INTERVAL (3d)" in report.sentences("durations")


def test_settings_that_are_merely_odd_do_not_fail(doctor):
    report = doctor(CORS_ORIGINS="http://app.example.com", REFRESH_RACE_WINDOW="10m")
    assert report.code == 0
    assert {"origins", "durations"} <= report.at("warning")


@pytest.mark.edge
def test_a_variable_that_looks_like_a_setting_and_is_none_is_named(doctor):
    report = doctor(DB_URL=f"mongodb://127.0.0.1:{free_port()}/x", JWT_ACCES_EXPIRES_IN="5m", SESSION_LIFETIME="1d")
    assert "did you mean JWT_ACCESS_EXPIRES_IN?" in report.sentences("names")
    assert "SESSION_LIFETIME is not read" in report.sentences("names")
    assert "names" in report.at("warning")


@pytest.mark.edge
def test_a_database_that_does_not_answer_is_one_problem_and_the_rest_is_still_checked(doctor):
    report = doctor(DB_URL=f"mongodb://user:hidden@127.0.0.1:{free_port()}/nowhere")
    assert report.code == 1
    assert report.at("problem") == {"database"}
    assert "no answer from 127.0.0.1" in report.sentences("database")
    assert "hidden" not in report.sentences("database")
    assert {"secrets", "geo file"} <= report.at("ok")
    assert not report.at(*Level) & {"replica set", "clock", "TTL monitor", "indexes", "client address"}


OLD = "the-secret-of-the-weeks-before-0123456789-abcdef"


def test_doctor_says_how_long_the_previous_secret_is_needed(doctor, database, app_with):
    database.signing_secrets.delete_many({})
    app_with(JWT_SECRET=OLD)
    assert "was not yet started with" in doctor(JWT_SECRET_PREVIOUS=OLD).sentences("previous secret")
    app_with(JWT_SECRET_PREVIOUS=OLD)
    changed = datetime.now(timezone.utc)
    report = doctor(JWT_SECRET_PREVIOUS=OLD)
    until = re.search(r"is needed until (\S+ \S+) UTC", report.sentences("previous secret"))[1]
    assert abs(datetime.fromisoformat(f"{until}+00:00") - changed - timedelta(days=14)) < timedelta(minutes=2)
    assert "previous secret" in report.at("ok")

    long_ago = changed - timedelta(days=15)
    database.signing_secrets.update_many({"replacedAt": {"$ne": None}}, {"$set": {"replacedAt": long_ago}})
    report = doctor(JWT_SECRET_PREVIOUS=OLD)
    assert "previous secret" in report.at("warning")
    assert "JWT_SECRET_PREVIOUS can go now" in report.sentences("previous secret")
    assert report.code == 0


FAIL_POINTS = ("--setParameter", "enableTestCommands=1")


@pytest.mark.edge
def test_a_ttl_monitor_that_is_off_is_a_problem_and_one_that_may_not_be_asked_about_a_warning(doctor, tmp_path):
    with Mongod(tmp_path / "mongodb", options=FAIL_POINTS) as mongod, MongoClient(mongod.url) as client:
        url = mongod.url.replace("/?", "/doctor?")
        client.admin.command({"setParameter": 1, "ttlMonitorEnabled": False})
        report = doctor(DB_URL=url)
        assert {"TTL monitor", "indexes", "migrations"} == report.at("problem")  # nobody has prepared this database
        assert "ttlMonitorEnabled: true" in report.sentences("TTL monitor")

        client.admin.command({"setParameter": 1, "ttlMonitorEnabled": True})
        refusal = {"errorCode": 13, "failCommands": ["getParameter", "listIndexes"]}
        client.admin.command({"configureFailPoint": "failCommand", "mode": "alwaysOn", "data": refusal})
        report = doctor(DB_URL=url)
        assert report.at("warning") == {"TTL monitor", "replica set"}
        assert "may not read" in report.sentences("TTL monitor")
        assert "its user may not do" in report.sentences("indexes")
