"""Asks the range API of Have I Been Pwned about a password, without revealing it (k-anonymity).

The API gets the first 5 of the 40 hex digits of the password's SHA-1, and answers with the rest of all hashes that
begin so. A missing or unreadable answer rejects no password: the log has one warning, without any part of the password
or its hash.
"""

import hashlib
import logging
import re
from concurrent.futures import Future
from threading import BoundedSemaphore, Thread

from auth_service.outbound.http import OutboundClient, OutboundFailed, TimeLimits, TooLarge

log = logging.getLogger(__name__)

TIMEOUT = 2.0  # seconds, from the resolution of the name to the last byte
LONGEST_ANSWER = 1 << 20  # bytes; a padded one has about 60,000
MOST_EXCHANGES = 8  # at one time, including those whose caller has given up
PREFIX = 5  # hex digits that are sent
HEADERS = {  # the padding hides the length of the answer from observers of the network
    "Add-Padding": "true",
    "User-Agent": "auth_service",
    "Accept-Encoding": "identity",
}
LINE = re.compile(r"([0-9A-Fa-f]{35}):(\d{1,12})")


class BreachesUnknown(Exception):
    """There is no usable answer; the text says why, and holds no part of the question."""


class PwnedPasswords:
    """The range API at `url`."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self._url = url.rstrip("/") + "/"
        self._timeout = timeout
        self._slots = BoundedSemaphore(MOST_EXCHANGES)

    def contains(self, password: str) -> bool:
        """Whether the range of `password` lists it, with a count above 0: padding has 0."""
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        try:
            return digest[PREFIX:] in _suffixes(self._range(digest[:PREFIX]))
        except BreachesUnknown as reason:
            log.warning("A password was accepted without asking for breaches: %s", reason)
            return False

    def _range(self, prefix: str) -> bytes:
        """The answer to a prefix. A daemon thread fetches it, because no time-out ends the resolution of a name."""
        if not self._slots.acquire(blocking=False):
            raise BreachesUnknown("too many questions are open")
        longest = 2 * self._timeout  # for a thread that cannot be cut: its caller gives up first
        limits = TimeLimits(connect=longest, read=longest, total=longest)
        client, answer = OutboundClient(limits), Future[bytes]()
        Thread(target=self._run, args=(client, prefix, answer), name="breaches", daemon=True).start()
        try:
            return answer.result(self._timeout)
        except TimeoutError:
            raise BreachesUnknown(f"no answer within {self._timeout:g} s") from None
        finally:
            client.cut()

    def _run(self, client: OutboundClient, prefix: str, answer: "Future[bytes]") -> None:
        try:
            answer.set_result(self._fetch(client, prefix))
        except BreachesUnknown as reason:
            answer.set_exception(reason)
        except Exception as error:
            answer.set_exception(BreachesUnknown(type(error).__name__))
        finally:
            self._slots.release()

    def _fetch(self, client: OutboundClient, prefix: str) -> bytes:
        try:
            with client, client.send("GET", self._url + prefix, headers=HEADERS) as response:
                if response.status_code != 200:
                    raise BreachesUnknown(f"status {response.status_code}")
                return b"".join(client.chunks(response, most=LONGEST_ANSWER))
        except TooLarge:
            raise BreachesUnknown("the answer is too long or cut off") from None
        except OutboundFailed as failure:
            raise BreachesUnknown(str(failure)) from None


def _suffixes(body: bytes) -> set[str]:
    """The suffixes with a count above 0; one malformed line makes the whole answer unusable."""
    lines = [LINE.fullmatch(line) for line in body.decode("ascii", "replace").splitlines()]
    if not lines or not all(lines):
        raise BreachesUnknown("the answer is no range of hashes")
    return {line[1].upper() for line in lines if line and int(line[2]) > 0}
