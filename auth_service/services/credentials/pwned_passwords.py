"""Looks passwords up in the k-anonymity range API of Have I Been Pwned, or a mirror of it.

The API gets the first 5 of the 40 hex digits of the password's SHA-1, and answers with the rest of all hashes that
begin with them. Without a readable answer the password is accepted, for it has passed every other rule, and the log
says so in one line without any part of the password or its hash.
"""

import hashlib
import logging
import re
from threading import BoundedSemaphore

from auth_service.outbound.failures import OutboundFailed, TimeIsUp
from auth_service.outbound.http import OutboundClient, TimeLimits

log = logging.getLogger(__name__)

TIMEOUT = 2.0  # seconds, from name resolution to the last byte
LONGEST_ANSWER = 1 << 20  # bytes; a padded one has some 60,000
MOST_EXCHANGES = 8  # at one time, abandoned ones that have not ended included
PREFIX = 5  # hex digits that leave
HEADERS = {"Add-Padding": "true"}  # hides from an eavesdropper how many hashes begin so
LINE = re.compile(r"([0-9A-Fa-f]{35}):(\d{1,12})")


class PwnedPasswords:
    """The range API at `url`; an answer counts if it is complete after `timeout` seconds in total."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self._url = url.rstrip("/") + "/"
        # A thread that cannot be cut, in name resolution or a handshake, ends by the other two limits.
        self._limits = TimeLimits(connect=2 * timeout, read=2 * timeout, total=timeout)
        self._slots = BoundedSemaphore(MOST_EXCHANGES)

    def contains(self, password: str) -> bool:
        """Whether the range of `password` lists it with a count above 0: padding has 0."""
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        try:
            return digest[PREFIX:] in _suffixes(self._range(digest[:PREFIX]))
        except TimeIsUp:
            reason = f"no answer within {self._limits.total:g} s"
        except OutboundFailed as failure:
            reason = str(failure)
        log.warning("A password was accepted without asking for breaches: %s", reason)
        return False

    def _range(self, prefix: str) -> bytes:
        with (
            OutboundClient(name="breaches", limits=self._limits, slots=self._slots) as client,
            client.request("GET", self._url + prefix, headers=HEADERS) as response,
        ):
            if response.status != 200:
                raise OutboundFailed(f"status {response.status}")
            return b"".join(response.chunks(LONGEST_ANSWER))


def _suffixes(body: bytes) -> set[str]:
    """The suffixes with a count above 0; one malformed line makes the whole answer worthless."""
    lines = [LINE.fullmatch(line) for line in body.decode("ascii", "replace").splitlines()]
    if not lines or not all(lines):
        raise OutboundFailed("the answer is no range of hashes")
    return {line[1].upper() for line in lines if line and int(line[2]) > 0}
