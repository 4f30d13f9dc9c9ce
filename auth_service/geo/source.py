"""Where the file comes from: MaxMind, by either of its endpoints, or another URL, which never gets MaxMind's key."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote, urlencode, urljoin, urlsplit

from auth_service.geo.failures import UpdateFailed
from auth_service.settings.geo import GeoSettings

MAXMIND = "https://download.maxmind.com"
EDITION = "GeoLite2-City"
DEFAULT_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int | None]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file and its checksum are fetched. `name` is for messages; the `repr` holds no URL and no secret."""

    name: str
    url: str = field(repr=False)
    checksum_url: str = field(repr=False)
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)

    @property
    def fingerprint(self) -> str:
        """Differs between sources and between credentials, and reveals neither."""
        whole = repr((self.url, self.credentials)).encode()
        return hashlib.sha256(whole).hexdigest()[:8]

    def credentials_for(self, url: str) -> tuple[str, str] | None:
        """The credentials if `url` has the origin they are for; `None` for any other."""
        return self.credentials if origin(url) == origin(self.url) else None

    def follow(self, url: str, location: str) -> str:
        """The URL to which a redirect from `url` to `location` leads.

        Raises:
            UpdateFailed: it leads from https to http, to no http URL, or to another origin with the key in the URL.
        """
        target = _joined(url, location)
        scheme, host, _ = origin(target)
        if scheme not in DEFAULT_PORTS or not host or (urlsplit(url).scheme == "https" and scheme != "https"):
            raise UpdateFailed(f"{self.name} redirects to where it is not safe")
        if self.key and self.key in unquote(target) and origin(target) != origin(self.url):
            raise UpdateFailed(f"{self.name} redirects to another host with the licence key")
        return target


def dated(url: str, now: datetime) -> str:
    """`url` with the year and the month of `now` in place of `{year}` and `{month}`."""
    return url.replace("{year}", f"{now:%Y}").replace("{month}", f"{now:%m}")


def origin(url: str) -> Origin:
    """Scheme, host and port (RFC 6454)."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return "", "", None


def _joined(url: str, location: str) -> str:
    """`location` resolved against `url`; empty when it is malformed."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def open_source(settings: GeoSettings, *, maxmind: str = MAXMIND) -> Source | None:
    """The source these settings name, or `None`. `maxmind` is the base URL of MaxMind's service."""
    if settings.download_url:
        return _other(settings.download_url)
    if settings.license_key and settings.account_id:
        return _current(maxmind, settings.account_id, settings.license_key)
    if settings.license_key:
        return _older(maxmind, settings.license_key)
    return None


def _current(maxmind: str, account_id: str, key: str) -> Source:
    url = f"{maxmind}/geoip/databases/{EDITION}/download?suffix=tar.gz"
    return Source(f"MaxMind {EDITION}", url, f"{url}.sha256", credentials=(account_id, key), key=key)


def _older(maxmind: str, key: str) -> Source:
    query = urlencode({"edition_id": EDITION, "license_key": key, "suffix": "tar.gz"})
    url = f"{maxmind}/app/geoip_download?{query}"
    return Source(f"MaxMind {EDITION}", url, f"{url}.sha256", key=key)


def _other(url: str) -> Source:
    parts = urlsplit(url)
    user_info, _, address = parts.netloc.rpartition("@")
    user, _, password = user_info.partition(":")
    plain = parts._replace(netloc=address)
    checksum = plain._replace(path=f"{plain.path}.sha256").geturl()
    credentials = (unquote(user), unquote(password)) if user_info else None
    return Source(
        plain.hostname or "", plain.geturl(), checksum, credentials=credentials, key=unquote(password) or None
    )
