"""Verifies and touches the session behind every protected request, in one command.

The query decides whether a session is active, never a clean-up job. pymongo's `find_one_and_update` is a retryable
write, for which the server keeps a record and an image of the document besides the change itself. A touch is
idempotent, so it is sent as a plain command.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database import plain_commands
from auth_service.database.plain_commands import Record
from auth_service.documents.records import ShownSession
from auth_service.documents.session import EndReason, Session
from auth_service.errors import InvalidToken, SessionEnded
from auth_service.services.sessions.ending import SessionEnding, expiry_reason
from auth_service.settings.sessions import SessionSettings


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a request: the user and the session behind a verified token, as the database has them now."""

    user_id: str
    session_id: str
    role: str
    record: Record

    @property
    def session(self) -> ShownSession:
        """The session, to be shown."""
        return ShownSession(self.record)


class SessionAccess:
    """Decides whether a session may be used, and slides its idle limit."""

    def __init__(self, *, clock: Clock, ending: SessionEnding, settings: SessionSettings) -> None:
        self._clock = clock
        self._ending = ending
        self._settings = settings

    def authenticate(self, *, session_id: str, user_id: str) -> Principal:
        """Verify that the session lives and belongs to `user_id`, and slide it: one database command.

        With a `SESSION_TOUCH_INTERVAL`, a session slid less than that ago is only read.

        Raises:
            SessionEnded: it was that user's and has ended; the code says why.
            InvalidToken: there is no such session.
        """
        record = self._fresh(session_id, user_id) or self.touch(session_id=session_id, user_id=user_id)
        return Principal(user_id=user_id, session_id=session_id, role=record["role"], record=record)

    def touch(self, *, session_id: str, user_id: str, transaction: ClientSession | None = None) -> Record:
        """Slide a living session and return its record; inside `transaction` when one is given.

        Raises:
            SessionEnded, InvalidToken: as `authenticate`.
        """
        now = self._clock.now()
        condition = {"sessionId": session_id, "userId": ObjectId(user_id), **Session.active(now)}
        change = {"$set": self.touch_fields(now)}
        if transaction is None:
            record = _update_plainly(condition, change)
        else:
            record = Session._get_collection().find_one_and_update(
                condition, change, return_document=ReturnDocument.AFTER, session=transaction
            )
        if record is None:
            self.refuse(session_id=session_id, user_id=user_id)
        return record

    def touch_fields(self, now: datetime) -> Record:
        """The fields that a touch at the moment `now` sets in a session."""
        return {"lastSeenAt": now, "expiresAt": now + self._settings.idle_lifetime}

    def refuse(self, *, session_id: str, user_id: str) -> NoReturn:
        """Refuse a session that was found not to be active. One that has expired is marked as ended first.

        Raises:
            SessionEnded: it was that user's; the code says why it is not active.
            InvalidToken: the user has no such session.
        """
        session = Session.objects(session_id=session_id, user_id=ObjectId(user_id)).first()
        if session is None:
            raise InvalidToken
        if session.reason is None:
            self._ending.expire(session)
        raise SessionEnded(why_inactive(session))

    def _fresh(self, session_id: str, user_id: str) -> Record | None:
        """The record of a living session that needs no slide yet."""
        if not self._settings.touch_interval:
            return None
        now = self._clock.now()
        record: Record | None = Session._get_collection().find_one(
            {
                "sessionId": session_id,
                "userId": ObjectId(user_id),
                **Session.active(now),
                "lastSeenAt": {"$gt": now - self._settings.touch_interval},
            }
        )
        return record


def why_inactive(session: Session) -> EndReason:
    """Why a session that is not active is not: the reason it ended for, or the limit that it passed."""
    return EndReason(session.reason) if session.reason else expiry_reason(session)


def _update_plainly(condition: Record, change: Record) -> Record | None:
    """Apply the idempotent `change` to the session that meets `condition`; its new record, or `None` if there is none.

    Losing a touch in a failover is harmless, so only the primary acknowledges it.

    Raises:
        pymongo.errors.PyMongoError: the database did not answer in time.
    """
    command = {
        "findAndModify": Session._get_collection_name(),
        "query": condition,
        "update": change,
        "new": True,
        "writeConcern": {"w": 1},
    }
    record: Record | None = plain_commands.run(command)["value"]
    return record
