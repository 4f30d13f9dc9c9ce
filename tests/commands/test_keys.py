"""`keys new` makes or extends the file of signing keys, `keys list` says which of them signs."""

import pytest

from auth_service.services.tokens.key_file import read
from tests.support import shell
from tests.support.keys.files import new_key, pem, public_pem, variables, written

pytestmark = pytest.mark.edge

KEY = new_key()


@pytest.fixture
def keys(tmp_path):
    """Runs a command in a folder with this `.env`, without any other settings."""

    def run(*arguments, dotenv="", **settings):
        (tmp_path / ".env").write_text(dotenv)
        unset = {"JWT_SECRET": None, "DB_URL": None}
        return shell.run("keys", *arguments, folder=tmp_path, **{**unset, **settings})

    return run


def lines(*keys):
    return "".join(f"{key.kid}  {role}\n" for key, role in zip(keys, ["signs", *["verifies"] * 9], strict=False))


def test_a_new_file_has_a_key_that_signs_and_an_extended_one_another_that_verifies(keys, tmp_path):
    first = keys("new", "signing.pem")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == lines(*read(str(tmp_path / "signing.pem")))
    second = keys("new", "signing.pem")
    assert second.stdout == lines(*read(str(tmp_path / "signing.pem")))
    assert second.stdout.startswith(first.stdout)
    assert (tmp_path / "signing.pem").stat().st_mode & 0o777 == 0o600


def test_the_file_of_the_settings_is_listed_or_the_one_that_is_named(keys, tmp_path):
    written(tmp_path / "signing.pem", KEY, new_key())
    expected = lines(*read(str(tmp_path / "signing.pem")))
    assert keys("list", "signing.pem").stdout == expected
    assert keys("list", dotenv="JWT_KEYS_FILE=signing.pem\n").stdout == expected
    assert keys("list", JWT_KEYS_FILE="signing.pem").stdout == expected


def test_no_part_of_a_private_key_is_printed(keys, tmp_path):
    written(tmp_path / "signing.pem", KEY)
    printed = keys("list", "signing.pem").stdout + keys("new", "signing.pem").stdout
    body = (tmp_path / "signing.pem").read_text().split()
    assert not any(line in printed for line in body)


@pytest.mark.parametrize(
    ("arguments", "content", "sentence"),
    [
        (("list",), None, "JWT_KEYS_FILE is not set; `keys new FILE` makes a file for it."),
        (("list", "signing.pem"), None, "signing.pem cannot be read: No such file or directory"),
        (("list", "signing.pem"), public_pem(KEY), "signing.pem is unusable: block 1 is a public key"),
        (("new", "signing.pem"), public_pem(KEY), "signing.pem is unusable: block 1 is a public key"),
        (("new", "none/signing.pem"), None, "none/signing.pem cannot be written: No such file or directory"),
        (("new", "."), None, ". cannot be read: Is a directory"),
        (("new", "signing.pem"), pem(KEY)[:-9], "signing.pem is cut off"),
    ],
)
def test_what_goes_wrong_is_one_sentence(keys, tmp_path, arguments, content, sentence):
    if content:
        (tmp_path / "signing.pem").write_bytes(content)
    refused = keys(*arguments)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"Error: {sentence}")
    assert content is None or (tmp_path / "signing.pem").read_bytes() == content


def test_what_it_made_starts_a_service(keys, tmp_path):
    keys("new", "made.pem")
    started = {**variables(tmp_path / "other.pem", KEY), "JWT_KEYS_FILE": str(tmp_path / "made.pem")}
    done = shell.run("routes", folder=tmp_path, **started)
    assert done.returncode == 0, done.stderr
    assert "/.well-known/jwks.json" in done.stdout


def test_any_other_command_is_refused_with_an_unusable_file(tmp_path):
    started = variables(tmp_path / "signing.pem", KEY)
    (tmp_path / "signing.pem").write_bytes(pem(KEY)[:-9])
    refused = shell.run("users", "list", folder=tmp_path, **started)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "  - JWT_KEYS_FILE is cut off, or has a line that was changed" in refused.stderr
