"""Connections that can be cut from another thread, wherever they are.

A socket's time-out begins anew with every byte, so a server that drips could hold a download for days.
"""

import socket
from contextlib import suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class CuttableAdapter(HTTPAdapter):
    """The transport of one `requests.Session`; after `cut` nothing more comes through it."""

    def __init__(self) -> None:
        self.is_cut = False
        self._sockets: list[socket.socket] = []
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Have all connections noted."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self)

    def note(self, connected: socket.socket) -> None:
        """Remember an open connection, or end it when it is too late."""
        self._sockets.append(connected)
        if self.is_cut:
            self.cut()

    def cut(self) -> None:
        """End all connections, now and from now on."""
        self.is_cut = True
        for connected in self._sockets:
            with suppress(OSError):  # of one that is closed already
                socket.socket.shutdown(connected, socket.SHUT_RDWR)  # TLS's own would pull the rug from under a reader


def _pools(adapter: CuttableAdapter) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            adapter.note(self.sock)

    class Tls(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            adapter.note(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}
