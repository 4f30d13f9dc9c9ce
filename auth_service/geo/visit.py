"""One visit to a source, over when its time is: asking how new the file is, fetching it, asking for its checksum.

What the network or a library says of a failure may hold the key, so only the kind of failure is told. No proxy and no
.netrc of the machine is used.
"""

import hashlib
import logging
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

import requests
from urllib3.exceptions import HTTPError

from auth_service.geo.failures import UpdateFailed, wanted_pause
from auth_service.geo.source import Source, dated
from auth_service.outbound.http import CuttableAdapter

MOST_REDIRECTS = 5
LARGEST_DOWNLOAD = 256 << 20  # bytes
LARGEST_CHECKSUM = 4096  # bytes
CHUNK = 1 << 16  # bytes
IDENTITY = {"User-Agent": "auth_service", "Accept-Encoding": "identity"}
CHECKSUM = re.compile(rb"\s*([0-9A-Fa-f]{64})(\s|$)")
NETWORK_ERRORS = (requests.RequestException, HTTPError, OSError, ValueError)

Progress = Callable[[int, int | None], None]  # bytes so far, and in all where that is known


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for a connection, between two bytes, and for the whole visit."""

    connect: float = 10
    read: float = 30
    total: float = 900


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: its SHA-256 and its date, as the source writes it."""

    sha256: str
    last_modified: str | None


class Visit:
    """A context manager; `cut` ends it from another thread."""

    def __init__(self, source: Source, *, now: datetime, patience: Patience) -> None:
        self._source, self._now, self._patience = source, now, patience
        self._adapter = CuttableAdapter()
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.mount("http://", self._adapter)
        self._http.mount("https://", self._adapter)
        self._end = threading.Timer(patience.total, self.cut)
        self._end.daemon = True

    def __enter__(self) -> "Visit":
        logging.getLogger("urllib3.connectionpool").setLevel(logging.CRITICAL)  # it quotes whole URLs, with the key
        self._end.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.cancel()
        self._http.close()

    def cut(self) -> None:
        """End it now."""
        self._adapter.cut()

    def last_modified(self) -> str | None:
        """The date the source gives the file; `None` when it does not say."""
        with self._ask("HEAD", self._source.url) as response:
            if response.status_code in (401, 429) or (response.status_code >= 500 and response.status_code != 501):
                raise self._refusal(response)
            return response.headers.get("Last-Modified") if response.ok else None

    def fetch(self, target: Path, *, unless: str | None, progress: Progress) -> Fetched | None:
        """Write the file to `target`, which must not exist; `None` when it is not newer than `unless`."""
        headers = {"If-Modified-Since": unless} if unless else {}
        with self._ask("GET", self._source.url, headers) as response:
            if response.status_code == 304 and unless:
                return None
            if response.status_code != 200:
                raise self._refusal(response)
            return Fetched(self._write(response, target, progress), response.headers.get("Last-Modified"))

    def checksum(self) -> str | None:
        """The SHA-256 the source publishes beside the file; `None` when there is none."""
        with self._ask("GET", self._source.checksum_url) as response:
            if response.status_code == 429 or response.status_code >= 500:
                raise self._refusal(response)
            text = self._beginning(response, LARGEST_CHECKSUM) if response.status_code == 200 else b""
        found = CHECKSUM.match(text)
        return found[1].decode().lower() if found else None

    def _ask(self, method: str, url: str, headers: dict[str, str] | None = None) -> requests.Response:
        url = dated(url, self._now)
        for _ in range(MOST_REDIRECTS + 1):
            response = self._sent(method, url, {**IDENTITY, **(headers or {})})
            if not response.is_redirect:
                return response
            response.close()
            url = self._source.follow(url, response.headers["Location"])
        raise UpdateFailed(f"{self._source.name} redirects without end")

    def _sent(self, method: str, url: str, headers: dict[str, str]) -> requests.Response:
        try:
            return self._http.request(
                method,
                url,
                headers=headers,
                auth=self._source.credentials_for(url),
                allow_redirects=False,
                stream=True,
                timeout=(self._patience.connect, self._patience.read),
            )
        except NETWORK_ERRORS as error:
            raise self._broken(error) from None

    def _write(self, response: requests.Response, target: Path, progress: Progress) -> str:
        length = response.headers.get("Content-Length", "")
        total = int(length) if length.isascii() and length.isdigit() and len(length) < 20 else None
        digest, received = hashlib.sha256(), 0
        with target.open("xb") as file:
            for chunk in self._chunks(response, LARGEST_DOWNLOAD):
                file.write(chunk)
                digest.update(chunk)
                progress(received := received + len(chunk), total)
        return digest.hexdigest()

    def _chunks(self, response: requests.Response, most: int) -> Iterator[bytes]:
        received = 0
        try:
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                received += len(chunk)
                if received > most:
                    raise UpdateFailed(f"{self._source.name} sends more than {most >> 20} MiB")
                yield chunk
        except NETWORK_ERRORS as error:
            raise self._broken(error) from None
        if self._adapter.is_cut:  # which can look like an end
            raise self._broken(EOFError())

    def _beginning(self, response: requests.Response, most: int) -> bytes:
        try:
            beginning: bytes = response.raw.read(most, decode_content=False)
        except NETWORK_ERRORS as error:
            raise self._broken(error) from None
        return beginning

    def _refusal(self, response: requests.Response) -> UpdateFailed:
        status = response.status_code
        hint = ": the account or the licence key is not accepted" if status in (401, 403) else ""
        return UpdateFailed(
            f"{self._source.name} answered {status}{hint}",
            retry_after=wanted_pause(response.headers.get("Retry-After"), now=self._now),
        )

    def _broken(self, error: Exception) -> UpdateFailed:
        if self._adapter.is_cut:
            return UpdateFailed(f"{self._source.name} did not answer in time, or this process ends")
        return UpdateFailed(f"{self._source.name} cannot be reached, or broke off ({type(error).__name__})")
