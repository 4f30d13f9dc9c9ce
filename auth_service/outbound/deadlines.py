"""Bounds work over sockets by a total time: when it is over, another thread cuts the connections.

The time-out of a socket begins anew with every byte, and none covers the resolution of a name.
"""

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from typing import TypeVar

from auth_service.outbound.failures import OutboundFailed, TimeIsUp

Result = TypeVar("Result")


class CuttableSockets:
    """Sockets that any thread can cut; after `cut` they pass no more bytes."""

    def __init__(self) -> None:
        self.is_cut = False
        self._sockets: list[socket.socket] = []

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


def bounded(work: Callable[[CuttableSockets], Result], *, seconds: float, name: str) -> Result:
    """The result of `work`, in a daemon thread of this `name`; an exception that it raises propagates.

    `work` registers its connections. After the time is over its thread may linger while it looks up a name.

    Raises:
        TimeIsUp: the time is over.
        OutboundFailed: the system has no thread left.
    """
    sockets, outcome = CuttableSockets(), Future[Result]()

    def run() -> None:
        try:
            outcome.set_result(work(sockets))
        except BaseException as error:  # it belongs to the caller
            outcome.set_exception(error)

    try:
        threading.Thread(target=run, name=name, daemon=True).start()
    except RuntimeError:
        raise OutboundFailed("no thread") from None
    try:
        return outcome.result(seconds)
    except NotInTime:
        if outcome.done():  # at the last moment, or the time-out is one that `work` raised
            return outcome.result()
        sockets.cut()
        raise TimeIsUp("cut off") from None
