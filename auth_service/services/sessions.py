"""Opens, verifies and slides sessions: the source of truth behind every token.

Whether a session lives is decided in the query, never by a clean-up job. A session that ended or ran out is marked and
never matches again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bson import ObjectId
from pymongo import DESCENDING, ReturnDocument, UpdateOne
from pymongo.client_session import ClientSession

from auth_service.documents.session import EndReason, Session
from auth_service.documents.shown import ShownSession
from auth_service.documents.user import ADMIN, User
from auth_service.errors import InvalidToken, ServiceError, SessionEnded
from auth_service.services import devices
from auth_service.services.addresses import truncated
from auth_service.services.clients import Client
from auth_service.services.clock import Clock
from auth_service.services.endings import Endings
from auth_service.services.places import Places
from auth_service.services.repeatable import Record
from auth_service.services.slides import slide
from auth_service.settings_groups import SessionSettings


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


class Sessions:
    """Sessions with an idle and an absolute limit, so many a user and no more."""

    def __init__(self, *, clock: Clock, places: Places, endings: Endings, settings: SessionSettings) -> None:
        self._clock = clock
        self._places = places
        self._endings = endings
        self._settings = settings

    def draft(self, *, user: User, client: Client) -> Session:
        """A new session of `user`, not yet stored."""
        now = self._clock.now()
        device = devices.recognise(client.user_agent)
        absolute_expires_at = now + self._absolute_lifetime(user.role)
        return Session(
            session_id=uuid4().hex,
            user_id=user.id,
            role=user.role,
            user_agent=devices.bounded(client.user_agent),
            device=device.kind,
            browser=device.browser,
            os=device.os,
            created_at=now,
            last_seen_at=now,
            expires_at=now + self._settings.idle_lifetime,
            absolute_expires_at=absolute_expires_at,
            purge_at=absolute_expires_at + timedelta(days=self._settings.history_days),
            **self._origin(client.ip),
        )

    def admit(
        self, session: Session, *, replacing: tuple[str, EndReason] | None, transaction: ClientSession
    ) -> dict[str, EndReason]:
        """Store `session` and end what gives way: the one it replaces, and the least recently seen beyond the cap.

        Call it after a write to the user's document in the same transaction: that makes the cap exact. Returns the ids
        of the sessions that ended, with the reasons.
        """
        giving_way = self._giving_way(session, replacing, transaction)
        record = session.to_mongo()
        if not giving_way:
            Session._get_collection().insert_one(record, session=transaction)
        else:
            insertion = UpdateOne({"sessionId": record.pop("sessionId")}, {"$setOnInsert": record}, upsert=True)
            self._endings.end_these(giving_way, transaction=transaction, along=[insertion])
        return giving_way

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
            record = slide(condition, self.slid(now))
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

    def change_role(self, *, user_id: ObjectId, role: str, transaction: ClientSession) -> None:
        """Write a user's role into all their living sessions; an admin's end no later than an admin's may."""
        now = self._clock.now()
        limit = {"$min": {"absoluteExpiresAt": now + self._absolute_lifetime(role)}} if role == ADMIN else {}
        Session._get_collection().update_many(
            {"userId": user_id, **Session.living(now)}, {"$set": {"role": role}, **limit}, session=transaction
        )

    def why_not(self, session_id: str, user_id: str) -> ServiceError:
        """The error that says why a session of a user, found not to live, does not."""
        session = Session.objects(session_id=session_id, user_id=ObjectId(user_id)).first()
        if session is None:
            return InvalidToken()
        return SessionEnded(session.reason or self._endings.expire(session).value)

    def _origin(self, ip: str) -> dict[str, Any]:
        """What a session keeps of where it was opened."""
        place = self._places.locate(ip)
        parts = {"location": str(place), "city": place.city, "region": place.region, "country": place.country}
        where = {"country_code": place.country_code, "coordinates": place.coordinates}
        return {"ip": ip, "truncated_ip": truncated(ip), **parts, **where}

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

    def _giving_way(
        self, session: Session, replacing: tuple[str, EndReason] | None, transaction: ClientSession
    ) -> dict[str, EndReason]:
        cap = self._settings.max_per_user
        if not cap and not replacing:
            return {}
        condition = {"userId": session.user_id, **Session.living(self._clock.now())}
        if not cap and replacing:
            condition["sessionId"] = replacing[0]
        found = Session._get_collection().find(condition, {"sessionId": 1}, session=transaction)
        living = [record["sessionId"] for record in found.sort("lastSeenAt", DESCENDING)]
        replaced = dict([replacing]) if replacing and replacing[0] in living else {}
        others = [session_id for session_id in living if session_id not in replaced]
        return {**replaced, **dict.fromkeys(others[cap - 1 :] if cap else [], EndReason.CAP)}

    def _absolute_lifetime(self, role: str) -> timedelta:
        settings = self._settings
        return settings.admin_absolute_lifetime if role == ADMIN else settings.absolute_lifetime
