"""Codes that an authenticator app makes from a shared secret and the time (RFC 6238): SHA-1, six digits, 30 seconds.

A code counts in its own step of 30 seconds, and in the ones before and after: clocks differ, and people type slowly.
That is 90 seconds, a deviation from OWASP ASVS 5.0 V6.5.5, which allows 30.
"""

import hmac
import re
from base64 import b32encode
from datetime import datetime
from secrets import token_bytes

from pyotp import TOTP

SECRET_BYTES = 20  # 160 bits, as RFC 4226 section 4 recommends
PERIOD = 30  # seconds
TOLERANCE = (-1, 0, 1)  # steps
FORM = re.compile(r"[0-9]{6}")


def new_secret() -> bytes:
    """The random secret of another app."""
    return token_bytes(SECRET_BYTES)


def written(secret: bytes) -> str:
    """A secret as people type it into an app: base 32 (RFC 4648)."""
    return b32encode(secret).decode()


def uri(secret: bytes, *, account: str, issuer: str) -> str:
    """The `otpauth` URI by which an app takes the secret over."""
    return TOTP(written(secret)).provisioning_uri(name=account, issuer_name=issuer)


def qr_code(text: str) -> str:
    """A QR code of `text`, as the data URI of an SVG image."""
    import segno  # noqa: PLC0415 # 0.8 MiB in each worker, where it is used

    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=4))


def matching_step(secret: bytes, typed: str, *, now: datetime) -> int | None:
    """The latest step whose code a person typed; `None` when it is the code of no step that counts now.

    All steps are compared in constant time, so the time tells neither which one matched nor whether one did.
    """
    code, app = typed.replace(" ", ""), TOTP(written(secret))
    if not FORM.fullmatch(code):
        return None
    present = step_of(now)
    steps = [present + offset for offset in TOLERANCE]
    outcomes = [hmac.compare_digest(app.generate_otp(step).encode(), code.encode()) for step in steps]
    return max((step for step, matches in zip(steps, outcomes, strict=True) if matches), default=None)


def step_of(moment: datetime) -> int:
    """The number of the step that contains `moment`."""
    return int(moment.timestamp()) // PERIOD
