"""Counts the codes that are typed in as second factors, before they are compared.

Whoever tries has given the right password, so a stranger reaches none of these counters. A ticket is good for five
tries. After ten wrong codes in a row an account's next ones are delayed, as wrong passwords are, and after a hundred
the codes of apps rest. What nobody can guess, a recovery code or a passkey, is neither delayed nor counted as wrong.
"""

import math
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth_service.clock import Clock
from auth_service.documents.login_delay import LoginDelay
from auth_service.errors import InvalidTicket, LoginDelayed
from auth_service.services.protection.login_throttle import COLLISIONS, FORGOTTEN_AFTER, LONG_AGO, NEAR, delay_until

MOST_TRIES = 5  # of a ticket
RESTS_AFTER = 100  # wrong codes in a row
RESTING = timedelta(days=3650)  # until something else ends the rest


class FactorTries:
    """Counts in the database, for all workers: one document for an account, in which each ticket has a counter."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    def count(self, user_id: ObjectId, ticket_id: str | None, *, guessable: bool, scope: str = "") -> bool:
        """Count a try; whether codes of apps may be compared, because they do not rest.

        Args:
            user_id: whose factor is tried.
            ticket_id: the ticket that the try belongs to, in hexadecimal, if there is one.
            guessable: whether a code is tried that can be guessed.
            scope: a part of the account with counters of its own, such as one session.

        Raises:
            InvalidTicket: the ticket was tried too often.
            LoginDelayed: too many codes were wrong; `retry_after` is the time to wait, in seconds.
        """
        for _ in range(COLLISIONS):
            try:
                return self._count(_key(user_id, scope), ticket_id, guessable)
            except DuplicateKeyError:  # the document is there, and does not meet the condition
                self._require_possible(_key(user_id, scope), ticket_id, guessable)
        raise LoginDelayed(retry_after=1)

    def forget(self, user_id: ObjectId, *, scope: str = "") -> None:
        """The account has presented a right factor: nothing is counted any more, and nothing rests."""
        LoginDelay._get_collection().delete_one({"_id": _key(user_id, scope)})

    def _count(self, key: str, ticket_id: str | None, guessable: bool) -> bool:
        condition: dict[str, Any] = {"_id": key}
        if ticket_id:
            condition[f"tries.{ticket_id}"] = {"$not": {"$gte": MOST_TRIES}}
        if guessable:
            condition["until"] = {"$lte": self._clock.now()}
        record = LoginDelay._get_collection().find_one_and_update(
            condition, self._counting(ticket_id, guessable), {"failures": 1}, upsert=True
        )
        return record is None or int(record["failures"]) < RESTS_AFTER

    def _counting(self, ticket_id: str | None, guessable: bool) -> list[dict[str, Any]]:
        now = self._clock.now()
        failures = {"$add": [{"$ifNull": ["$failures", 0]}, 1 if guessable else 0]}
        rests = {"$gte": ["$failures", RESTS_AFTER]}
        until = delay_until(now, NEAR) if guessable else {"$ifNull": ["$until", LONG_AGO]}
        return [
            {"$set": {**_one_more(ticket_id), "failures": failures}},
            {"$set": {"until": until, "purgeAt": {"$cond": [rests, now + RESTING, now + FORGOTTEN_AFTER]}}},
        ]

    def _require_possible(self, key: str, ticket_id: str | None, guessable: bool) -> None:
        record = LoginDelay._get_collection().find_one({"_id": key})
        if record is None:
            return
        if ticket_id and record.get("tries", {}).get(ticket_id, 0) >= MOST_TRIES:
            raise InvalidTicket
        left = (record["until"] - self._clock.now()).total_seconds()
        if guessable and left > 0:
            raise LoginDelayed(retry_after=max(1, math.ceil(left)))


def _one_more(ticket_id: str | None) -> dict[str, Any]:
    """The counter of a ticket, raised; nothing without a ticket."""
    name = f"tries.{ticket_id}"
    return {name: {"$add": [{"$ifNull": [f"${name}", 0]}, 1]}} if ticket_id else {}


def _key(user_id: ObjectId, scope: str) -> str:
    return f"factor:{user_id}:{scope}" if scope else f"factor:{user_id}"
