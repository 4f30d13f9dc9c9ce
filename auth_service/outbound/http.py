"""The one HTTP client for calls to other services: bounded in time and size, and cut from another thread if need be.

The time-outs of a socket restart with every byte, so a peer that drips could hold a call for days. Here a timer cuts
the connection when the total time is over. Redirects are not followed; no proxy or .netrc of the machine is used.
"""

import logging
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

CHUNK = 1 << 16  # bytes
NETWORK_ERRORS = (requests.RequestException, HTTPError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds: to connect, between two bytes, and for all calls of one client together."""

    connect: float = 10
    read: float = 30
    total: float = 900


class OutboundFailed(Exception):
    """A call did not succeed. The text is the kind of failure alone: a URL may hold a secret."""


class TooLarge(OutboundFailed):
    """The answer has more bytes than the caller accepts."""


class OutboundClient:
    """A context manager, for one exchange of one or more calls; `cut` ends it from another thread."""

    def __init__(self, limits: TimeLimits) -> None:
        self._limits = limits
        self._adapter = _CuttableAdapter()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("http://", self._adapter)
        self._session.mount("https://", self._adapter)
        self._timer = threading.Timer(limits.total, self.cut)
        self._timer.daemon = True

    def __enter__(self) -> "OutboundClient":
        logging.getLogger("urllib3.connectionpool").setLevel(logging.CRITICAL)  # it logs whole URLs
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._session.close()

    @property
    def is_cut(self) -> bool:
        """Whether the time was over, or `cut` was called."""
        return self._adapter.is_cut

    def cut(self) -> None:
        """End all connections, now and from now on."""
        self._adapter.cut()

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], credentials: tuple[str, str] | None = None
    ) -> requests.Response:
        """The response to a request, its body unread.

        Raises:
            OutboundFailed: there is none.
        """
        try:
            return self._session.request(
                method,
                url,
                headers=headers,
                auth=credentials,
                allow_redirects=False,
                stream=True,
                timeout=(self._limits.connect, self._limits.read),
            )
        except NETWORK_ERRORS as error:
            raise OutboundFailed(type(error).__name__) from None

    def chunks(self, response: requests.Response, *, most: int) -> Iterator[bytes]:
        """The body in pieces, as it was sent, of at most `most` bytes.

        Raises:
            TooLarge: it has more.
            OutboundFailed: it is incomplete, or the client was cut.
        """
        received = 0
        try:
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                received += len(chunk)
                if received > most:
                    raise TooLarge
                yield chunk
        except NETWORK_ERRORS as error:
            raise OutboundFailed(type(error).__name__) from None
        if self.is_cut:  # which can look like the end of a body
            raise OutboundFailed("cut")

    def beginning(self, response: requests.Response, *, most: int) -> bytes:
        """The first `most` bytes of the body.

        Raises:
            OutboundFailed: they could not be read.
        """
        try:
            beginning: bytes = response.raw.read(most, decode_content=False)
        except NETWORK_ERRORS as error:
            raise OutboundFailed(type(error).__name__) from None
        return beginning


class _CuttableAdapter(HTTPAdapter):
    """The transport of a session, which knows its open sockets."""

    def __init__(self) -> None:
        self.is_cut = False
        self._sockets: list[socket.socket] = []
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make a pool manager whose connections register their sockets here."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _pool_classes(self)

    def register(self, connected: socket.socket) -> None:
        """Remember an open socket, or shut it down if the adapter is cut already."""
        self._sockets.append(connected)
        if self.is_cut:
            self.cut()

    def cut(self) -> None:
        """Shut all sockets down."""
        self.is_cut = True
        for connected in self._sockets:
            with suppress(OSError):  # of one that is closed already
                socket.socket.shutdown(connected, socket.SHUT_RDWR)  # not TLS's own: another thread may be reading


def _pool_classes(adapter: _CuttableAdapter) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            adapter.register(self.sock)

    class Tls(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            adapter.register(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}
