"""Checks that passkeys can be made for the host of `PUBLIC_URL`."""

from urllib.parse import urlsplit

from auth_service.doctor.findings import Finding, ok, warning
from auth_service.settings.addresses import is_private
from auth_service.settings.settings import Settings

CHECK = "passkeys"
NO_URL = "DATA_KEY is set and PUBLIC_URL is not: there are second factors, and no passkeys"
IS_IP = "the host of PUBLIC_URL is an IP address, for which no passkey can be made (WebAuthn): give it a name"
INSECURE = "PUBLIC_URL is not https: browsers make passkeys for https and for localhost only"


def examine(settings: Settings) -> list[Finding]:
    """One finding."""
    url = settings.service.public_url
    if not settings.factors.enabled:
        return [ok(CHECK, "DATA_KEY is not set: there are neither second factors nor passkeys")]
    if url is None:
        return [warning(CHECK, NO_URL)]
    if settings.service.passkey_host is None:
        return [warning(CHECK, IS_IP)]
    if not is_private(url):
        return [warning(CHECK, INSECURE)]
    return [ok(CHECK, f"they are made for {urlsplit(url).hostname}")]
