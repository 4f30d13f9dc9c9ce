"""One visit to a source of the city database: how new the file is, the file itself, and its checksum."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

import requests

from auth_service.geo.failures import UpdateFailed, wanted_pause
from auth_service.geo.source import Source, dated
from auth_service.outbound.http import OutboundClient, OutboundFailed, TimeLimits, TooLarge

MOST_REDIRECTS = 5
LARGEST_DOWNLOAD = 256 << 20  # bytes
LARGEST_CHECKSUM = 4096  # bytes
HEADERS = {"User-Agent": "auth_service", "Accept-Encoding": "identity"}
CHECKSUM = re.compile(rb"\s*([0-9A-Fa-f]{64})(\s|$)")

Progress = Callable[[int, int | None], None]  # bytes so far, and in all where that is known


@dataclass(frozen=True, slots=True)
class Fetched:
    """A download: its SHA-256 in hex, and its date as the source writes it."""

    sha256: str
    last_modified: str | None


class Visit:
    """A context manager; `cut` ends it from another thread."""

    def __init__(self, source: Source, *, now: datetime, limits: TimeLimits) -> None:
        self._source, self._now = source, now
        self._client = OutboundClient(limits)

    def __enter__(self) -> "Visit":
        self._client.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.__exit__(kind, error, trace)

    def cut(self) -> None:
        """End it now."""
        self._client.cut()

    def last_modified(self) -> str | None:
        """The date the source gives the file; `None` when it gives none."""
        with self._send("HEAD", self._source.url) as response:
            if response.status_code in (401, 429) or (response.status_code >= 500 and response.status_code != 501):
                raise self._refusal(response)
            return response.headers.get("Last-Modified") if response.ok else None

    def fetch(self, target: Path, *, unless: str | None, progress: Progress) -> Fetched | None:
        """Write the file to `target`, which must not exist; `None` when it is not newer than `unless`."""
        headers = {"If-Modified-Since": unless} if unless else {}
        with self._send("GET", self._source.url, headers) as response:
            if response.status_code == 304 and unless:
                return None
            if response.status_code != 200:
                raise self._refusal(response)
            return Fetched(self._write(response, target, progress), response.headers.get("Last-Modified"))

    def checksum(self) -> str | None:
        """The SHA-256 that the source publishes beside the file; `None` when there is none."""
        with self._send("GET", self._source.checksum_url) as response:
            if response.status_code == 429 or response.status_code >= 500:
                raise self._refusal(response)
            text = self._beginning(response) if response.status_code == 200 else b""
        found = CHECKSUM.match(text)
        return found[1].decode().lower() if found else None

    def _send(self, method: str, url: str, headers: dict[str, str] | None = None) -> requests.Response:
        """The response, after the redirects that the source may make."""
        url = dated(url, self._now)
        for _ in range(MOST_REDIRECTS + 1):
            response = self._send_once(method, url, {**HEADERS, **(headers or {})})
            if not response.is_redirect:
                return response
            response.close()
            url = self._source.follow(url, response.headers["Location"])
        raise UpdateFailed(f"{self._source.name} redirects without end")

    def _send_once(self, method: str, url: str, headers: dict[str, str]) -> requests.Response:
        try:
            return self._client.send(method, url, headers=headers, credentials=self._source.credentials_for(url))
        except OutboundFailed as failure:
            raise self._broken(failure) from None

    def _write(self, response: requests.Response, target: Path, progress: Progress) -> str:
        length = response.headers.get("Content-Length", "")
        total = int(length) if length.isascii() and length.isdigit() and len(length) < 20 else None
        digest, received = hashlib.sha256(), 0
        try:
            with target.open("xb") as file:
                for chunk in self._client.chunks(response, most=LARGEST_DOWNLOAD):
                    file.write(chunk)
                    digest.update(chunk)
                    progress(received := received + len(chunk), total)
        except TooLarge:
            raise UpdateFailed(f"{self._source.name} sends more than {LARGEST_DOWNLOAD >> 20} MiB") from None
        except OutboundFailed as failure:
            raise self._broken(failure) from None
        return digest.hexdigest()

    def _beginning(self, response: requests.Response) -> bytes:
        try:
            return self._client.beginning(response, most=LARGEST_CHECKSUM)
        except OutboundFailed as failure:
            raise self._broken(failure) from None

    def _refusal(self, response: requests.Response) -> UpdateFailed:
        status = response.status_code
        hint = ": the account or the licence key is not accepted" if status in (401, 403) else ""
        return UpdateFailed(
            f"{self._source.name} answered {status}{hint}",
            retry_after=wanted_pause(response.headers.get("Retry-After"), now=self._now),
        )

    def _broken(self, failure: OutboundFailed) -> UpdateFailed:
        if self._client.is_cut:
            return UpdateFailed(f"{self._source.name} did not answer in time, or this process ends")
        return UpdateFailed(f"{self._source.name} cannot be reached, or broke off ({failure})")
