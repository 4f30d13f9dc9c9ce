"""The text of a code: derived from its record, written for people, and compared with what they type."""

import hmac

from auth_service.documents.records import CodeRecord
from auth_service.services.codes import alphabet
from auth_service.services.codes.purposes import FORMS, Purpose


def derived_key(secret: str) -> bytes:
    """A key for codes alone: HKDF (RFC 5869) with SHA-256, one block, no salt."""
    extracted = hmac.digest(bytes(32), secret.encode(), "sha256")
    return hmac.digest(extracted, b"codes\x01", "sha256")


def text_of(record: CodeRecord, key: bytes) -> str:
    """The code of `record`. Each text is equally likely: the digest is far longer than any code."""
    message = b"\0".join([record["purpose"].encode(), record["_id"], record["binding"].encode()])
    digest, form = hmac.digest(key, message, "sha256"), FORMS[Purpose(record["purpose"])]
    if form.is_digits:
        return f"{int.from_bytes(digest) % 10**form.length:0{form.length}}"
    return alphabet.written(digest, length=form.length)


def matches(typed: str, record: CodeRecord, key: bytes) -> bool:
    """Whether a person typed the code of `record`; compared in constant time."""
    return hmac.compare_digest(_compact(text_of(record, key)), _compact(typed))


def _compact(text: str) -> bytes:
    return alphabet.normalised(text).encode(errors="replace")
