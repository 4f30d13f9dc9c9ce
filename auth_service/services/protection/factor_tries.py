"""Counts what is presented as a second factor, before it is compared.

A login counts in the account, which the same command reads; a confirmation in its session, so that whoever stole one
delays no login. Whoever tries has given the right password, so a stranger reaches none of these counters.
A ticket is good for five tries. After ten wrong codes in a row the next ones are delayed, as wrong passwords are, and
after a hundred the codes of apps rest. What nobody can guess, a recovery code or a passkey, is neither delayed nor
counted as wrong.
"""

from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from auth_service.clock import Clock
from auth_service.documents.factor import SECOND_FACTOR
from auth_service.documents.records import SessionRecord, TriesRecord, UserRecord
from auth_service.documents.session import Session
from auth_service.documents.user import User
from auth_service.errors import InvalidTicket, LoginDelayed
from auth_service.services.protection.login_throttle import FORGOTTEN_AFTER, LONG_AGO, NEAR, delay_until, delayed

MOST_TRIES = 5  # of a ticket
RESTS_AFTER = 100  # wrong codes in a row; until something else of the account is right
OF_ACCOUNT, OF_SESSION = f"{SECOND_FACTOR}.tries", "tries"  # the fields that count
TICKETS = f"{OF_ACCOUNT}.tickets"
FORGOTTEN = {f"{OF_ACCOUNT}.failures": 0, f"{OF_ACCOUNT}.until": LONG_AGO}  # what a right factor sets


class FactorTries:
    """Counts in the database, for all workers."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    def count_login(
        self, user_id: ObjectId, version: int, *, ticket_id: str, expires_at: datetime, guessable: bool
    ) -> UserRecord:
        """Count a try of a ticket that expires at a moment; the account as it is then, if it has this version.

        `guessable` is whether a code is tried that can be guessed.

        Raises:
            InvalidTicket: it was tried too often, or the account has changed, or is suspended.
            LoginDelayed: too many codes were wrong; `retry_after` is the time to wait, in seconds.
        """
        named = {"_id": user_id, "authVersion": version, "suspended": None, SECOND_FACTOR: {"$exists": True}}
        exhausted = {"$elemMatch": {"id": ticket_id, "tries": {"$gte": MOST_TRIES}}}
        allowed, users = {**named, TICKETS: {"$not": exhausted}}, User._get_collection()
        counting = [{"$set": {TICKETS: self._with_one_more(ticket_id, expires_at)}}]
        counting += self._failing(OF_ACCOUNT) if guessable else []
        undelayed = {**allowed, **(self._undelayed(OF_ACCOUNT) if guessable else {})}
        user: UserRecord | None = users.find_one_and_update(undelayed, counting, return_document=ReturnDocument.AFTER)
        if user is None:
            user = users.find_one(allowed)
            if user is None:
                raise InvalidTicket
            raise self._delayed(user["secondFactor"].get("tries"))
        return user

    def count_confirmation(self, session_id: str) -> bool:
        """Count a code of a session's user; whether codes of apps may be compared, because they do not rest.

        Raises:
            LoginDelayed: as `count_login`.
        """
        named, sessions = Session.named(session_id), Session._get_collection()
        session: SessionRecord | None = sessions.find_one_and_update(
            {**named, **self._undelayed(OF_SESSION)},
            self._failing(OF_SESSION),
            return_document=ReturnDocument.AFTER,
        )
        if session is None:
            raise self._delayed((sessions.find_one(named) or {}).get("tries"))
        return may_compare(session.get("tries"))

    def _undelayed(self, field: str) -> dict[str, Any]:
        return {f"{field}.until": {"$not": {"$gt": self._clock.now()}}}

    def _failing(self, field: str) -> list[dict[str, Any]]:
        """Count a code as wrong; what was wrong long ago is forgotten, unless codes rest."""
        now, failures = self._clock.now(), {"$ifNull": [f"${field}.failures", 0]}
        recent = {"$gt": [f"${field}.failedAt", now - FORGOTTEN_AFTER]}
        stay = {"$or": [recent, {"$gte": [failures, RESTS_AFTER]}]}
        more = {"$add": [{"$cond": [stay, failures, 0]}, 1]}
        return [
            {"$set": {f"{field}.failures": more, f"{field}.failedAt": now}},
            {"$set": {f"{field}.until": delay_until(now, NEAR, f"${field}.failures")}},
        ]

    def _with_one_more(self, ticket_id: str, expires_at: datetime) -> dict[str, Any]:
        """The counters of the account's tickets that have not expired, with another try of this one."""
        tickets = {"$ifNull": [f"${TICKETS}", []]}
        this, unexpired = {"$eq": ["$$each.id", ticket_id]}, {"$gt": ["$$each.expiresAt", self._clock.now()]}
        own = {"$filter": {"input": tickets, "as": "each", "cond": this}}
        others = {"$filter": {"input": tickets, "as": "each", "cond": {"$and": [unexpired, {"$not": [this]}]}}}
        tries = {"$add": [{"$sum": {"$map": {"input": own, "as": "each", "in": "$$each.tries"}}}, 1]}
        counted = {"id": ticket_id, "tries": tries, "expiresAt": expires_at}
        return {"$concatArrays": [others, [{"$mergeObjects": [{"$first": own}, counted]}]]}

    def _delayed(self, tries: TriesRecord | None) -> LoginDelayed:
        return delayed((tries or {}).get("until", LONG_AGO), self._clock.now())


def may_compare(tries: TriesRecord | None) -> bool:
    """Whether codes of apps may be compared; after too many wrong ones, the last one counted, they rest."""
    return (tries or {}).get("failures", 0) <= RESTS_AFTER
