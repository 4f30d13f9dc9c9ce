"""Opens sessions: what a new one holds, and which others it replaces."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.documents.records import SessionRecord, UserRecord
from auth_service.documents.session import EndReason, Session
from auth_service.documents.user import ADMIN
from auth_service.geo.places import Place, Places
from auth_service.services.origin import devices
from auth_service.services.origin.addresses import truncated
from auth_service.services.origin.client import Client
from auth_service.services.sessions.active import LOGINS, NEEDED, is_active, unended
from auth_service.services.sessions.ending import SessionEnding, expiry_reason
from auth_service.settings.sessions import SessionSettings

MOST_EVICTED = 50  # sessions that one login ends for the cap; the next logins go on where there are more


class SessionOpening:
    """Opens sessions with an idle and an absolute limit, up to a cap for each user."""

    def __init__(self, *, clock: Clock, places: Places, ending: SessionEnding, settings: SessionSettings) -> None:
        self._clock = clock
        self._places = places
        self._ending = ending
        self._settings = settings

    def draft(self, *, user: UserRecord, client: Client) -> SessionRecord:
        """A new session of `user` on the device of `client`, not yet stored."""
        now = self._clock.now()
        device = devices.recognise(client.user_agent)
        absolute_expires_at = now + self._settings.absolute_lifetime_of(admin=user["role"] == ADMIN)
        place = self._places.locate(client.ip)
        session = SessionRecord(
            _id=ObjectId(),
            sessionId=uuid4().hex,
            userId=user["_id"],
            role=user["role"],
            ip=client.ip,
            truncatedIp=truncated(client.ip),
            userAgent=devices.bounded(client.user_agent),
            device=device.kind,
            browser=device.browser,
            os=device.os,
            location=str(place),
            unusual=[],
            createdAt=now,
            lastSeenAt=now,
            expiresAt=now + self._settings.idle_lifetime,
            absoluteExpiresAt=absolute_expires_at,
            generation=0,
            purgeAt=absolute_expires_at + timedelta(days=self._settings.history_days),
        )
        return {**session, **_known_parts(place)}

    def admit(
        self, session: SessionRecord, *, replacing: Mapping[str, EndReason], transaction: ClientSession
    ) -> dict[str, EndReason]:
        """Store `session`, and end those it replaces and the least recently seen ones beyond the cap.

        `replacing` is why which sessions, by id, are replaced. The caller must have written the user's document
        in the same transaction, which makes the cap exact. Expired sessions among those read are marked. Returns the
        reasons of the sessions that ended, by id.
        """
        now = self._clock.now()
        read = self._unended(session["userId"], replacing, transaction)
        by_use = sorted(read, key=lambda each: each["lastSeenAt"], reverse=True)
        active = [each["sessionId"] for each in by_use if is_active(each, now)]
        expired = [each for each in read if not is_active(each, now)]
        reasons = self._reasons_to_end(active, replacing)
        if not reasons and not expired:
            Session._get_collection().insert_one(session, session=transaction)
        else:
            insertion = UpdateOne(Session.named(session["sessionId"]), {"$setOnInsert": session}, upsert=True)
            along = [insertion, *self._ending.expiries(expired)]
            self._ending.end_each(reasons, transaction=transaction, along=along)
        return {**reasons, **{each["sessionId"]: expiry_reason(each) for each in expired}}

    def _unended(
        self, user_id: ObjectId, replacing: Mapping[str, EndReason], transaction: ClientSession
    ) -> list[SessionRecord]:
        """The sessions that count for the cap, and those that are replaced; with expired ones that nobody has marked.

        Of an account with more than the cap and `MOST_EVICTED` of them, these are the last opened ones.
        """
        cap = self._settings.max_per_user
        limit = cap + MOST_EVICTED
        read = unended(user_id, limit=limit, scope=LOGINS, transaction=transaction) if cap else []
        complete = bool(cap) and len(read) < limit
        missing = [] if complete else sorted(replacing.keys() - {each["sessionId"] for each in read})
        if missing:
            named = {"sessionId": {"$in": missing}, "userId": user_id, "endedAt": None}
            read += Session._get_collection().find(named, NEEDED, session=transaction)
        return read

    def _reasons_to_end(self, active: Sequence[str], replacing: Mapping[str, EndReason]) -> dict[str, EndReason]:
        """Why which of the `active` sessions, ids by last use, end for a new one."""
        cap = self._settings.max_per_user
        replaced = {session_id: reason for session_id, reason in replacing.items() if session_id in active}
        others = [session_id for session_id in active if session_id not in replaced]
        return {**replaced, **dict.fromkeys(others[cap - 1 :] if cap else [], EndReason.CAP)}


def _known_parts(place: Place) -> Any:
    """The fields of a session that hold what is known of its place."""
    parts = {"city": place.city, "region": place.region, "country": place.country, "countryCode": place.country_code}
    coordinates = {"coordinates": list(place.coordinates)} if place.coordinates else {}
    return {**{name: text for name, text in parts.items() if text is not None}, **coordinates}
