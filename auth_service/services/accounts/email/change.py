"""Changes the address of an account by a code that is mailed to the new one and typed into the session that asked.

The request does the same whether the new address is free or taken. The worker that mails the code finds out, and mails
none to a taken one.
"""

from bson import ObjectId
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from auth_service.clock import Clock
from auth_service.database.transactions import transaction
from auth_service.documents.records import MailRecord, SessionRecord, UserRecord
from auth_service.documents.session import EndReason
from auth_service.errors import EmailUnchanged, InvalidCode
from auth_service.services.accounts import email_addresses
from auth_service.services.accounts.directory import by_address, read_caller
from auth_service.services.accounts.email.verification import bound_to
from auth_service.services.accounts.versions import until_unchanged, update_unchanged
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.codes.codes import MAILED_AGAIN_AFTER, Codes
from auth_service.services.codes.purposes import Purpose
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import Notices, origin_of
from auth_service.services.mail.queue import MailQueue
from auth_service.services.sessions.access import Principal, SessionAccess
from auth_service.services.sessions.active import Scope
from auth_service.services.sessions.ending import SessionEnding
from auth_service.services.tokens.rotation import Grant, Rotation


class EmailChanges:
    """Changes addresses, which ends all other sessions and the API keys of the account."""

    def __init__(
        self,
        *,
        clock: Clock,
        codes: Codes,
        mails: MailQueue,
        access: SessionAccess,
        ending: SessionEnding,
        rotation: Rotation,
        notices: Notices,
        audit: Audit,
    ) -> None:
        self._clock = clock
        self._codes = codes
        self._mails = mails
        self._access = access
        self._ending = ending
        self._rotation = rotation
        self._notices = notices
        self._audit = audit

    def send(self, *, principal: Principal, new: str) -> None:
        """Mail a code to the address `new`; the earlier one of the session, for another address, is void.

        Raises:
            InvalidRequest: `new` is not a valid address.
            EmailUnchanged: the account has it.
            InvalidToken: the account is gone.
        """
        address, user = email_addresses.canonical(new, field="newEmail"), read_caller(principal)
        if address == user["email"]:
            raise EmailUnchanged
        binding = bound_to(principal, user["email"])

        def work(running: ClientSession) -> None:
            code = self._codes.issue_once(
                Purpose.EMAIL_CHANGE,
                user_id=user["_id"],
                binding=binding,
                least=MAILED_AGAIN_AFTER,
                transaction=running,
                address=address,
            )
            # It names no user: a user's audit trail would show which address is taken, by what was suppressed.
            self._mails.put(Kind.EMAIL_CHANGE, to=address, code_id=code.code_id, transaction=running)

        transaction(work)

    def complete(self, mail: MailRecord) -> MailRecord | None:
        """The mail that brings a code, or `None` if its address is taken: whoever has it is not bothered."""
        return None if by_address(mail["to"]) else mail

    def confirm(self, *, principal: Principal, code: str) -> Grant:
        """Take the code that a person typed, change the address, and issue new tokens for this session.

        All other sessions and keys end, and all codes of the user are void, such as one to reset the password that
        lies in the old mailbox.

        Raises:
            InvalidCode: the code is unknown, of another session, expired, used, or was tried too often; or the address
                was taken meanwhile.
            SessionEnded: the session ended meanwhile.
            InvalidToken: the account is gone.
            DatabaseUnavailable: the account kept changing.
        """
        user = read_caller(principal)
        binding = bound_to(principal, user["email"])
        record = self._codes.find(code, Purpose.EMAIL_CHANGE, user_id=user["_id"], binding=binding)
        new, code_id = record["address"], record["_id"]
        if by_address(new):  # before any session ends for it; the index decides
            raise InvalidCode
        return until_unchanged(lambda: self._attempt(principal, new, code_id))

    def _attempt(self, principal: Principal, new: str, code_id: bytes) -> Grant:
        user, scope = read_caller(principal), Scope(sparing=principal.session_id)
        # A session that another change has ended a moment ago must not end the one that made it.
        self._access.touch(session_id=principal.session_id, user_id=principal.user_id)
        self._ending.end_all(user_id=user["_id"], reason=EndReason.EMAIL_CHANGED, scope=scope)

        def work(running: ClientSession) -> tuple[Grant, list[str]]:
            session = self._access.touch(
                session_id=principal.session_id, user_id=principal.user_id, transaction=running
            )
            ended = self._ending.end_rest(
                user_id=user["_id"], reason=EndReason.EMAIL_CHANGED, transaction=running, scope=scope
            )
            self._codes.use(code_id, transaction=running)
            self._codes.forget(user["_id"], transaction=running)
            self._store(user, new, running)
            self._notify(user["email"], new, session, running)
            return self._rotation.reissue(session=session, repeatable=False, transaction=running), ended

        try:
            grant, ended = transaction(work)
        except DuplicateKeyError:
            raise InvalidCode from None
        self._record(user["_id"], principal.session_id, ended)
        return grant

    def _store(self, user: UserRecord, new: str, running: ClientSession) -> None:
        now = self._clock.now()
        fields = {"email": new, "emailVerifiedAt": now, "updatedAt": now}
        update_unchanged(user, {"$set": fields, "$inc": {"authVersion": 1}}, transaction=running)

    def _notify(self, old: str, new: str, session: SessionRecord, running: ClientSession) -> None:
        origin = origin_of(session)
        for address in (old, new):
            self._notices.put(Kind.EMAIL_CHANGED, to=address, origin=origin, transaction=running, old=old, new=new)

    def _record(self, user_id: ObjectId, session_id: str, ended: list[str]) -> None:
        self._audit.record(EventType.EMAIL_CHANGED, user_id=user_id, session_id=session_id)
        self._audit.record_ended(ended, user_id=user_id, reason=EndReason.EMAIL_CHANGED)
