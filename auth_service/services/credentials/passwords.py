"""Password hashing (OWASP ASVS 5.0 V11.4).

A password is pre-hashed to 64 bytes, because bcrypt reads no more than 72, and then hashed with bcrypt. Every failed
check costs the same, whatever is stored.
"""

import base64
import hmac
import re
import unicodedata

import bcrypt

from auth_service.services.credentials.hashing_queue import HashingQueue

SCHEME = "$bcrypt-hmac-sha384"
DOMAIN = b"auth_service password v1"  # separates these digests from others of the same password; not a secret
DECOY_SALT = "abcdefghijklmnopqrstuu"
BCRYPT_HASH = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")


class Passwords:
    """Hashes at the cost `rounds`, the base-2 logarithm of bcrypt's iterations, in a slot of the `queue`.

    A `known` caller, a known device or an active session, has the queue's places and slots before strangers.
    """

    def __init__(self, *, rounds: int, queue: HashingQueue) -> None:
        self._rounds = rounds
        self._queue = queue
        self._nobody = f"{SCHEME}$2b${rounds:02}${DECOY_SALT}{'.' * 31}"  # checked where there is no account

    def require_capacity(self, *, known: bool = False) -> None:
        """Return if the queue has room for another hash, of a `known` caller or of a stranger.

        Raises:
            LoginBusy: it has none.
        """
        self._queue.require_capacity(known=known)

    def make_hash(self, password: str, *, known: bool = False) -> str:
        """The form in which `password` is stored: the scheme's tag and a bcrypt hash.

        Raises:
            LoginBusy: the queue is full, or no slot became free in time.
        """
        with self._queue.slot(known=known):
            return SCHEME + bcrypt.hashpw(_digest(password), bcrypt.gensalt(self._rounds)).decode()

    def matches(self, password: str, stored: str | None, *, known: bool = False) -> bool:
        """Whether `stored` is a hash of `password`. `None` and a malformed hash match nothing, at the same cost.

        Raises:
            LoginBusy: the queue is full, or no slot became free in time.
        """
        if stored is None:
            self.matches(password, self._nobody, known=known)
            return False
        if stored.startswith(SCHEME):
            attempts = [(_digest(password), stored.removeprefix(SCHEME))]
        else:
            attempts = [(text.encode()[:72], stored) for text in _spellings(password)]
        decoys = len(_spellings(password)) - len(attempts)
        with self._queue.slot(known=known):
            outcomes = [self._check(secret, hashed) for secret, hashed in attempts]  # all, whatever the first outcome
            return any(outcomes) or self._spend(decoys)

    def is_outdated(self, stored: str) -> bool:
        """Whether `stored` has another scheme or a lower cost than a new hash."""
        return not stored.startswith(SCHEME) or _cost(stored.removeprefix(SCHEME)) < self._rounds

    def _check(self, secret: bytes, hashed: str) -> bool:
        cost = _cost(hashed)
        if cost and bcrypt.checkpw(secret, hashed.encode()):
            return True
        for top_up in range(cost, self._rounds) if cost else (self._rounds,):
            _burn(top_up)
        return False

    def _spend(self, decoys: int) -> bool:
        for _ in range(decoys):
            _burn(self._rounds)
        return False


def _spellings(password: str) -> list[str]:
    """`password` as typed, and trimmed where that differs: other systems trimmed before they hashed."""
    return list(dict.fromkeys([password, password.strip()]))


def _digest(password: str) -> bytes:
    normal = unicodedata.normalize("NFKC", password).encode()
    return base64.b64encode(hmac.digest(DOMAIN, normal, "sha384"))


def _cost(hashed: str) -> int:
    """The cost of a well-formed bcrypt hash, 0 for anything else."""
    match = BCRYPT_HASH.fullmatch(hashed)
    cost = int(match[1]) if match else 0
    return cost if 4 <= cost <= 31 else 0


def _burn(cost: int) -> None:
    """Do the work of one hash of `cost`: costs c, c, c+1, … r-1 add up to one of cost r."""
    bcrypt.hashpw(b"decoy", f"$2b${cost:02}${DECOY_SALT}".encode())
