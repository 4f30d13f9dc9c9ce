"""The first admin is checked with the settings: everything that is wrong is said at once, by whoever reads them."""

import pytest

from auth_service.bootstrap.configuration import read_settings
from auth_service.settings.environment import ConfigurationError
from tests.support import shell
from tests.support.settings import environment

GOOD = {"SEED_ADMIN_ON_START": "true", "ADMIN_EMAIL": "admin@example.com", "ADMIN_PASSWORD": "correct horse battery"}
BAD = {**GOOD, "ADMIN_EMAIL": "admin@corp.local", "ADMIN_PASSWORD": "password1", "PORT": "none", "COOKIE_SECURE": "0"}


def problems(*, always_seeds=False, **variables):
    try:
        read_settings(environment(**variables), dotenv=None, always_seeds=always_seeds)
    except ConfigurationError as error:
        return error.problems
    return []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"ADMIN_PASSWORD": "password1"}, "ADMIN_PASSWORD is refused: Is one of the most common passwords."),
        ({"ADMIN_PASSWORD": "short"}, "ADMIN_PASSWORD is refused: Must have 8 to 1024 characters."),
        ({"ADMIN_PASSWORD": "x" * 1025}, "ADMIN_PASSWORD is refused: Must have 8 to 1024 characters."),
        ({"ADMIN_PASSWORD": "my-admin-pass"}, "ADMIN_PASSWORD is refused: Must not contain the e-mail address"),
        ({"ADMIN_PASSWORD": "notes service"}, "ADMIN_PASSWORD is refused: Must not contain the name of the service."),
        ({"ADMIN_EMAIL": "admin"}, "ADMIN_EMAIL is not an address that can register"),
        ({"ADMIN_EMAIL": "admin@corp.local"}, "ADMIN_EMAIL is not an address that can register"),
    ],
)
def test_an_admin_who_would_be_refused_as_an_account_is_a_problem_of_the_variable(change, complaint):
    assert problems(APP_NAME="notes", **GOOD) == []
    (found,) = problems(APP_NAME="notes", **{**GOOD, **change})
    assert found.startswith(complaint)


def test_all_problems_are_reported_at_once_and_no_value_with_them():
    found = problems(**BAD)
    assert sorted(each.split()[0] for each in found) == ["ADMIN_EMAIL", "ADMIN_PASSWORD", "COOKIE_SECURE", "PORT"]
    assert not [each for each in found if "password1" in each or "corp.local" in each]


def test_an_admin_that_nobody_creates_is_no_problem_unless_the_program_always_creates_one():
    unused = {**BAD, "SEED_ADMIN_ON_START": "false", "PORT": None, "COOKIE_SECURE": None}
    assert problems(**unused) == []
    assert len(problems(**unused, always_seeds=True)) == 2


@pytest.mark.edge
@pytest.mark.parametrize("command", [("doctor",), ("users", "list"), ("routes",)], ids=" ".join)
def test_the_commands_report_them_too(tmp_path, command):
    refused = shell.run(*command, folder=tmp_path, **{**GOOD, "ADMIN_PASSWORD": "password1", "COOKIE_SECURE": "false"})
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "ADMIN_PASSWORD is refused" in refused.stderr
    assert "COOKIE_SECURE must not be false" in refused.stderr
