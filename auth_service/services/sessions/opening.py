"""Opens sessions: what a new one holds, and which others give way to it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from pymongo import DESCENDING, UpdateOne
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.documents.session import EndReason, Session
from auth_service.documents.user import ADMIN, User
from auth_service.geo.places import Places
from auth_service.services.origin import devices
from auth_service.services.origin.addresses import truncated
from auth_service.services.origin.client import Client
from auth_service.services.sessions.ending import SessionEnding
from auth_service.settings.sessions import SessionSettings


class SessionOpening:
    """Opens sessions with an idle and an absolute limit, so many a user and no more."""

    def __init__(self, *, clock: Clock, places: Places, ending: SessionEnding, settings: SessionSettings) -> None:
        self._clock = clock
        self._places = places
        self._ending = ending
        self._settings = settings

    def draft(self, *, user: User, client: Client) -> Session:
        """A new session of `user`, not yet stored."""
        now = self._clock.now()
        device = devices.recognise(client.user_agent)
        absolute_expires_at = now + self._settings.absolute_lifetime_of(admin=user.role == ADMIN)
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
            self._ending.end_these(giving_way, transaction=transaction, along=[insertion])
        return giving_way

    def _origin(self, ip: str) -> dict[str, Any]:
        """What a session keeps of where it was opened."""
        place = self._places.locate(ip)
        parts = {"location": str(place), "city": place.city, "region": place.region, "country": place.country}
        where = {"country_code": place.country_code, "coordinates": place.coordinates}
        return {"ip": ip, "truncated_ip": truncated(ip), **parts, **where}

    def _giving_way(
        self, session: Session, replacing: tuple[str, EndReason] | None, transaction: ClientSession
    ) -> dict[str, EndReason]:
        cap = self._settings.max_per_user
        if not cap and not replacing:
            return {}
        condition = {"userId": session.user_id, **Session.active(self._clock.now())}
        if not cap and replacing:
            condition["sessionId"] = replacing[0]
        found = Session._get_collection().find(condition, {"sessionId": 1}, session=transaction)
        living = [record["sessionId"] for record in found.sort("lastSeenAt", DESCENDING)]
        replaced = dict([replacing]) if replacing and replacing[0] in living else {}
        others = [session_id for session_id in living if session_id not in replaced]
        return {**replaced, **dict.fromkeys(others[cap - 1 :] if cap else [], EndReason.CAP)}
