"""The cookie that identifies a known device: signed, bound to one account, and no credential."""

import hashlib

from flask import Response
from itsdangerous import BadData, URLSafeTimedSerializer

from auth_service.services.protection.known_devices import KnownDevice
from auth_service.web.access.cookies import path, values_of
from auth_service.web.context import settings

NAME = "knownDevice"
LIFETIME = 180 * 24 * 60 * 60  # seconds
LONGEST = 512  # characters


def presented() -> KnownDevice | None:
    """The known device of the request's first genuine cookie; `None` when none is genuine, or all are too old."""
    devices = map(_verified, values_of(NAME))
    return next((device for device in devices if device), None)


def remember(response: Response, device: KnownDevice) -> None:
    """Set the cookie by which the client presents this device at its next login."""
    cookie = settings().cookie
    text = _serializer().dumps([device.account, device.device_id, device.password_set])
    response.set_cookie(
        NAME,
        text if isinstance(text, str) else text.decode(),
        max_age=LIFETIME,
        path=path(),
        secure=cookie.secure,
        httponly=True,
        samesite=cookie.same_site.capitalize(),  # a page that gets the refresh token across sites logs in there, too
    )


def _verified(text: str) -> KnownDevice | None:
    if len(text) > LONGEST:
        return None
    try:
        account, device_id, password_set = _serializer().loads(text, max_age=LIFETIME)
    except (BadData, TypeError, ValueError):
        return None
    return KnownDevice(account=account, device_id=device_id, password_set=password_set)


def _serializer() -> URLSafeTimedSerializer:
    tokens = settings().tokens
    secrets = [tokens.previous_secret, tokens.refresh_secret]  # itsdangerous signs with the last one
    signer = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeTimedSerializer([secret for secret in secrets if secret], salt="known device", signer_kwargs=signer)
