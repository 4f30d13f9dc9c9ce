"""A response as it arrives: status and headers first, then the body, of which the caller bounds the size."""

from collections.abc import Iterator, Mapping
from types import TracebackType

import requests
from urllib3.exceptions import HTTPError

from auth_service.outbound.connections import CuttableAdapter
from auth_service.outbound.failures import TimeIsUp, TooLarge, failure

CHUNK = 1 << 16  # bytes
NETWORK_ERRORS = (requests.RequestException, HTTPError, OSError, ValueError)


class Response:
    """Status and headers; the body follows as it is read. A context manager, which closes it."""

    def __init__(self, response: requests.Response, adapter: CuttableAdapter) -> None:
        self._response, self._adapter = response, adapter
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers

    def __enter__(self) -> "Response":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def location(self) -> str | None:
        """Where a redirect leads, as the header has it; `None` for any other response."""
        return self.headers["Location"] if self._response.is_redirect else None

    def close(self) -> None:
        """Give the connection back."""
        self._response.close()

    def chunks(self, most: int) -> Iterator[bytes]:
        """The body, piece by piece.

        Raises:
            TooLarge: it has more than `most` bytes.
            OutboundFailed: it broke off.
        """
        received = 0
        try:
            for chunk in self._response.raw.stream(CHUNK, decode_content=False):
                received += len(chunk)
                if received > most:
                    raise TooLarge(f"more than {most} bytes")
                yield chunk
        except NETWORK_ERRORS as error:
            raise failure(error, is_cut=self._adapter.sockets.is_cut) from None
        self._require_end()

    def beginning(self, most: int) -> bytes:
        """The first `most` bytes of the body, or all of a shorter one.

        Raises:
            OutboundFailed: it broke off.
        """
        try:
            body: bytes = self._response.raw.read(most, decode_content=False)
        except NETWORK_ERRORS as error:
            raise failure(error, is_cut=self._adapter.sockets.is_cut) from None
        self._require_end()
        return body

    def _require_end(self) -> None:
        if self._adapter.sockets.is_cut:  # which a body without a length would not show
            raise TimeIsUp("cut off")
