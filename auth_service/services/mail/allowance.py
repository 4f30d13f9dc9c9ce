"""Keeps mailboxes from being flooded: counts the mails that were let through, and lets no more than allowed through.

The count and the decision are one transaction. Two that decide about the same address write the same guard, so of two
at the same moment the second one counts the first.
"""

import hashlib
from datetime import datetime

from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.transactions import transaction
from auth_service.documents.guard import Guard
from auth_service.documents.mail import Mail, MailState
from auth_service.documents.records import MailRecord
from auth_service.services.mail.kinds import ALLOWANCES, Allowance, Kind


def let_through(mail: MailRecord, to: str, *, clock: Clock) -> bool:
    """Whether the mail is within what its kind allows for the address `to`; one that was let through once always is.

    With the decision `to` is recorded: a later attempt does not follow an account to another address.
    """
    allowance = ALLOWANCES[Kind(mail["kind"])]
    if not allowance or "decidedAt" in mail:
        return True
    digest = hashlib.sha256(f"{mail['kind']} {to}".encode()).hexdigest()[:32]  # no address is kept by it

    def work(running: ClientSession) -> bool:
        now = clock.now()
        _guard(digest, running)
        if _is_exhausted(digest, allowance, now, running):
            return False
        decided = {"allowance": digest, "decidedAt": now, "to": to}
        same = {"_id": mail["_id"], "state": MailState.WAITING}
        Mail._get_collection().update_one(same, {"$set": decided}, session=running)
        return True

    return transaction(work)


def _guard(digest: str, running: ClientSession) -> None:
    """Write one of 256 guards."""
    guards = Guard._get_collection()
    guards.update_one({"_id": f"mails {digest[:2]}"}, {"$inc": {"writes": 1}}, upsert=True, session=running)


def _is_exhausted(digest: str, allowance: Allowance, now: datetime, running: ClientSession) -> bool:
    mails = Mail._get_collection()
    return any(
        mails.count_documents({"allowance": digest, "decidedAt": {"$gt": now - period}}, limit=most, session=running)
        >= most
        for most, period in allowance
    )
