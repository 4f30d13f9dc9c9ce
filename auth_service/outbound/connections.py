"""Keeps every connection of one HTTP client within reach, so that another thread can cut it."""

import socket
import ssl
from contextlib import suppress
from functools import cache
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class CuttableAdapter(HTTPAdapter):
    """The transport of one `requests.Session`; after `cut` it passes no more bytes."""

    def __init__(self) -> None:
        self.is_cut = False
        self._sockets: list[socket.socket] = []
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pools, whose connections register themselves here."""
        super().init_poolmanager(*arguments, ssl_context=_tls(), **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self)

    def register(self, connected: socket.socket) -> None:
        """Remember an open connection, or end it if `cut` came first."""
        self._sockets.append(connected)
        if self.is_cut:
            self.cut()

    def cut(self) -> None:
        """End all connections, present and future. One that is still being opened ends as soon as it is open."""
        self.is_cut = True
        for connected in self._sockets:
            with suppress(OSError):  # of one that is closed already
                # Not SSLSocket.shutdown, which drops the TLS object while another thread reads through it.
                socket.socket.shutdown(connected, socket.SHUT_RDWR)


@cache
def _tls() -> ssl.SSLContext:
    """Trusts the authorities of the machine; requests adds those of certifi."""
    return ssl.create_default_context()


def _pools(adapter: CuttableAdapter) -> dict[str, type[HTTPConnectionPool]]:
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
