"""Describes how an account is protected, for its user."""

from datetime import datetime
from typing import NotRequired, TypedDict

from auth_service.clock import Clock
from auth_service.documents.records import UserRecord
from auth_service.documents.session import KEY
from auth_service.services.accounts.directory import read_caller
from auth_service.services.codes.codes import Codes
from auth_service.services.credentials import factors
from auth_service.services.sessions.access import Principal
from auth_service.services.sessions.active import ALL, BATCH, KEYS, is_active, unended
from auth_service.services.sessions.freshness import Freshness

NEEDED = {"kind": 1, "expiresAt": 1, "absoluteExpiresAt": 1, "unusual": 1}


class SecuritySummary(TypedDict):
    """How an account is protected; the members have the names that they have in JSON.

    `pendingEmail` is there while a change of the address waits for its code, `freshUntil` is of the session that asks.
    `sessions`, those of them that are `unusual`, and API `keys` are counts of active ones among the last 250 that were
    opened; `factors` are the kinds of second factors.
    """

    emailVerified: bool
    pendingEmail: NotRequired[str]
    passwordChangedAt: datetime
    freshUntil: datetime
    sessions: int
    unusual: int
    keys: int
    factors: list[str]


class AccountSecurity:
    """Reads what protects an account, at a cost that does not grow with its sessions."""

    def __init__(self, *, clock: Clock, codes: Codes, freshness: Freshness) -> None:
        self._clock = clock
        self._codes = codes
        self._freshness = freshness

    def summarise(self, principal: Principal) -> tuple[UserRecord, SecuritySummary]:
        """The user of a session, and the summary for them.

        Raises:
            InvalidToken: the account was deleted meanwhile.
        """
        user = read_caller(principal)
        pending, now = self._codes.pending_address(user["_id"]), self._clock.now()
        opened, keys = (
            [each for each in unended(user["_id"], limit=BATCH, scope=scope, fields=NEEDED) if is_active(each, now)]
            for scope in (ALL, KEYS)
        )
        logins = [each for each in opened if each.get("kind") != KEY]  # a query for those has no index of its own
        summary = SecuritySummary(
            emailVerified="emailVerifiedAt" in user,
            passwordChangedAt=user.get("passwordChangedAt", user["createdAt"]),
            freshUntil=self._freshness.until(principal.session),
            sessions=len(logins),
            unusual=len([each for each in logins if each.get("unusual")]),
            keys=len(keys),
            factors=factors.methods(user),
        )
        return user, ({**summary, "pendingEmail": pending} if pending else summary)
