"""Verifies the session behind every protected request and slides it, in one command: the source of truth of each token.

Whether a session lives is decided in the query, never by a clean-up job. pymongo's `find_one_and_update` is a retryable
write, for which the server keeps a record and an image of the document besides the change itself. A slide comes to the
same however often it is made, so it does without.
"""

from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database import plain_commands
from auth_service.database.plain_commands import Record
from auth_service.documents.records import ShownSession
from auth_service.documents.session import Session
from auth_service.errors import InvalidToken, ServiceError, SessionEnded
from auth_service.services.sessions.ending import Endings
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

    def __init__(self, *, clock: Clock, endings: Endings, settings: SessionSettings) -> None:
        self._clock = clock
        self._endings = endings
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
        condition = {"sessionId": session_id, "userId": ObjectId(user_id), **Session.living(now)}
        if transaction is None:
            record = _slide(condition, self.slid(now))
        else:
            record = Session._get_collection().find_one_and_update(
                condition, {"$set": self.slid(now)}, return_document=ReturnDocument.AFTER, session=transaction
            )
        if record is None:
            raise self.why_not(session_id, user_id)
        return record

    def slid(self, now: datetime) -> Record:
        """What changes in a session that is used at the moment `now`."""
        return {"lastSeenAt": now, "expiresAt": now + self._settings.idle_lifetime}

    def why_not(self, session_id: str, user_id: str) -> ServiceError:
        """The error that says why a session of a user, found not to live, does not."""
        session = Session.objects(session_id=session_id, user_id=ObjectId(user_id)).first()
        if session is None:
            return InvalidToken()
        return SessionEnded(session.reason or self._endings.expire(session).value)

    def _fresh(self, session_id: str, user_id: str) -> Record | None:
        """The record of a living session that needs no slide yet."""
        if not self._settings.touch_interval:
            return None
        now = self._clock.now()
        record: Record | None = Session._get_collection().find_one(
            {
                "sessionId": session_id,
                "userId": ObjectId(user_id),
                **Session.living(now),
                "lastSeenAt": {"$gt": now - self._settings.touch_interval},
            }
        )
        return record


def _slide(condition: Record, change: Record) -> Record | None:
    """Slide the session that meets `condition` by setting `change`; its record, or `None` when there is none.

    Losing a slide in a failover costs nothing, so only the primary acknowledges it.

    Raises:
        pymongo.errors.PyMongoError: the database did not answer in time.
    """
    command = {
        "findAndModify": Session._get_collection_name(),
        "query": condition,
        "update": {"$set": change},
        "new": True,
        "writeConcern": {"w": 1},
    }
    record: Record | None = plain_commands.run(command)["value"]
    return record
