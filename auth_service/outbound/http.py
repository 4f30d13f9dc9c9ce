"""The HTTP client for every call this service makes: bounded in time and size, and cut from another thread if need be.

The time-out of a socket begins anew with every byte, and none covers the resolution of a name. So each request runs in
a daemon thread, the caller waits for its result, and a timer cuts the connections when the time in total is over.
"""

import logging
import threading
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import requests

from auth_service.outbound.connections import CuttableAdapter
from auth_service.outbound.failures import OutboundFailed, TimeIsUp, TooManyRequests, failure
from auth_service.outbound.response import Response

HEADERS = {"User-Agent": "auth_service", "Accept-Encoding": "identity"}
LOGGERS_OF_URLS = tuple(f"urllib3.{name}" for name in ("connection", "connectionpool", "poolmanager", "util.retry"))


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds: to connect, between two bytes, and in total, from the first name resolution to the last byte."""

    connect: float = 10
    read: float = 30
    total: float = 900


class OutboundClient:
    """Requests that share one total time, which begins with the first of them.

    A context manager, for one thread; only `cut` may be called from any. It follows no redirects and uses neither the
    proxies nor the `.netrc` of the machine.
    """

    def __init__(self, *, name: str, limits: TimeLimits, slots: threading.Semaphore | None = None) -> None:
        """`name` is that of the threads. With `slots`, each thread holds one until it ends, even an abandoned one."""
        self._name, self._limits = name, limits
        self._slots = slots or threading.Semaphore()
        self._adapter = CuttableAdapter()
        self._session = _session(self._adapter)
        self._response: Future[requests.Response] = Future()
        self._timer = threading.Timer(limits.total, self.cut)
        self._timer.daemon = True

    def __enter__(self) -> "OutboundClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._session.close()

    def cut(self) -> None:
        """End the request under way, wherever it is, and every later one."""
        self._adapter.sockets.cut()
        self._response.cancel()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        credentials: tuple[str, str] | None = None,
    ) -> Response:
        """Send a request, with basic authentication if there are `credentials`; return when the headers have arrived.

        Raises:
            OutboundFailed: they have not, for any reason.
        """
        if not self._slots.acquire(blocking=False):
            raise TooManyRequests("too many requests are open")
        options = {"headers": headers, "auth": credentials}
        response = self._response = Future()
        if self._adapter.sockets.is_cut:
            response.cancel()
        self._start(threading.Thread(target=self._run, args=(response, method, url, options), name=self._name))
        try:
            return Response(response.result(), self._adapter)
        except CancelledError:
            raise TimeIsUp("no answer in time") from None

    def _start(self, thread: threading.Thread) -> None:
        thread.daemon = True
        try:
            if self._timer.ident is None:
                self._timer.start()
            thread.start()
        except RuntimeError:  # the system has no thread left
            self._slots.release()
            raise OutboundFailed("no thread") from None

    def _run(self, response: "Future[requests.Response]", method: str, url: str, options: dict[str, Any]) -> None:
        try:
            arrived = self._send(method, url, options)
        except Exception as error:  # of the network, of TLS, of the other side's HTTP: any of them means no response
            with suppress(InvalidStateError):  # cut in the meantime
                response.set_exception(failure(error, is_cut=self._adapter.sockets.is_cut))
        else:
            try:
                response.set_result(arrived)
            except InvalidStateError:
                arrived.close()

    def _send(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        timeout = (self._limits.connect, self._limits.read)
        try:
            return self._session.request(method, url, allow_redirects=False, stream=True, timeout=timeout, **options)
        finally:
            self._slots.release()


def _session(adapter: CuttableAdapter) -> requests.Session:
    for name in LOGGERS_OF_URLS:
        logging.getLogger(name).addFilter(_nothing)
    session = requests.Session()
    session.trust_env = False
    session.headers.clear()
    session.headers.update(HEADERS)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _nothing(record: logging.LogRecord) -> bool:
    """A filter that passes no line: urllib3 quotes URLs, which hold a licence key or the beginning of a hash."""
    return False
