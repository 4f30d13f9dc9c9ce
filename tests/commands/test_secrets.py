"""`secrets rotate`: the lines it prints, put where they belong, replace a secret, and nobody is logged out."""

import pytest

from auth_service.settings.dotenv_file import read_dotenv
from auth_service.settings.settings import Settings
from tests.support import shell
from tests.support.settings import SECRET, environment

pytestmark = pytest.mark.edge

ACCESS, REFRESH = SECRET.replace("test", "access"), SECRET.replace("test", "refresh")
NAMES = ("JWT_SECRET", "JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET", "JWT_SECRET_PREVIOUS")


@pytest.fixture
def rotate(tmp_path):
    """Runs the command with a `.env` that has these secrets."""

    def run(**secrets):
        text = "".join(f"{name}='{value}'\n" for name, value in secrets.items())
        (tmp_path / ".env").write_text(text)
        done = shell.run("secrets", "rotate", folder=tmp_path, JWT_SECRET=None, DB_URL=None)
        assert (tmp_path / ".env").read_text() == text
        return done

    return run


def steps(done, folder):
    """The variables of each step, as a `.env` with its lines has them."""
    assert done.returncode == 0, done.stderr
    found = []
    for number, step in enumerate(done.stdout.split("# ")[1:]):
        file = folder / f"{number}.env"
        file.write_text(f"# {step}")
        found.append(read_dotenv(str(file)))
    return found


@pytest.mark.parametrize(
    ("secrets", "changed"),
    [
        ({"JWT_SECRET": SECRET}, [["JWT_SECRET"]]),
        ({"JWT_ACCESS_SECRET": ACCESS, "JWT_REFRESH_SECRET": REFRESH}, [["JWT_ACCESS_SECRET"], ["JWT_REFRESH_SECRET"]]),
        ({"JWT_SECRET": SECRET, "JWT_REFRESH_SECRET": REFRESH}, [["JWT_SECRET"], ["JWT_REFRESH_SECRET"]]),
        ({"JWT_ACCESS_SECRET": SECRET, "JWT_REFRESH_SECRET": SECRET}, [["JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET"]]),
        ({"JWT_SECRET": SECRET, "JWT_ACCESS_SECRET": SECRET}, [["JWT_SECRET", "JWT_ACCESS_SECRET"]]),
        ({"JWT_SECRET": SECRET + " #'\\$x"}, [["JWT_SECRET"]]),
    ],
    ids=["one", "two", "one and its exception", "two that are equal", "an exception that is none", "with signs"],
)
def test_each_step_replaces_one_secret_and_keeps_it_as_the_previous_one(rotate, tmp_path, secrets, changed):
    written = {name: value.replace("\\", "\\\\").replace("'", "\\'") for name, value in secrets.items()}
    found = steps(rotate(**written), tmp_path)
    assert [list(step) for step in found] == [[*names, "JWT_SECRET_PREVIOUS"] for names in changed]
    present = {"JWT_SECRET": None, **secrets}
    for step in found:
        (name, fresh) = next(iter(step.items()))
        assert (step["JWT_SECRET_PREVIOUS"], len(fresh)) == (present[name], 64)
        present |= step
        tokens = Settings.from_env(environment(**present), dotenv=None).tokens
        assert fresh in (tokens.access_secret, tokens.refresh_secret)
    assert not {tokens.access_secret, tokens.refresh_secret} & set(secrets.values())


def test_a_secret_that_signs_nothing_is_named(rotate, tmp_path):
    done = rotate(JWT_SECRET=SECRET, JWT_ACCESS_SECRET=ACCESS, JWT_REFRESH_SECRET=REFRESH)
    assert "JWT_SECRET is set and signs nothing" in done.stderr
    assert [next(iter(step)) for step in steps(done, tmp_path)] == ["JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET"]


def test_a_rotation_in_progress_is_named(rotate):
    assert "JWT_SECRET_PREVIOUS is set" in rotate(JWT_SECRET=SECRET, JWT_SECRET_PREVIOUS=ACCESS).stderr
    assert rotate(JWT_SECRET=SECRET).stderr == ""


@pytest.mark.parametrize("secrets", [{}, {"JWT_ACCESS_SECRET": ACCESS}], ids=["none", "half"])
def test_without_a_secret_there_is_nothing_to_rotate(rotate, secrets):
    refused = rotate(**secrets)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "JWT_SECRET is not set; `secrets new` prints" in refused.stderr
