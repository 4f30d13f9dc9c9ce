"""The ticket between the two steps of a login: signed, not stored. It opens nothing but the second step."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from uuid import uuid4

from bson import ObjectId
from itsdangerous import BadData, URLSafeSerializer

from auth_service.clock import Clock
from auth_service.documents.records import UserRecord
from auth_service.errors import InvalidTicket

LIFETIME = timedelta(minutes=5)
LONGEST = 512  # characters


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whose password was right, in which version of the account, and until when it is valid.

    `ticket_id` is random, in hexadecimal.
    """

    ticket_id: str
    user_id: ObjectId
    version: int
    password_set: int
    expires_at: datetime

    def fits(self, user: UserRecord) -> bool:
        """Whether the account is the one of the first step, and still as it was then."""
        return (self.user_id, self.version, self.password_set) == (user["_id"], user["authVersion"], _set_at(user))


class Tickets:
    """Signs tickets by the first of `secrets`; the others verify, too."""

    def __init__(self, *, clock: Clock, secrets: Sequence[str]) -> None:
        self._clock = clock
        self._serializer = URLSafeSerializer(
            list(reversed(secrets)),  # it signs with the last one
            salt="ticket of a login",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def issue(self, user: UserRecord) -> str:
        """A ticket of `user`, whose password was right a moment ago."""
        expires = _milliseconds(self._clock.now() + LIFETIME)
        claims = [uuid4().hex, str(user["_id"]), user["authVersion"], _set_at(user), expires]
        text = self._serializer.dumps(claims)
        return text if isinstance(text, str) else text.decode()

    def verify(self, text: str) -> Ticket:
        """What a genuine ticket says.

        Raises:
            InvalidTicket: it is not genuine, or has expired.
        """
        if len(text) > LONGEST:
            raise InvalidTicket
        try:
            ticket_id, user_id, version, password_set, expires = self._serializer.loads(text)
        except (BadData, TypeError, ValueError):
            raise InvalidTicket from None
        if expires <= _milliseconds(self._clock.now()):
            raise InvalidTicket
        expires_at = datetime.fromtimestamp(expires / 1000, timezone.utc)
        return Ticket(ticket_id, ObjectId(user_id), version, password_set, expires_at)


def _set_at(user: UserRecord) -> int:
    return _milliseconds(user.get("passwordChangedAt", user["createdAt"]))


def _milliseconds(moment: datetime) -> int:
    """`moment` in milliseconds since 1970, as the database keeps it."""
    return round(moment.astimezone(timezone.utc).timestamp() * 1000)
