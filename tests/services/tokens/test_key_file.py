"""`JWT_KEYS_FILE`: P-256 private keys and nothing else; a start without them is refused with a clear sentence."""

import os
import stat
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, PrivateFormat

from auth_service.bootstrap.configuration import read_settings
from auth_service.services.tokens.key_file import KeyFileUnusable, add_key, read
from auth_service.settings.environment import ConfigurationError
from tests.support.keys.files import ORIGIN, new_key, pem, public_pem, written
from tests.support.parallel import at_once
from tests.support.server import ROOT
from tests.support.settings import environment

KEY, OTHER = new_key(), new_key()
SECRET = BestAvailableEncryption(b"a password")
LEGACY = PrivateFormat.TraditionalOpenSSL
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EDWARDS = ed25519.Ed25519PrivateKey.generate()
PARAMETERS = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"


def ids(path):
    return [key.kid for key in read(str(path))]


def start(path, **variables):
    return read_settings(environment(JWT_KEYS_FILE=path, PUBLIC_URL=ORIGIN, **variables), dotenv=None)


def refusal(path):
    """The one sentence with which a start is refused; it quotes nothing of the file."""
    with pytest.raises(ConfigurationError) as refused:
        start(path)
    [sentence] = refused.value.problems
    content = path.read_bytes() if path.is_file() and os.access(path, os.R_OK) else b""
    assert not any(len(line) > 20 and line in sentence.encode() for line in content.split() if b"-----" not in line)
    return sentence


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.pem"


KILLED_BEFORE_THE_RENAME = """
import os, sys
from auth_service.services.tokens.key_file import add_key
os.replace = lambda *names: os._exit(9)
add_key(sys.argv[1])
"""

# what is read


def test_the_order_of_the_file_is_kept(path):
    written(path, KEY, OTHER)
    first, second = ids(path)
    written(path, OTHER, KEY)
    assert ids(path) == [second, first]
    assert len(first) == len(second) == 43


@pytest.mark.parametrize(
    "content",
    [
        pem(KEY),
        pem(KEY, form=LEGACY),
        PARAMETERS + pem(KEY, form=LEGACY),
        b"# of October\n" + pem(KEY) + b"\n\n",
        pem(KEY).replace(b"\n", b"\r\n"),
        b"\xff\xfe\n" + pem(KEY),
    ],
    ids=["PKCS 8", "SEC 1", "as openssl ecparam writes it", "with a remark", "from Windows", "beside other bytes"],
)
def test_these_are_one_key(path, content):
    path.write_bytes(content)
    (key,) = read(str(path))
    assert key.public.public_numbers() == KEY.public_key().public_numbers()


# what is refused


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "has no key"),
        (b"no key at all", "has no key"),
        (PARAMETERS, "has no key"),
        (public_pem(KEY), "block 1 is a public key"),
        (pem(KEY) + public_pem(OTHER), "block 2 is a public key"),
        (pem(KEY, SECRET), "block 1 is encrypted"),
        (pem(KEY, SECRET, LEGACY), "block 1 is encrypted"),
        (pem(new_key(ec.SECP384R1)), "block 1 is not a key on the curve P-256"),
        (pem(KEY) + pem(new_key(ec.SECP256K1)), "block 2 is not a key on the curve P-256"),
        (pem(RSA), "block 1 is not a key on the curve P-256"),
        (pem(EDWARDS), "block 1 is not a key on the curve P-256"),
        (pem(KEY) + pem(OTHER) + pem(KEY), "has a key twice"),
        (pem(KEY) + pem(KEY, form=LEGACY), "has a key twice"),
        (pem(KEY)[:-20], "is cut off"),
        (pem(KEY) + pem(OTHER)[:100], "is cut off"),
        (pem(KEY).replace(b"END PRIVATE", b"END PUBLIC"), "is cut off"),
        (pem(KEY).replace(b"\nM", b"\n!"), "block 1 cannot be read as a private key"),
        (pem(KEY).replace(b"PRIVATE KEY", b"CERTIFICATE"), "block 1 is no private key"),
        (pem(KEY).replace(b"PRIVATE KEY", b"OPENSSH PRIVATE KEY"), "block 1 is no private key"),
        (pem(KEY) + b"x" * 65536, "has more than 65536 bytes"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_start_with_this_file_is_refused(path, content, reason):
    path.write_bytes(content)
    assert refusal(path).startswith("JWT_KEYS_FILE ")
    assert reason in refusal(path)


def test_a_file_that_is_not_there_is_refused(path):
    assert refusal(path) == "JWT_KEYS_FILE cannot be read: No such file or directory"


def test_a_file_below_a_file_is_refused(path):
    path.write_bytes(b"")
    assert "JWT_KEYS_FILE cannot be read" in refusal(path / "keys.pem")


def test_what_is_no_file_is_refused_and_nothing_waits_for_it(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert refusal(tmp_path) in ("JWT_KEYS_FILE is not a file", "JWT_KEYS_FILE cannot be read: Is a directory")
    assert refusal(pipe) == "JWT_KEYS_FILE is not a file"


def test_the_file_is_refused_together_with_other_problems(path):
    with pytest.raises(ConfigurationError) as refused:
        start(path, PORT="0")
    assert len(refused.value.problems) == 2


# what `keys new` writes


def test_a_new_file_has_one_key_and_belongs_to_its_owner_alone(path):
    old = os.umask(0)
    try:
        (key,) = add_key(str(path))
    finally:
        os.umask(old)
    assert ids(path) == [key.kid]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_key_comes_last_and_the_text_before_it_stays(path):
    before = b"# of October\n" + pem(KEY)
    path.write_bytes(before)
    path.chmod(0o644)
    keys = add_key(str(path))
    assert path.read_bytes().startswith(before)
    assert ids(path) == [key.kid for key in keys]
    assert len(keys) == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_without_a_last_line_break_is_extended_as_well(path):
    path.write_bytes(pem(KEY).rstrip())
    assert len(add_key(str(path))) == len(ids(path)) == 2


def test_an_unusable_file_is_left_as_it_is(path):
    path.write_bytes(public_pem(KEY))
    with pytest.raises(KeyFileUnusable, match="public key"):
        add_key(str(path))
    assert path.read_bytes() == public_pem(KEY)


def test_a_link_stays_one_and_the_file_it_leads_to_is_extended(tmp_path, path):
    written(path, KEY)
    link = tmp_path / "link.pem"
    link.symlink_to(path)
    add_key(str(link))
    assert link.is_symlink()
    assert len(ids(path)) == 2


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(KeyFileUnusable, match="cannot be written: No such file"):
        add_key(str(tmp_path / "none" / "keys.pem"))


def test_a_device_is_not_replaced():
    with pytest.raises(KeyFileUnusable, match="is not a file"):
        add_key("/dev/null")


def test_of_simultaneous_additions_none_is_lost(path):
    at_once(*[lambda: add_key(str(path))] * 12)
    assert len(ids(path)) == 12


def test_a_crash_before_the_rename_leaves_the_old_file_and_the_next_addition_works(path):
    written(path, KEY)
    before = path.read_bytes()
    killed = subprocess.run([sys.executable, "-c", KILLED_BEFORE_THE_RENAME, path], cwd=ROOT)
    assert (killed.returncode, path.read_bytes()) == (9, before)
    assert len(list(path.parent.iterdir())) == 2
    add_key(str(path))
    assert len(ids(path)) == 2
    assert list(path.parent.iterdir()) == [path]
