"""What is remembered of the published keys, and what the doctor makes of it."""

from datetime import timedelta

import pytest

from auth_service.doctor import signing_keys
from auth_service.services.tokens.published_keys import PublishedKeys, recorded
from tests.support.keys.files import new_key, variables, written
from tests.support.parallel import at_once
from tests.support.settings import settings

A, B, C = "first", "second", "third"
OK, DIFFERS = "the file is that of the latest start", "the file is not the one of the latest start"


@pytest.fixture
def start(database, clock):
    """Starts a process with keys of these ids, as far as the record goes."""
    database.signing_keys.delete_many({})
    clock.freeze()
    yield lambda *ids: PublishedKeys(clock=clock, ids=ids).record()
    database.signing_keys.delete_many({})


@pytest.fixture
def said(clock):
    """What the doctor says of a file with keys of these ids, as `LEVEL SENTENCE`."""

    def ask(*ids):
        return " / ".join(
            f"{each.level} {each.sentence}" for each in signing_keys.assess(ids, recorded(), now=clock.now())
        )

    return ask


def test_without_keys_there_is_nothing_to_say(start, said):
    start()
    assert said() == "ok there are none"


def test_before_the_first_start_and_after_it_the_first_file_is_in_order(start, said):
    assert said(A) == "ok the service was not yet started with them"
    start(A)
    assert said(A) == f"ok {OK}"


def test_a_rotation_in_its_order_is_in_order(start, said, clock):
    start(A)
    clock.advance(days=100)
    start(A, B)
    assert said(A, B) == f"ok {OK}"
    clock.advance(days=1)
    assert said(B, A).startswith(f"warning {DIFFERS}")
    assert "/" not in said(B, A)
    start(B, A)
    assert said(B, A) == f"ok {OK}"
    clock.advance(days=1)
    start(B)
    assert said(B) == f"ok {OK}"


def test_a_key_that_was_never_published_must_not_sign(start, said):
    start(A)
    assert "problem the first key of the file was never published" in said(B, A)
    start(A, B)
    start(A)
    assert "problem the first key of the file was never published" in said(B, A)


def test_a_key_that_was_published_a_moment_ago_must_not_sign_yet(start, said, clock):
    start(A)
    clock.advance(days=100)
    start(A, B)
    clock.advance(minutes=59)
    tomorrow = clock.now() - timedelta(minutes=59) + timedelta(days=1)
    assert f"problem restart after {tomorrow:%Y-%m-%d %H:%M} UTC" in said(B, A)
    clock.advance(minutes=1)
    assert "restart after" not in said(B, A)


def test_a_key_that_signed_too_early_is_named_for_a_day(start, said, clock):
    start(A)
    clock.advance(days=100)
    start(A, B)
    clock.advance(minutes=20)
    start(B, A)
    assert said(B, A) == "warning the key that signs had been published for 20 minutes: not all verifiers know it"
    clock.advance(days=1, seconds=1)
    assert said(B, A) == f"ok {OK}"


def test_a_key_that_comes_back_is_new(start, said, clock):
    start(A)
    start(A, B)
    clock.advance(days=10)
    start(A)
    clock.advance(days=10)
    start(A, B)
    clock.advance(minutes=5)
    start(B, A)
    assert "published for 5 minutes" in said(B, A)


@pytest.mark.parametrize("other", [(A,), (B, A), (A, B, C), (A, C), (), (C,)], ids=str)
def test_a_host_with_another_file_differs_from_the_one_that_started_last(start, said, clock, other):
    start(A, B)
    clock.advance(days=1)
    assert said(A, B) == f"ok {OK}"
    start(*other)
    assert f"warning {DIFFERS}" in said(A, B)
    assert DIFFERS not in said(*other)


def test_a_restart_of_the_same_file_moves_no_date(start, clock, database):
    start(A, B)
    before = list(database.signing_keys.find())
    clock.advance(days=3)
    start(A, B)
    assert list(database.signing_keys.find()) == before


def test_a_key_that_signs_for_more_than_a_year_is_named(start, said, clock):
    start(A)
    clock.advance(days=365)
    assert said(A) == f"ok {OK}"
    clock.advance(seconds=1)
    assert "warning the same key signs since" in said(A)


def test_workers_that_start_at_once_leave_one_record_of_each_key(start, database):
    at_once(*[lambda: start(A, B, C)] * 16)
    assert {(each["_id"], "signsSince" in each) for each in database.signing_keys.find()} == {
        (A, True),
        (B, False),
        (C, False),
    }


def test_a_service_records_its_keys_and_nothing_but_their_ids(start, app_with, tmp_path, database, doctor):
    keyed = variables(tmp_path / "keys.pem", new_key(), new_key())
    keys = app_with(**keyed).extensions["auth_service"].services.signing_keys
    found = {each["_id"]: set(each) for each in database.signing_keys.find()}
    assert found == {keys.ids[0]: {"_id", "publishedAt", "signsSince"}, keys.ids[1]: {"_id", "publishedAt"}}
    report = doctor(**keyed)
    assert {"key file", "signing keys"} <= report.at("ok")
    assert "signing keys" in doctor().at("warning")  # a host without the file


@pytest.mark.parametrize(("level", "modes"), [("ok", (0o600, 0o400, 0o640)), ("warning", (0o644, 0o660, 0o602))])
def test_a_file_that_others_can_read_or_replace_is_named(tmp_path, level, modes):
    path = tmp_path / "keys.pem"
    tokens = settings(JWT_KEYS_FILE=written(path, new_key()), PUBLIC_URL="https://auth.example.com").tokens
    for mode in modes:
        path.chmod(mode)
        (finding,) = signing_keys.examine_file(tokens)
        assert (finding.level, f"{mode:04o}" in finding.sentence) == (level, level == "warning")
