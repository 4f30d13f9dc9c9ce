"""Verifies that users receive mail at the address of their account, by a code that is typed into the session."""

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.transactions import transaction
from auth_service.documents.user import User
from auth_service.errors import AlreadyVerified, InvalidCode
from auth_service.services.accounts.directory import read_caller
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.codes.codes import MAILED_AGAIN_AFTER, Codes
from auth_service.services.codes.purposes import Purpose
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.queue import MailQueue
from auth_service.services.sessions.access import Principal


class EmailVerification:
    """Mails codes to the address of the caller's account, and takes them from the session that asked."""

    def __init__(self, *, clock: Clock, codes: Codes, mails: MailQueue, audit: Audit) -> None:
        self._clock = clock
        self._codes = codes
        self._mails = mails
        self._audit = audit

    def send(self, *, principal: Principal) -> None:
        """Mail a code. Within five minutes it is the same one, unless that was tried too often, and no second mail.

        Raises:
            AlreadyVerified: the address is verified.
            InvalidToken: the account is gone.
        """
        user = read_caller(principal)
        if "emailVerifiedAt" in user:
            raise AlreadyVerified
        user_id, binding = user["_id"], bound_to(principal, user["email"])

        def work(running: ClientSession) -> None:
            code = self._codes.issue_once(
                Purpose.VERIFICATION,
                user_id=user_id,
                binding=binding,
                least=MAILED_AGAIN_AFTER,
                transaction=running,
            )
            self._mails.put(
                Kind.VERIFICATION, to=user["email"], user_id=user_id, code_id=code.code_id, transaction=running
            )

        transaction(work)

    def confirm(self, *, principal: Principal, code: str) -> None:
        """Take the code that a person typed, and mark the address as verified.

        Raises:
            InvalidCode: the code is unknown, of another session or address, expired, used, or was tried too often.
            InvalidToken: the account is gone.
        """
        user = read_caller(principal)
        binding = bound_to(principal, user["email"])
        found = self._codes.find(code, Purpose.VERIFICATION, user_id=user["_id"], binding=binding)

        def work(running: ClientSession) -> None:
            self._codes.use(found["_id"], transaction=running)
            self._store(user["_id"], user["email"], running)

        transaction(work)
        self._audit.record(EventType.EMAIL_VERIFIED, user_id=user["_id"], session_id=principal.session_id)

    def _store(self, user_id: ObjectId, address: str, running: ClientSession) -> None:
        """Mark the account as verified if it still has the `address`.

        Raises:
            InvalidCode: it has another one meanwhile, or is gone.
        """
        now = self._clock.now()
        outcome = User._get_collection().update_one(
            {"_id": user_id, "email": address},
            {"$set": {"emailVerifiedAt": now, "updatedAt": now}, "$inc": {"writes": 1}},
            session=running,
        )
        if not outcome.matched_count:
            raise InvalidCode


def bound_to(principal: Principal, address: str) -> str:
    """What a code is bound to that only the session which asked for it can use, while the account has `address`."""
    return f"{principal.session_id} {address}"
