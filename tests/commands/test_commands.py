"""The operator's commands. What depends on settings, prompts or a dead database runs in a process of its own."""

import re
import sys

import click
import pytest
from flask.cli import cli as flask_cli
from flask.cli import routes_command

from auth_service.app import create_app
from auth_service.commands.cli import MODULES
from auth_service.settings.settings import Settings
from tests.support import shell
from tests.support.settings import environment

PASSWORD = "correct horse battery"


@pytest.fixture
def process(app, db_url, tmp_path):
    """Runs `python -m auth_service …` in a process of its own on the test's database."""

    def process(*arguments, **variables):
        return shell.run(*arguments, folder=tmp_path, **{"DB_URL": db_url, **variables})

    return process


@pytest.fixture
def command(app):
    """Runs a command of the application in this process, which is much quicker."""
    return lambda *arguments, stdin=None: app.test_cli_runner().invoke(args=arguments, input=stdin)


def test_seed_admin_makes_an_admin_once(command, api):
    first = command("seed-admin", "--email", "Root@Example.com", "--password", PASSWORD)
    assert (first.exit_code, first.stdout) == (0, "root@example.com is now an admin\n")
    second = command("seed-admin", "--email", "root@example.com", "--password", "quite another one")
    assert (second.exit_code, second.stdout) == (0, "root@example.com was an admin already\n")
    assert api.called("root@example.com").logged_in().get("/users").status_code == 200


def test_seed_admin_asks_for_the_password_without_echo(process, api):
    outcome = process("seed-admin", "--email", "root@example.com", stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert outcome.returncode == 0
    assert PASSWORD not in outcome.stdout
    api.called("root@example.com").logged_in()


def test_seed_admin_does_not_promote_a_plain_user_with_the_address(command, user, database):
    refused = command("seed-admin", "--email", user.email, "--password", PASSWORD)
    assert refused.exit_code == 1
    assert "is a plain user" in refused.stderr
    assert database.users.count_documents({"role": "admin"}) == 0


@pytest.mark.parametrize(
    ("email", "password", "complaint"),
    [
        ("no address", PASSWORD, "Not a valid email address."),
        ("no address", PASSWORD, "no @-sign"),
        ("ben@company.test", PASSWORD, "domain is reserved"),
        ("a@example.com", "short", "Must have 8 to 1024"),
    ],
)
def test_seed_admin_names_what_is_wrong(command, email, password, complaint):
    refused = command("seed-admin", "--email", email, "--password", password)
    assert refused.exit_code == 1
    assert complaint in refused.stderr
    assert "Traceback" not in refused.stderr


def test_users_list_prints_every_user(command, user, admin):
    lines = command("users", "list").stdout.splitlines()
    assert [line.split()[1] for line in lines] == ["admin", "user"]
    assert [line.split()[-1] for line in lines] == [admin.email, user.email]


def test_users_role_takes_effect_on_the_next_request(command, user):
    assert user.get("/users").status_code == 403
    assert command("users", "role", user.email, "admin").stdout == f"{user.email} is now admin\n"
    assert user.get("/users").status_code == 200


@pytest.mark.parametrize(
    ("email", "role", "complaint"),
    [("nobody@example.com", "admin", "User not found"), ("no address", "admin", "Not a valid email address")],
)
def test_users_role_names_what_is_wrong(command, user, email, role, complaint):
    refused = command("users", "role", email, role)
    assert refused.exit_code == 1
    assert complaint in refused.stderr


def test_the_last_admin_cannot_be_demoted_by_command_either(command, admin):
    refused = command("users", "role", admin.email, "user")
    assert refused.exit_code == 1
    assert "last admin" in refused.stderr


def test_users_password_ends_all_sessions(command, user):
    new = "an entirely new one"
    changed = command("users", "password", user.email, stdin=f"{new}\n{new}\n")
    assert changed.exit_code == 0
    assert new not in changed.stdout
    ended = user.verify()
    assert (ended.status_code, ended.json["code"]) == (401, "password_changed")
    assert user.login().status_code == 401
    assert user.login(password=new).status_code == 200


def test_ensure_indexes_makes_what_is_missing(command, database):
    database.users.drop_index("email_1")
    assert command("ensure-indexes").exit_code == 0
    assert database.users.index_information()["email_1"]["unique"]


def test_secrets_new_prints_a_strong_secret_and_nothing_else_with_settings_or_without(command, process):
    unconfigured = process("secrets", "new", JWT_SECRET=None, DB_URL=None)
    assert unconfigured.returncode == 0
    first, second = (each.stdout.removesuffix("\n") for each in (command("secrets", "new"), unconfigured))
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{64}", secret) for secret in (first, second))
    assert first != second
    assert Settings.from_env(environment(JWT_SECRET=first, JWT_SECRET_PREVIOUS=second), dotenv=None)


@pytest.mark.edge
@pytest.mark.parametrize("program", [shell.PROGRAM, shell.FLASK], ids=["ours", "flask"])
def test_every_other_command_needs_the_settings(process, program):
    refused = process("users", "list", program=program, JWT_SECRET=None)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "JWT_SECRET is not set" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.edge
@pytest.mark.parametrize("program", [shell.PROGRAM, shell.FLASK], ids=["ours", "flask"])
def test_the_help_names_the_commands_without_settings_too(process, program):
    def named(help_text):
        return {line.split()[0] for line in help_text.partition("Commands:\n")[2].splitlines()}

    assert named(process("--help", program=program).stdout) >= set(MODULES)
    unconfigured = set(MODULES) if program is shell.PROGRAM else {"keys", "secrets", "routes"}
    assert named(process("--help", program=program, JWT_SECRET=None).stdout) & set(MODULES) == unconfigured


def test_the_application_is_not_built_from_the_command_line(monkeypatch, db_url):
    """`create_app` is a function of its settings: a program whose arguments read like a command gets an application."""
    monkeypatch.setattr(sys, "argv", ["flask", "--app", "wsgi", "secrets", "new"])
    settings = Settings.from_env(environment(DB_URL=db_url), dotenv=None)
    for command in (flask_cli, routes_command):
        with command.make_context("flask", [], resilient_parsing=True):
            assert "secrets" in create_app(settings).cli.list_commands(click.get_current_context())


def test_routes_says_who_may_call_each(command):
    lines = [line.split(maxsplit=2) for line in command("routes").stdout.splitlines()]
    assert ["POST", "/auth/login", "all"] in lines
    assert ["GET", "/profile", "user"] in lines
    assert ["GET", "/users", "admin"] in lines
    assert ["DELETE", "/users/<user_id>", "owner, admin"] in lines


@pytest.mark.edge
def test_a_database_that_does_not_answer_gets_one_sentence(process):
    refused = process("users", "list", DB_URL="mongodb://127.0.0.1:1/nowhere")
    assert refused.returncode == 1
    assert "The database cannot be used: no answer from 127.0.0.1:1 (connection refused)" in refused.stderr
    assert "Traceback" not in refused.stderr
