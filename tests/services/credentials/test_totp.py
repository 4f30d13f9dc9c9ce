"""Codes of authenticator apps, by the test vectors of RFC 6238."""

from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from auth_service.services.credentials import totp

SECRET = b"12345678901234567890"

# RFC 6238 appendix B, SHA-1; the codes there have eight digits, of which the last six are ours.
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


def at(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_are_those_of_the_rfc(seconds, code):
    assert totp.matching_step(SECRET, code[-6:], now=at(seconds)) == seconds // 30


@pytest.mark.parametrize(("seconds", "code"), VECTORS[1:])
@pytest.mark.parametrize(("away", "counts"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_code_counts_one_step_before_and_after_its_own(seconds, code, away, counts):
    assert (totp.matching_step(SECRET, code[-6:], now=at(seconds + away)) is not None) == counts


def test_all_eight_digits_are_no_code():
    assert totp.matching_step(SECRET, "94287082", now=at(59)) is None


def test_a_secret_has_160_random_bits():
    secrets = {totp.new_secret() for _ in range(100)}
    assert {len(each) for each in secrets} == {20}
    assert len(secrets) == 100


def test_the_uri_names_the_issuer_and_the_account():
    parts = urlsplit(totp.uri(SECRET, account="ada+test@example.com", issuer="My Service & Co"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    query = parse_qs(parts.query)
    assert query["secret"] == ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]
    assert query["issuer"] == ["My Service & Co"]
    assert "ada%2Btest%40example.com" in parts.path


def test_the_qr_code_is_an_image_that_loads_nothing():
    image = totp.qr_code(totp.uri(SECRET, account="ada@example.com", issuer="x" * 100))
    assert image.startswith("data:image/svg+xml")
    assert "script" not in image
    assert "href" not in image
