"""Reads and extends the PEM file of signing keys (RFC 7468). What is wrong with a file is said without quoting it."""

import fcntl
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from auth_service.services.tokens.signing_keys import SigningKey

LARGEST = 64 * 1024  # bytes
MODE = 0o600
BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\r?\n.*?-----END \1-----", re.DOTALL)
PRIVATE = (b"PRIVATE KEY", b"EC PRIVATE KEY")
PARAMETERS = b"EC PARAMETERS"  # `openssl ecparam` writes the curve before the key
ENCRYPTED, LEGACY_ENCRYPTION = b"ENCRYPTED PRIVATE KEY", b"Proc-Type: 4,ENCRYPTED"
REASONS = {
    ENCRYPTED: "is encrypted: nobody could type its password at a start",
    b"PUBLIC KEY": "is a public key, which signs nothing",
}


class KeyFileUnusable(Exception):
    """The text is the end of a sentence that begins with what names the file."""


def read(path: str) -> list[SigningKey]:
    """The keys of the file, in its order; at least one, and none twice.

    Raises:
        KeyFileUnusable: it cannot be read, or holds anything but private keys on P-256.
    """
    return _parse(_content(path))


def add_key(path: str) -> list[SigningKey]:
    """Put a new key after those of the file, which is made if there is none; the keys it then has.

    The file is replaced at once, readable by its owner alone: a crash leaves the old one or the new one. Two that add
    at the same time add one key each.

    Raises:
        KeyFileUnusable: the file or its folder cannot be used.
    """
    target = Path(os.path.realpath(path))  # of a link, what it leads to
    try:
        with _locked(target.parent) as folder:
            content = _content(str(target)) if os.path.lexists(target) else b""
            if content:
                _parse(content)
                content = content.rstrip(b"\r\n") + b"\n"
            content += _new_block()
            keys = _parse(content)
            _replace(target, content)
            os.fsync(folder)
            return keys
    except OSError as error:
        raise KeyFileUnusable(f"cannot be written: {error.strerror}") from None


def _content(path: str) -> bytes:
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise KeyFileUnusable("is not a file")
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # a ValueError: a name with a NUL
        reason = getattr(error, "strerror", None) or "not the name of a file"
        raise KeyFileUnusable(f"cannot be read: {reason}") from None
    if len(content) > LARGEST:
        raise KeyFileUnusable(f"has more than {LARGEST} bytes")
    return content


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting, as one would for the writer of a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


def _parse(content: bytes) -> list[SigningKey]:
    blocks = [block for block in BLOCK.finditer(content) if block[1] != PARAMETERS]
    if content.count(b"-----BEGIN ") != len(list(BLOCK.finditer(content))):
        raise KeyFileUnusable("is cut off, or has a line that was changed")
    if not blocks:
        raise KeyFileUnusable("has no key: `.venv/bin/python -m auth_service keys new FILE` makes one")
    keys = [_key(number, block[1], block[0]) for number, block in enumerate(blocks, start=1)]
    if len({key.kid for key in keys}) < len(keys):
        raise KeyFileUnusable("has a key twice")
    return keys


def _key(number: int, label: bytes, block: bytes) -> SigningKey:
    if LEGACY_ENCRYPTION in block:
        label = ENCRYPTED
    if label not in PRIVATE:
        raise KeyFileUnusable(f"is unusable: block {number} {REASONS.get(label, 'is no private key')}")
    try:
        private = load_pem_private_key(block, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyFileUnusable(f"is unusable: block {number} cannot be read as a private key") from None
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise KeyFileUnusable(f"is unusable: block {number} is not a key on the curve P-256")
    return SigningKey(private)


def _new_block() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """Hold a lock on the folder; the system releases it when its holder is killed."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _replace(target: Path, content: bytes) -> None:
    """Write beside the file and rename; the file keeps its owner, who may be the service's user and not the caller."""
    beside = target.with_name(f".{target.name}.new")
    beside.unlink(missing_ok=True)  # of somebody who was killed
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, MODE)
    try:
        with open(handle, "wb") as file:
            os.fchmod(file.fileno(), MODE)
            if target.exists():
                owner = target.stat()
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
