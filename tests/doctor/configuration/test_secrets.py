"""The doctor and the start call the same secrets weak."""

import pytest

from auth_service.doctor import examination
from auth_service.doctor.configuration import secrets
from auth_service.doctor.findings import Level
from auth_service.settings.environment import ConfigurationError
from auth_service.settings.settings import Settings
from tests.support.settings import SECRET, environment

OK, WARNING, *_ = Level


def settings(**variables):
    return Settings.from_env(environment(**variables), dotenv=None)


def levels(findings):
    return [finding.level for finding in findings]


def test_the_default_settings_give_no_cause_for_complaint():
    assert set(levels(examination.examine_configuration(settings()))) == {OK}


@pytest.mark.parametrize("secret", ["short", "a" * 64, "abcdefg" * 10, "0123456789" * 3, "0123456789" * 4])
def test_a_secret_is_weak_by_the_rule_of_the_start(secret):
    try:
        settings(JWT_SECRET=secret)
        accepted = True
    except ConfigurationError:
        accepted = False
    found = secrets.examine(settings(APP_ENV="development", JWT_SECRET=secret))
    assert levels(found) == [OK if accepted else WARNING]
    assert accepted or "JWT_SECRET is weak" in str(found[0])
    assert secret not in str(found[0])


def test_only_the_weak_one_of_two_secrets_is_named():
    (found,) = secrets.examine(settings(APP_ENV="development", JWT_REFRESH_SECRET="short"))
    assert "JWT_REFRESH_SECRET is weak" in found.sentence


def test_a_secret_that_signs_nothing_is_a_warning():
    both = {"JWT_ACCESS_SECRET": f"a{SECRET}", "JWT_REFRESH_SECRET": f"r{SECRET}"}
    assert levels(secrets.examine(settings(**both))) == [OK, WARNING]
    assert levels(secrets.examine(settings(JWT_SECRET=None, **both))) == [OK]
