"""Describes how an account is protected, for its user."""

from datetime import datetime
from typing import NotRequired, TypedDict

from auth_service.clock import Clock
from auth_service.services.accounts.directory import read_caller
from auth_service.services.codes.codes import Codes
from auth_service.services.sessions.access import Principal
from auth_service.services.sessions.active import BATCH, KEYS, is_active, unended
from auth_service.services.sessions.freshness import Freshness


class SecuritySummary(TypedDict):
    """How an account is protected; the members have the names that they have in JSON.

    `pendingEmail` is there while a change of the address waits for its code, `freshUntil` is of the session that asks,
    `keys` the number of active API keys.
    """

    emailVerified: bool
    pendingEmail: NotRequired[str]
    passwordChangedAt: datetime
    freshUntil: datetime
    keys: int


class AccountSecurity:
    """Reads what protects an account, at a cost that does not grow with its sessions."""

    def __init__(self, *, clock: Clock, codes: Codes, freshness: Freshness) -> None:
        self._clock = clock
        self._codes = codes
        self._freshness = freshness

    def summarise(self, principal: Principal) -> SecuritySummary:
        """The summary for the user of a session.

        Raises:
            InvalidToken: the account was deleted meanwhile.
        """
        user = read_caller(principal)
        pending, now = self._codes.pending_address(user["_id"]), self._clock.now()
        keys = unended(user["_id"], limit=BATCH, scope=KEYS)
        summary = SecuritySummary(
            emailVerified="emailVerifiedAt" in user,
            passwordChangedAt=user.get("passwordChangedAt", user["createdAt"]),
            freshUntil=self._freshness.until(principal.session),
            keys=len([each for each in keys if is_active(each, now)]),
        )
        return {**summary, "pendingEmail": pending} if pending else summary
