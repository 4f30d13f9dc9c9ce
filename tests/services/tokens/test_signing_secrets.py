"""What is remembered of the secrets, and what the doctor makes of it."""

from datetime import timedelta

import pytest

from auth_service.doctor.database import previous_secret
from auth_service.services.tokens.signing_secrets import SigningSecrets
from auth_service.settings.settings import Settings
from tests.support.parallel import at_once
from tests.support.settings import environment

FIRST, SECOND, THIRD = (f"{number}-secret-0123456789-abcdefghijklmnopqrstuvwxyz" for number in ("1st", "2nd", "3rd"))


def tokens(present, previous=None, **variables):
    given = {"JWT_SECRET": present, "JWT_SECRET_PREVIOUS": previous, **variables}
    return Settings.from_env(environment(**given), dotenv=None).tokens


@pytest.fixture
def start(database, clock):
    """Starts a process with a secret, as far as the record goes."""
    database.signing_secrets.delete_many({})
    clock.freeze()

    def begin(present, previous=None, **variables):
        SigningSecrets(clock=clock, settings=tokens(present, previous, **variables)).record()

    return begin


@pytest.fixture
def said(clock):
    """What the doctor says of the previous secret."""

    def ask(present, previous=None, **variables):
        (finding,) = previous_secret.examine(tokens(present, previous, **variables), now=clock.now())
        return str(finding)

    return ask


def until(moment):
    return f"is needed until {moment:%Y-%m-%d %H:%M} UTC"


def test_without_a_previous_secret_there_is_nothing_to_say(start, said):
    start(FIRST)
    assert "is not set" in said(FIRST)


def test_it_is_needed_for_one_refresh_lifetime_after_the_change(start, said, clock):
    start(FIRST)
    clock.advance(days=100)
    start(SECOND, FIRST)
    end = clock.now() + timedelta(days=14)
    assert until(end) in said(SECOND, FIRST)
    clock.freeze(end - timedelta(seconds=1))
    assert until(end) in said(SECOND, FIRST)
    clock.freeze(end)
    assert "warning  previous secret: JWT_SECRET_PREVIOUS can go now" in said(SECOND, FIRST)


def test_a_restart_does_not_move_the_date(start, said, clock):
    start(FIRST)
    start(SECOND, FIRST)
    end = clock.now() + timedelta(days=14)
    clock.advance(days=3)
    start(SECOND, FIRST)
    assert until(end) in said(SECOND, FIRST)


def test_the_lifetime_is_the_configured_one(start, said, clock):
    start(FIRST)
    start(SECOND, FIRST)
    assert until(clock.now() + timedelta(days=2)) in said(SECOND, FIRST, JWT_REFRESH_EXPIRES_IN="2d")


def test_after_a_change_back_the_date_counts_from_the_last_change(start, said, clock):
    for secret in (FIRST, SECOND, FIRST):
        start(secret)
        clock.advance(days=5)
    assert "is needed: the service was not yet started" in said(SECOND, FIRST)
    start(SECOND, FIRST)
    assert until(clock.now() + timedelta(days=14)) in said(SECOND, FIRST)


def test_an_old_worker_that_restarts_in_between_is_noticed(start, said, clock):
    start(FIRST)
    start(SECOND, FIRST)
    clock.advance(minutes=5)
    start(FIRST)
    start(SECOND, FIRST)
    assert until(clock.now() + timedelta(days=14)) in said(SECOND, FIRST)


def test_a_secret_from_before_the_last_has_a_date_of_its_own(start, said, clock):
    start(FIRST)
    start(SECOND, FIRST)
    end = clock.now() + timedelta(days=14)
    clock.advance(days=1)
    start(THIRD, FIRST)
    assert until(end) in said(THIRD, FIRST)
    assert until(end + timedelta(days=1)) in said(THIRD, SECOND)


def test_a_secret_that_was_used_before_there_was_a_record_is_given_a_whole_lifetime(start, said, clock):
    start(SECOND, FIRST)
    assert until(clock.now() + timedelta(days=14)) in said(SECOND, FIRST)


def test_a_secret_that_is_only_to_come_may_stay(start, said, clock):
    start(FIRST)
    clock.advance(days=100)
    assert "ok       previous secret: JWT_SECRET_PREVIOUS has signed nothing here" in said(FIRST, SECOND)


def test_before_the_first_start_with_the_present_secret_it_is_needed(start, said):
    assert "is needed" in said(SECOND, FIRST)
    start(FIRST)
    assert "is needed" in said(SECOND, FIRST)


def test_a_change_of_the_access_secret_alone_is_over_with_the_last_access_token(start, said, clock):
    start(FIRST, JWT_REFRESH_SECRET=THIRD)
    start(SECOND, FIRST, JWT_REFRESH_SECRET=THIRD)
    assert until(clock.now() + timedelta(minutes=5)) in said(SECOND, FIRST, JWT_REFRESH_SECRET=THIRD)
    clock.advance(minutes=5)
    assert "can go now" in said(SECOND, FIRST, JWT_REFRESH_SECRET=THIRD)


def test_many_workers_that_start_at_once_make_one_record_of_each_kind(start, database):
    start(FIRST)
    at_once(*[lambda: start(SECOND, FIRST)] * 16)
    assert database.signing_secrets.count_documents({"replacedAt": None}) == 2
    assert database.signing_secrets.count_documents({}) == 4


def test_no_secret_is_stored(start, database):
    start(FIRST, SECOND, JWT_REFRESH_SECRET=THIRD)
    stored = str(list(database.signing_secrets.find()))
    assert not any(secret in stored or secret.encode().hex() in stored for secret in (FIRST, SECOND, THIRD))


def test_every_preparation_keeps_the_record(app, services, database, clock):
    database.signing_secrets.delete_many({})
    services.readiness.prepare()
    assert {record["kind"] for record in database.signing_secrets.find()} == {"access", "refresh"}
