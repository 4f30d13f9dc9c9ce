"""Verifies and touches the session behind every protected request, in one command.

The query decides whether a session is active, never a clean-up job. pymongo's `find_one_and_update` is a retryable
write, for which the server keeps a record and an image of the document besides the change itself. A touch is
idempotent, so it is sent as a plain command.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database import plain_commands
from auth_service.documents.records import SessionRecord
from auth_service.documents.session import KEY, SESSIONS, EndReason, Session
from auth_service.errors import InvalidToken, SessionEnded
from auth_service.services.sessions import key_form
from auth_service.services.sessions.ending import SessionEnding, expiry_reason
from auth_service.settings.sessions import SessionSettings


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller: the user and the session of a verified token, as they are stored now."""

    user_id: str
    session_id: str
    role: str
    session: SessionRecord

    @property
    def is_key(self) -> bool:
        """Whether the session is that of an API key."""
        return self.session.get("kind") == KEY


class SessionAccess:
    """Decides whether a session may be used, and touches it: moves its idle limit on."""

    def __init__(self, *, clock: Clock, ending: SessionEnding, settings: SessionSettings) -> None:
        self._clock = clock
        self._ending = ending
        self._settings = settings

    def authenticate(self, *, session_id: str, user_id: str) -> Principal:
        """Verify that the session is active and belongs to `user_id`, and touch it: one database command.

        With a `SESSION_TOUCH_INTERVAL`, a session that was touched less than that ago is only read.

        Raises:
            SessionEnded: it was that user's and is not active; the code says why.
            InvalidToken: the user has no such session.
        """
        session = self._touched_recently(session_id, user_id) or self.touch(session_id=session_id, user_id=user_id)
        return Principal(user_id=user_id, session_id=session_id, role=session["role"], session=session)

    def authenticate_key(self, token: str) -> Principal:
        """Verify an API key and its session, and record its use: one database command.

        Raises:
            SessionEnded: the key is genuine, and its session is not active; the code says why.
            InvalidToken: there is no such key.
        """
        key = key_form.parse(token)
        if key is None:
            raise InvalidToken
        now = self._clock.now()
        named = {**Session.named(key.session_id), "keyHash": key.key_hash}
        condition = {**named, **Session.active(now)}
        session = self._recently_used(condition, now) or _update_plainly(condition, {"$set": {"lastSeenAt": now}})
        if session is None:
            self.refuse_record(Session._get_collection().find_one(named))
        user_id, role = str(session["userId"]), session["role"]
        return Principal(user_id=user_id, session_id=key.session_id, role=role, session=session)

    def touch(self, *, session_id: str, user_id: str, transaction: ClientSession | None = None) -> SessionRecord:
        """Touch an active session, inside `transaction` when one is given, and return its new record.

        Raises:
            SessionEnded, InvalidToken: as `authenticate`.
        """
        now = self._clock.now()
        condition = {**Session.named(session_id, user_id=user_id), **Session.active(now)}
        change = {"$set": self.touch_fields(now)}
        session = _update(condition, change, transaction) if transaction else _update_plainly(condition, change)
        if session is None:
            self.refuse(session_id=session_id, user_id=user_id)
        return session

    def confirm(
        self,
        *,
        session_id: str,
        user_id: str,
        methods: Sequence[str] = (),
        transaction: ClientSession | None = None,
    ) -> SessionRecord:
        """Touch an active session whose user has just proved who they are, and return its new record.

        `methods` are how, in the words of `amr` (RFC 8176). Wrong codes of second factors are forgotten.

        Raises:
            SessionEnded, InvalidToken: as `authenticate`.
        """
        now = self._clock.now()
        condition = {**Session.named(session_id, user_id=user_id), **Session.active(now)}
        change: dict[str, Any] = {"$set": {**self.touch_fields(now), "authenticatedAt": now}, "$unset": {"tries": 1}}
        if methods:
            change["$addToSet"] = {"amr": {"$each": list(methods)}}
        session = _update(condition, change, transaction)
        if session is None:
            self.refuse(session_id=session_id, user_id=user_id)
        return session

    def forget_method(self, *, session_id: str, method: str, transaction: ClientSession) -> None:
        """The way in which the user of a session proved who they are does not count any more."""
        Session._get_collection().update_one(Session.named(session_id), {"$pull": {"amr": method}}, session=transaction)

    def touch_fields(self, now: datetime) -> dict[str, Any]:
        """The fields that a touch at the moment `now` sets in a session."""
        return {"lastSeenAt": now, "expiresAt": now + self._settings.idle_lifetime}

    def refuse(self, *, session_id: str, user_id: str) -> NoReturn:
        """Refuse a session that was found not to be active; one that has expired is marked as ended.

        Raises:
            SessionEnded: it was that user's; the code says why it is not active.
            InvalidToken: the user has no such session.
        """
        self.refuse_record(Session._get_collection().find_one(Session.named(session_id, user_id=user_id)))

    def refuse_record(self, session: SessionRecord | None) -> NoReturn:
        """Refuse by the record of a session that is not active, or by `None` where there is no session; as `refuse`."""
        if session is None:
            raise InvalidToken
        if not session.get("reason"):
            self._ending.expire(session)
        raise SessionEnded(why_inactive(session).value)

    def _touched_recently(self, session_id: str, user_id: str) -> SessionRecord | None:
        """The record of an active session that needs no touch yet."""
        now = self._clock.now()
        return self._recently_used({**Session.named(session_id, user_id=user_id), **Session.active(now)}, now)

    def _recently_used(self, condition: dict[str, Any], now: datetime) -> SessionRecord | None:
        if not self._settings.touch_interval:
            return None
        recent = {"lastSeenAt": {"$gt": now - self._settings.touch_interval}}
        session: SessionRecord | None = Session._get_collection().find_one({**condition, **recent})
        return session


def why_inactive(session: SessionRecord) -> EndReason:
    """Why a session that is not active is not: the reason it ended for, or the limit that it exceeded."""
    return EndReason(session["reason"]) if session.get("reason") else expiry_reason(session)


def _update(
    condition: dict[str, Any], change: dict[str, Any], transaction: ClientSession | None
) -> SessionRecord | None:
    """Apply `change` to the session that meets `condition`; its new record, or `None` if there is none."""
    session: SessionRecord | None = Session._get_collection().find_one_and_update(
        condition, change, return_document=ReturnDocument.AFTER, session=transaction
    )
    return session


def _update_plainly(condition: dict[str, Any], change: dict[str, Any]) -> SessionRecord | None:
    """Apply the idempotent `change` to the session that meets `condition`; its new record, or `None` if there is none.

    Losing a touch in a failover is harmless, so only the primary acknowledges it.

    Raises:
        pymongo.errors.PyMongoError: the database did not answer in time.
    """
    command = {
        "findAndModify": SESSIONS,
        "query": condition,
        "update": change,
        "new": True,
        "writeConcern": {"w": 1},
    }
    session: SessionRecord | None = plain_commands.run(command)["value"]
    return session
