"""The queue of mails. A mail is put into it in the transaction of its cause, and sent at least once.

All times of the queue are the database's own, so hosts with different clocks agree on what is due.
"""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, ReturnDocument
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.documents.mail import Mail, MailState
from auth_service.documents.records import MailRecord
from auth_service.services.mail.kinds import Kind
from auth_service.services.origin.client import current

LEASE = timedelta(seconds=90)  # for which a claimed mail is not given to another worker: handing over takes up to 60
SENT_KEPT, DEAD_KEPT = timedelta(days=7), timedelta(days=30)
LONGEST_ERROR = 300  # characters
AT_ONCE = datetime(1970, 1, 1, tzinfo=timezone.utc)


class MailQueue:
    """Mails that wait for a worker."""

    is_open = True  # whether it takes mails at all

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self.filled = threading.Event()  # a mail was put, here; its transaction may not have committed yet

    def put(
        self,
        kind: Kind,
        *,
        to: str | None = None,
        user_id: ObjectId | None = None,
        values: Mapping[str, str] | None = None,
        code_id: bytes | None = None,
        transaction: ClientSession | None = None,
    ) -> None:
        """Queue a mail in the language of the current request, inside `transaction` when one is given.

        Args:
            kind: which text.
            to: the canonical address; by default that of the user when the mail is sent.
            user_id: whom it is about.
            values: what the text mentions, by the names that it uses.
            code_id: the code that it brings.
            transaction: that of its cause.
        """
        now = self._clock.now()
        described = {"to": to, "userId": user_id, "codeId": code_id, "values": dict(values or {}) or None}
        record = {
            "kind": kind.value,
            "language": current.get().language,
            **{name: value for name, value in described.items() if value is not None},
            "state": MailState.WAITING.value,
            "attempts": 0,
            "dueAt": AT_ONCE,
            "createdAt": now,
            "purgeAt": now + DEAD_KEPT,
        }
        Mail._get_collection().insert_one(record, session=transaction)
        self.filled.set()

    def claim(self) -> MailRecord | None:
        """The mail that is due for the longest time, for `LEASE`; `None` when none is due.

        Its `dueAt`, the end of the lease, tells this claim from a later one. Whoever took longer than the lease cannot
        overwrite what the next worker makes of the mail.
        """
        due = {"state": MailState.WAITING, "$expr": {"$lte": ["$dueAt", "$$NOW"]}}
        mail: MailRecord | None = Mail._get_collection().find_one_and_update(
            due,
            [{"$set": {"dueAt": _after(LEASE), "attempts": {"$add": ["$attempts", 1]}}}],
            sort=[("dueAt", ASCENDING), ("_id", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        return mail

    def amend(self, mail: MailRecord, *, without: tuple[str, ...] = (), **fields: Any) -> MailRecord:
        """Record what was decided about a claimed mail, so that a later attempt decides the same.

        The `fields` are set, those called as in `without` removed.
        """
        removal = {"$unset": dict.fromkeys(without, 1)} if without else {}
        Mail._get_collection().update_one(_as_claimed(mail), {"$set": fields, **removal})
        amended: Any = {name: value for name, value in {**mail, **fields}.items() if name not in without}
        record: MailRecord = amended
        return record

    def sent(self, mail: MailRecord) -> None:
        """The mail was taken over, in whichever claim: nothing personal of it is kept."""
        kept = {"state": MailState.SENT.value, "purgeAt": self._clock.now() + SENT_KEPT}
        gone = {"to": 1, "values": 1, "lastError": 1}
        Mail._get_collection().update_one({"_id": mail["_id"]}, {"$set": kept, "$unset": gone})

    def drop(self, mail: MailRecord) -> None:
        """The mail is not sent. One that an earlier attempt may have brought stays counted among those that were."""
        if "decidedAt" in mail:
            self.sent(mail)
        else:
            Mail._get_collection().delete_one(_as_claimed(mail))

    def postpone(self, mail: MailRecord, delay: timedelta, *, error: str, counts: bool = True) -> None:
        """The next attempt is after `delay`; the failed one `counts` unless it says nothing about this mail."""
        attempts = {} if counts else {"attempts": {"$max": [0, {"$subtract": ["$attempts", 1]}]}}
        change = {"dueAt": _after(delay), "lastError": {"$literal": error[:LONGEST_ERROR]}, **attempts}
        Mail._get_collection().update_one(_as_claimed(mail), [{"$set": change}])

    def bury(self, mail: MailRecord, *, error: str) -> None:
        """The mail cannot be sent; it is kept for the operator."""
        change = {
            "state": MailState.DEAD.value,
            "lastError": error[:LONGEST_ERROR],
            "purgeAt": self._clock.now() + DEAD_KEPT,
        }
        Mail._get_collection().update_one(_as_claimed(mail), {"$set": change})


class NullMailQueue(MailQueue):
    """Takes no mail, where the service sends none."""

    is_open = False

    def put(self, kind: Kind, **described: Any) -> None:
        """Nothing is queued."""

    def claim(self) -> MailRecord | None:
        """There is none."""
        return None


def _as_claimed(mail: MailRecord) -> dict[str, Any]:
    """The condition that nobody else has claimed the mail since."""
    return {"_id": mail["_id"], "state": MailState.WAITING, "dueAt": mail["dueAt"]}


def _after(delay: timedelta) -> dict[str, Any]:
    return {"$add": ["$$NOW", int(delay.total_seconds() * 1000)]}
