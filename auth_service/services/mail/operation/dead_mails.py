"""The mails that could not be sent, for the operator: to whom, why, and once more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from auth_service.clock import Clock
from auth_service.documents.mail import Mail, MailState
from auth_service.documents.records import MailRecord
from auth_service.documents.user import User
from auth_service.services.mail.queue import AT_ONCE, DEAD_KEPT

DEAD = {"state": MailState.DEAD.value}


@dataclass(frozen=True, slots=True)
class DeadMail:
    """A mail that was given up: to which address, `None` where its user is gone, when, and why."""

    mail_id: ObjectId
    kind: str
    to: str | None
    died_at: datetime
    error: str


class DeadMails:
    """Lists dead mails and puts them back into the queue."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    def all(self) -> Iterator[DeadMail]:
        """Each of them, those that were queued first at the beginning."""
        for mail in Mail._get_collection().find(DEAD).sort("_id", 1):
            yield _described(mail)

    def retry(self, mail_id: ObjectId | None = None) -> int:
        """Queue the dead mail `mail_id` again, by default all of them; how many those were.

        A worker drops one whose code works no more.
        """
        chosen = {**DEAD, "_id": mail_id} if mail_id else DEAD
        waiting = {
            "state": MailState.WAITING.value,
            "attempts": 0,
            "dueAt": AT_ONCE,
            "purgeAt": self._clock.now() + DEAD_KEPT,
        }
        change = {"$set": waiting, "$unset": {"lastError": 1}}
        return int(Mail._get_collection().update_many(chosen, change).modified_count)


def _described(mail: MailRecord) -> DeadMail:
    return DeadMail(
        mail_id=mail["_id"],
        kind=mail["kind"],
        to=mail["to"] if "to" in mail else _address(mail.get("userId")),
        died_at=mail["purgeAt"] - DEAD_KEPT,
        error=mail.get("lastError", ""),
    )


def _address(user_id: ObjectId | None) -> str | None:
    user = User._get_collection().find_one({"_id": user_id}, {"email": 1})
    return user["email"] if user else None
