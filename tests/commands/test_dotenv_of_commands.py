"""One way to read `.env`: the commands have the values that the server has, and `flask` has them too, or refuses."""

import pytest

from auth_service.settings.settings import Settings
from tests.support import shell
from tests.support.settings import SECRET

pytestmark = pytest.mark.edge

VALUES = {"DB_URL": None, "JWT_SECRET": None}  # left to the file
REFUSED = "`flask` has another value for it from .env than the server"


@pytest.fixture
def folder(tmp_path):
    """A folder of the service, in a folder that somebody uses for something else."""
    folder = tmp_path / "service"
    folder.mkdir()
    return folder


def write(folder, *, name=".env", **variables):
    (folder / name).write_text("".join(f"{name}={value}\n" for name, value in variables.items()))


@pytest.fixture
def with_flask(folder):
    """Runs `flask --app wsgi …` in the folder."""
    return lambda *arguments, **variables: shell.run(*arguments, folder=folder, program=shell.FLASK, **variables)


@pytest.mark.parametrize("value", ["${HOME}", "$HOME", "a$$b", "${HOME:-x}", "'${HOME}'", "p#d"])
def test_a_command_has_the_value_that_the_server_reads(folder, value):
    write(folder, JWT_SECRET=SECRET, DB_URL="mongodb://127.0.0.1:1/x", GEO_DB_FILE_PATH=value)
    read = Settings.from_env({}, dotenv=str(folder / ".env")).geo.db_file_path
    assert read == value.strip("'")
    assert shell.run("geo", "status", folder=folder, HOME="/root", **VALUES).stdout.split()[1] == read


@pytest.mark.parametrize(
    "file", [{"DB_URL": "mongodb://127.0.0.1:1/${HOME}"}, {"HOST": "$HOME${HOME}"}], ids=["a", "b"]
)
def test_flask_refuses_where_it_would_expand_a_value(folder, with_flask, file):
    write(folder, JWT_SECRET=SECRET, **{"DB_URL": "mongodb://127.0.0.1:1/x", **file})
    refused = with_flask("users", "list", HOME="root", **VALUES)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"{next(iter(file))}: {REFUSED}" in refused.stderr


@pytest.mark.parametrize("name", [".env", ".flaskenv"])
def test_a_file_in_the_folder_above_is_not_ours_and_flask_says_that_it_would_take_it(folder, with_flask, name):
    write(folder.parent, name=name, DB_URL="mongodb://127.0.0.1:1/theirs", JWT_SECRET=SECRET)
    ours = shell.run("users", "list", folder=folder, **VALUES)
    assert "DB_URL is not set" in ours.stderr
    refused = with_flask("users", "list", **VALUES)
    assert refused.returncode == 1
    assert f"JWT_SECRET: {REFUSED}" in refused.stderr


@pytest.mark.parametrize("program", [shell.PROGRAM, shell.FLASK], ids=["ours", "flask"])
def test_flask_works_where_it_has_the_same_values(folder, program):
    write(folder, JWT_SECRET=SECRET, DB_URL="mongodb://127.0.0.1:1/x")
    write(folder.parent, name=".flaskenv", FLASK_APP="wsgi")
    assert shell.run("routes", folder=folder, program=program, **VALUES).stdout.count("/auth/login ") == 1


@pytest.mark.parametrize("program", [shell.PROGRAM, shell.FLASK], ids=["ours", "flask"])
def test_a_secret_needs_no_file_and_no_settings(folder, program):
    write(folder.parent, JWT_SECRET=SECRET)
    assert len(shell.run("secrets", "new", folder=folder, program=program, **VALUES).stdout) == 65
