"""One visit to a source: how new the file is, the file itself, and its checksum.

What the network or a library says of a failure may hold the key, so a message names only the kind of failure.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auth_service.geo.failures import UpdateFailed, requested_pause
from auth_service.geo.source import Source, dated
from auth_service.outbound.failures import OutboundFailed, TimeIsUp, TooLarge
from auth_service.outbound.http import OutboundClient
from auth_service.outbound.response import Response

MOST_REDIRECTS = 5
LARGEST_DOWNLOAD = 256 << 20  # bytes
LARGEST_CHECKSUM = 4096  # bytes
CHECKSUM = re.compile(rb"\s*([0-9A-Fa-f]{64})(\s|$)")

Progress = Callable[[int, int | None], None]  # bytes so far, and in total where that is known


@dataclass(frozen=True, slots=True)
class Fetched:
    """A downloaded file: its SHA-256, and its date as the source writes it."""

    sha256: str
    last_modified: str | None


class Visit:
    """Requests to `source` by one `client`. Each method raises `UpdateFailed` when the source does not do its part."""

    def __init__(self, source: Source, client: OutboundClient, *, now: datetime) -> None:
        self._source, self._client, self._now = source, client, now

    def last_modified(self) -> str | None:
        """The date the source gives the file; `None` when it gives none."""
        with self._request("HEAD", self._source.url) as response:
            if response.status in (401, 429) or (response.status >= 500 and response.status != 501):
                raise self._refusal(response)
            return response.headers.get("Last-Modified") if response.status < 400 else None

    def fetch(self, target: Path, *, unless: str | None, progress: Progress) -> Fetched | None:
        """Write the file to `target`, which must not exist; `None` when it is not newer than `unless`."""
        headers = {"If-Modified-Since": unless} if unless else {}
        with self._request("GET", self._source.url, headers) as response:
            if response.status == 304 and unless:
                return None
            if response.status != 200:
                raise self._refusal(response)
            return Fetched(self._write(response, target, progress), response.headers.get("Last-Modified"))

    def checksum(self) -> str | None:
        """The SHA-256 the source publishes beside the file; `None` when there is none."""
        with self._request("GET", self._source.checksum_url) as response:
            if response.status == 429 or response.status >= 500:
                raise self._refusal(response)
            text = self._beginning(response) if response.status == 200 else b""
        found = CHECKSUM.match(text)
        return found[1].decode().lower() if found else None

    def _request(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Response:
        url = dated(url, self._now)
        for _ in range(MOST_REDIRECTS + 1):
            response = self._send(method, url, headers)
            if response.location is None:
                return response
            response.close()
            url = self._source.follow(url, response.location)
        raise UpdateFailed(f"{self._source.name} redirects without end")

    def _send(self, method: str, url: str, headers: Mapping[str, str] | None) -> Response:
        try:
            return self._client.request(method, url, headers=headers, credentials=self._source.credentials_for(url))
        except OutboundFailed as failure:
            raise self._failure(failure) from None

    def _write(self, response: Response, target: Path, progress: Progress) -> str:
        length = response.headers.get("Content-Length", "")
        total = int(length) if length.isascii() and length.isdigit() and len(length) < 20 else None
        digest, received = hashlib.sha256(), 0
        try:
            with target.open("xb") as file:
                for chunk in response.chunks(LARGEST_DOWNLOAD):
                    file.write(chunk)
                    digest.update(chunk)
                    progress(received := received + len(chunk), total)
        except OutboundFailed as failure:
            raise self._failure(failure) from None
        return digest.hexdigest()

    def _beginning(self, response: Response) -> bytes:
        try:
            return response.beginning(LARGEST_CHECKSUM)
        except OutboundFailed as failure:
            raise self._failure(failure) from None

    def _refusal(self, response: Response) -> UpdateFailed:
        hint = ": the account or the licence key is not accepted" if response.status in (401, 403) else ""
        return UpdateFailed(
            f"{self._source.name} answered {response.status}{hint}",
            retry_after=requested_pause(response.headers.get("Retry-After"), now=self._now),
        )

    def _failure(self, failure: OutboundFailed) -> UpdateFailed:
        name = self._source.name
        if isinstance(failure, TooLarge):
            return UpdateFailed(f"{name} sends more than {LARGEST_DOWNLOAD >> 20} MiB")
        if isinstance(failure, TimeIsUp):
            return UpdateFailed(f"{name} did not answer in time, or this process ends")
        return UpdateFailed(f"{name} cannot be reached, or broke off ({failure})")
