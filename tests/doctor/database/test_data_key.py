"""What the doctor says of the key that seals secrets, and of passkeys."""

import pytest

from tests.support.factors.apps import KEY, OTHER_KEY
from tests.support.factors.authenticator import Authenticator
from tests.support.factors.fixtures import ORIGIN

CHECK = "data key"


def test_without_second_factors_there_is_nothing_to_say(doctor):
    assert CHECK in doctor().at("ok")
    assert CHECK in doctor(DATA_KEY=KEY).at("ok")


def test_accounts_that_cannot_log_in_are_a_problem(doctor, holder):
    report = doctor()
    assert CHECK in report.at("problem")
    assert "cannot log in" in report.sentences(CHECK)
    assert CHECK in doctor(DATA_KEY=KEY).at("ok")


def test_the_previous_key_is_needed_until_everything_is_sealed_anew(doctor, holder, app_with):
    rotated = {"DATA_KEY": OTHER_KEY, "DATA_KEY_PREVIOUS": KEY}
    assert "factors reseal" in doctor(**rotated).sentences(CHECK)
    app_with(prepared=False, **rotated).test_cli_runner().invoke(args=["factors", "reseal"])
    assert "can go now" in doctor(**rotated).sentences(CHECK)
    assert CHECK in doctor(DATA_KEY=OTHER_KEY).at("ok")


def test_secrets_of_an_unknown_key_are_a_problem(doctor, holder):
    report = doctor(DATA_KEY=OTHER_KEY)
    assert CHECK in report.at("problem")
    assert "1 secrets" in report.sentences(CHECK)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (None, "nobody can use them"),
        ("https://10.0.0.1", "nobody can use them"),
        ("https://moved.example.com", "another host"),
    ],
)
def test_passkeys_that_nobody_can_use_are_a_problem(doctor, member, url, words):
    assert member.add_passkey(Authenticator(ORIGIN).create(member.creation_options())).status_code == 201
    report = doctor(DATA_KEY=KEY, PUBLIC_URL=url)
    assert CHECK in report.at("problem")
    assert words in report.sentences(CHECK)
    assert CHECK in doctor(DATA_KEY=KEY, PUBLIC_URL=ORIGIN).at("ok")


@pytest.mark.parametrize(
    ("url", "level"),
    [
        (None, "warning"),
        ("https://10.0.0.1", "warning"),
        ("https://auth.example.com", "ok"),
        ("http://localhost", "ok"),
    ],
)
def test_where_passkeys_can_be_made_is_said(doctor, url, level):
    assert "passkeys" in doctor(DATA_KEY=KEY, PUBLIC_URL=url).at(level)
