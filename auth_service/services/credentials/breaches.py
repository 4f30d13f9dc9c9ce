"""Asks whether a password is known from a data breach, without telling which password it is.

The k-anonymity range API of Have I Been Pwned is sent the first 5 of the 40 hex digits of the password's SHA-1, and
answers with the rest of all hashes that begin so. An answer that cannot be had or read refuses nobody: a password that
passed every other rule is accepted, and the log says so in one line without any part of the password or its hash.
"""

import hashlib
import logging
import re
import socket
import ssl
from concurrent.futures import Future
from contextlib import suppress
from http.client import HTTPConnection, HTTPSConnection
from threading import BoundedSemaphore, Thread
from typing import Protocol
from urllib.parse import urlsplit

log = logging.getLogger(__name__)

TIMEOUT = 2.0  # seconds, from the name's resolution to the last byte
LONGEST_ANSWER = 1 << 20  # bytes; a padded one has some 60,000
MOST_EXCHANGES = 8  # at one time, with those given up on that have not noticed yet
PREFIX = 5  # hex digits that leave
HEADERS = {"Add-Padding": "true", "User-Agent": "auth_service"}  # the padding hides the length from who listens
LINE = re.compile(r"([0-9A-Fa-f]{35}):(\d{1,12})")


class Breaches(Protocol):
    """Anything that can say whether a password is known from a breach."""

    def contains(self, password: str) -> bool:
        """Whether `password` is known; `False` as well when that cannot be found out."""


class NullBreaches:
    """Knows no breach."""

    def contains(self, password: str) -> bool:
        """Always `False`."""
        return False


class BreachesUnknown(Exception):
    """The range could not be had; the text says why, and holds nothing of what was asked."""


class PwnedPasswords:
    """The range API at `url`. Redirects are not followed, and no proxy or .netrc of the machine is used."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._host, self._port = parts.hostname or "", parts.port
        self._path = parts.path.rstrip("/") + "/"
        self._timeout = timeout
        self._slots = BoundedSemaphore(MOST_EXCHANGES)

    def contains(self, password: str) -> bool:
        """Whether the range of `password` has it, with a count above 0: padding has 0."""
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        try:
            return digest[PREFIX:] in _suffixes(self._range(digest[:PREFIX]))
        except BreachesUnknown as reason:
            log.warning("A password was accepted without asking for breaches: %s", reason)
            return False

    def _range(self, prefix: str) -> bytes:
        if not self._slots.acquire(blocking=False):
            raise BreachesUnknown("too many questions are open")
        exchange = _Exchange(self._connection(), self._path + prefix)
        Thread(target=self._run, args=(exchange,), name="breaches", daemon=True).start()
        try:
            return exchange.answer.result(self._timeout)
        except TimeoutError:
            raise BreachesUnknown(f"no answer within {self._timeout:g} s") from None
        finally:
            exchange.cut()

    def _run(self, exchange: "_Exchange") -> None:
        try:
            exchange.run()
        finally:
            self._slots.release()

    def _connection(self) -> HTTPConnection:
        longest = 2 * self._timeout  # for a thread that cannot be cut: the one who waits for it is quicker to give up
        if self._tls:
            return HTTPSConnection(self._host, self._port, timeout=longest, context=self._tls)
        return HTTPConnection(self._host, self._port, timeout=longest)


class _Exchange:
    """One question and its answer, in a thread of its own.

    A socket's time-out begins anew with every byte, and none rules the resolution of a name. So whoever waits for
    `answer` counts the time, and then cuts the connection under the thread.
    """

    def __init__(self, connection: HTTPConnection, path: str) -> None:
        self.answer: Future[bytes] = Future()
        self._connection = connection
        self._path = path
        self._socket: socket.socket | None = None
        self._given_up = False

    def run(self) -> None:
        """Fill `answer` with a body, or with the reason why there is none."""
        try:
            self.answer.set_result(self._ask())
        except BreachesUnknown as reason:
            self.answer.set_exception(reason)
        except Exception as error:  # of the network, of TLS, of the other side's HTTP: any of them means not known
            self.answer.set_exception(BreachesUnknown(type(error).__name__))
        finally:
            self._connection.close()

    def cut(self) -> None:
        """End it, wherever it is; one that has ended is left alone."""
        self._given_up = True
        if self._socket is not None:
            _shut(self._socket)

    def _ask(self) -> bytes:
        self._connection.connect()
        self._socket = self._connection.sock
        if self._given_up:
            raise BreachesUnknown("given up")
        self._connection.request("GET", self._path, headers=HEADERS)
        with self._connection.getresponse() as response:
            if response.status != 200:
                raise BreachesUnknown(f"status {response.status}")
            body = response.read(LONGEST_ANSWER + 1)
            if len(body) > LONGEST_ANSWER or response.length:
                raise BreachesUnknown("the answer is too long or cut off")
            return body


def open_breaches(*, check: bool, url: str) -> Breaches:
    """The range API at `url`, or, without `check`, one that knows no breach."""
    return PwnedPasswords(url) if check else NullBreaches()


def _shut(connected: socket.socket) -> None:
    with suppress(OSError):  # of one that is closed already
        connected.shutdown(socket.SHUT_RDWR)


def _suffixes(body: bytes) -> set[str]:
    """The suffixes that were really seen; one line that is none makes the whole answer worth nothing."""
    lines = [LINE.fullmatch(line) for line in body.decode("ascii", "replace").splitlines()]
    if not lines or not all(lines):
        raise BreachesUnknown("the answer is no range of hashes")
    return {line[1].upper() for line in lines if line and int(line[2]) > 0}
