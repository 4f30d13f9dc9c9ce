"""Keeps every connection of one HTTP client within reach, so that another thread can cut it."""

import ssl
from functools import cache
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from auth_service.outbound.deadlines import CuttableSockets


class CuttableAdapter(HTTPAdapter):
    """The transport of one `requests.Session`, which registers its connections among `sockets`."""

    def __init__(self) -> None:
        self.sockets = CuttableSockets()
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pools, whose connections register themselves here."""
        super().init_poolmanager(*arguments, ssl_context=_tls(), **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self.sockets)


@cache
def _tls() -> ssl.SSLContext:
    """Trusts the authorities of the machine; requests adds those of certifi."""
    return ssl.create_default_context()


def _pools(sockets: CuttableSockets) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            sockets.register(self.sock)

    class Tls(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            sockets.register(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}
