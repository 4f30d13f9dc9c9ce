"""Invites people: an admin creates an account without a password, and its user sets one with a code, once.

The admin sees one code. Where the service sends mail, the user is mailed another one: only whoever accepts by that has
proved to receive mail at the address.
"""

from contextlib import suppress
from typing import Any

from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.database.transactions import transaction
from auth_service.documents.records import CodeRecord, UserRecord
from auth_service.errors import AlreadyAccepted, InvalidCode
from auth_service.services.accounts import admin_guard, email_addresses
from auth_service.services.accounts.creation import Creation
from auth_service.services.accounts.directory import by_address, read_in
from auth_service.services.accounts.versions import until_unchanged, update_unchanged
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.codes.bindings import password_state
from auth_service.services.codes.codes import Codes, IssuedCode
from auth_service.services.codes.purposes import Purpose
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.credentials.policy import PasswordPolicy
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.queue import MailQueue

MAILED, SHOWN = " mailed", ""  # what the binding of a code ends with


class Invitations:
    """Invites people and accepts invitations. `actor_id` is the admin who invites, `None` the operator."""

    def __init__(
        self,
        *,
        clock: Clock,
        creation: Creation,
        codes: Codes,
        policy: PasswordPolicy,
        passwords: Passwords,
        mails: MailQueue,
        audit: Audit,
    ) -> None:
        self._clock = clock
        self._creation = creation
        self._codes = codes
        self._policy = policy
        self._passwords = passwords
        self._mails = mails
        self._audit = audit

    def invite(self, *, email: str, role: str, actor_id: str | None = None) -> tuple[UserRecord, IssuedCode]:
        """Create an account without a password, issue the code by which its user sets one, and mail them another one.

        Raises:
            InvalidRequest: `email` is not a valid address.
            EmailTaken: another account has that address.
            Forbidden: the actor is not an admin any more.
        """
        actor = object_id(actor_id) if actor_id else None
        user = self._creation.draft(address=email_addresses.canonical(email), role=role)
        invitation = self._creation.store(
            user, event=EventType.USER_CREATED, actor_id=actor, along=lambda running: self._issue(user, running)
        )
        assert invitation is not None, "the code is issued in the transaction"
        return user, invitation

    def renew(self, *, user_id: str, actor_id: str | None = None) -> IssuedCode:
        """Issue another code for an account without a password, and mail another one; earlier ones are void.

        Raises:
            InvalidId: it is not a valid id.
            UserNotFound: no user has it.
            AlreadyAccepted: the account has a password.
            Forbidden: the actor is not an admin any more.
        """
        target, actor = object_id(user_id), object_id(actor_id) if actor_id else None

        def work(running: ClientSession) -> IssuedCode:
            admin_guard.enter_as(actor, running)
            user = read_in(running, target)
            if "password" in user:
                raise AlreadyAccepted
            return self._issue(user, running)

        return transaction(work)

    def accept(self, *, email: str, code: str, password: str) -> UserRecord:
        """Set the first password of an account, by the code of its invitation.

        An unknown address costs the same queries and comparisons as a wrong code.

        Raises:
            InvalidRequest: `email` is not a valid address, or the policy rejects `password`; the code stays valid.
            InvalidCode: the code is unknown, of another account, expired or used.
            LoginBusy: too many passwords wait to be hashed; the code stays valid.
        """
        address = email_addresses.canonical(email)
        self._find(address, code)
        self._policy.check(password, email=address)
        hashed = self._passwords.make_hash(password)
        user = until_unchanged(lambda: self._accept(address, code, hashed))
        self._audit.record(EventType.INVITATION_ACCEPTED, user_id=user["_id"])
        return user

    def _accept(self, address: str, code: str, hashed: str) -> UserRecord:
        user, found = self._find(address, code)
        now = self._clock.now()
        fields: dict[str, Any] = {"password": hashed, "passwordChangedAt": now, "updatedAt": now}
        if found["binding"].endswith(MAILED):
            fields["emailVerifiedAt"] = now

        def work(running: ClientSession) -> None:
            self._codes.use(found["_id"], transaction=running)
            self._codes.forget(user["_id"], transaction=running)
            update_unchanged(user, {"$set": fields, "$inc": {"authVersion": 1}}, transaction=running)

        transaction(work)
        return {**user, "updatedAt": now}

    def _find(self, address: str, code: str) -> tuple[UserRecord, CodeRecord]:
        """The user and the code that was typed in.

        Raises:
            InvalidCode: as `accept`.
        """
        user = by_address(address)
        user_id = user["_id"] if user else None
        for kind in (MAILED, SHOWN):
            with suppress(InvalidCode):
                binding = password_state(user) + kind
                found = self._codes.find(code, Purpose.INVITATION, user_id=user_id, binding=binding)
                assert user is not None, "a code is found for a user only"
                return user, found
        raise InvalidCode

    def _issue(self, user: UserRecord, running: ClientSession) -> IssuedCode:
        named: Any = {"user_id": user["_id"], "transaction": running}
        if self._mails.is_open:
            mailed = self._codes.issue(Purpose.INVITATION, binding=password_state(user) + MAILED, **named)
            self._mails.put(Kind.INVITATION, to=user["email"], code_id=mailed.code_id, transaction=running)
        return self._codes.issue(Purpose.INVITATION, binding=password_state(user) + SHOWN, **named)
