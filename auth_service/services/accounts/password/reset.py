"""Resets forgotten passwords by a mailed code.

The request for a code looks nothing up, so it cannot tell whether there is an account: it queues a mail to the typed
address, and the worker decides. Strangers can ask too: they cause one mail in five minutes at most, and do not void the
code in the last one. The code authenticates nobody: it sets a password and opens no session (OWASP ASVS 5.0 V6.4.3).
"""

from datetime import datetime, timedelta
from typing import Any

from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.database.ids import object_id
from auth_service.database.transactions import transaction
from auth_service.documents.records import MailRecord, UserRecord
from auth_service.documents.session import EndReason
from auth_service.errors import AccountSuspended, InvalidCode
from auth_service.services.accounts import admin_guard, email_addresses
from auth_service.services.accounts.directory import by_address, read_in
from auth_service.services.accounts.versions import merged, until_unchanged, update_unchanged
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.codes.bindings import password_state
from auth_service.services.codes.codes import Codes, IssuedCode
from auth_service.services.codes.purposes import Purpose
from auth_service.services.credentials.factors import NO_FACTORS
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.credentials.policy import PasswordPolicy
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import Notices
from auth_service.services.mail.queue import MailQueue
from auth_service.services.sessions.ending import SessionEnding

LEAST = timedelta(minutes=10)  # that a mailed code still works


class PasswordResets:
    """Mails codes, and sets passwords by them."""

    def __init__(
        self,
        *,
        clock: Clock,
        codes: Codes,
        policy: PasswordPolicy,
        passwords: Passwords,
        ending: SessionEnding,
        mails: MailQueue,
        notices: Notices,
        audit: Audit,
    ) -> None:
        self._clock = clock
        self._codes = codes
        self._policy = policy
        self._passwords = passwords
        self._ending = ending
        self._mails = mails
        self._notices = notices
        self._audit = audit

    def ask(self, *, email: str) -> None:
        """Have a code mailed to `email`, if it is the address of an account that is not suspended.

        Raises:
            InvalidRequest: it is not a valid address.
        """
        self._mails.put(Kind.RESET, to=email_addresses.canonical(email))

    def ask_for(self, *, user_id: str, actor_id: str) -> None:
        """Have a code mailed to a user on behalf of the admin `actor_id`, who never sees it (V6.4.6).

        Raises:
            InvalidId: it is not a valid id.
            UserNotFound: no user has it.
            AccountSuspended: the account is suspended.
            Forbidden: the actor is not an admin any more.
        """
        target, actor = object_id(user_id), object_id(actor_id)

        def work(running: ClientSession) -> None:
            admin_guard.require_admin(actor, running)
            user = read_in(running, target)
            if "suspended" in user:
                raise AccountSuspended
            self._mails.put(Kind.RESET, to=user["email"], transaction=running)

        transaction(work)
        self._audit.record(EventType.PASSWORD_RESET_REQUESTED, user_id=target, actor_id=actor)

    def complete(self, mail: MailRecord) -> MailRecord | None:
        """The queued mail with its code; `None` where no account, or a suspended one, has the address.

        Raises:
            DatabaseUnavailable: the account kept changing.
        """
        if "codeId" in mail:  # from an earlier attempt to send it
            return mail
        code = until_unchanged(lambda: self._issue(mail["to"]))
        return self._mails.amend(mail, codeId=code.code_id) if code else None

    def reset(self, *, email: str, code: str, password: str) -> None:
        """Set the password `password` of an account, or its first one, and end all its sessions and API keys.

        An unknown address costs the same queries and comparisons as a wrong code. A code of a suspended account is
        unknown.

        Raises:
            InvalidRequest: `email` is not a valid address, or the policy rejects `password`; the code stays valid.
            InvalidCode: the code is unknown, of another account, expired or used.
            LoginBusy: too many passwords wait to be hashed; the code stays valid.
        """
        address = email_addresses.canonical(email)
        self._find(address, code)
        self._policy.check(password, email=address, field="newPassword")
        hashed = self._passwords.make_hash(password)
        until_unchanged(lambda: self._reset(address, code, hashed))

    def _reset(self, address: str, code: str, hashed: str) -> None:
        user, code_id = self._find(address, code)
        user_id, reason = user["_id"], EndReason.PASSWORD_CHANGED

        def work(running: ClientSession) -> list[str]:
            rest = self._ending.end_rest(user_id=user_id, reason=reason, transaction=running)
            update_unchanged(user, self._update(user, hashed), transaction=running)
            self._codes.use(code_id, transaction=running)
            self._codes.forget(user_id, transaction=running)
            self._notices.put(Kind.PASSWORD_RESET, user_id=user_id, transaction=running)
            return rest

        self._ending.end_all(user_id=user_id, reason=reason)
        rest = transaction(work)
        self._audit.record(EventType.PASSWORD_RESET, user_id=user_id)
        self._audit.record_ended(rest, user_id=user_id, reason=reason)

    def _update(self, user: UserRecord, hashed: str) -> dict[str, Any]:
        """The update of the account; whoever has the code receives its mail."""
        now = self._clock.now()
        fields = {"password": hashed, "passwordChangedAt": now, "updatedAt": now}
        first = {} if "emailVerifiedAt" in user else _first_proof(now)
        return merged(first, {"$set": fields, "$inc": {"authVersion": 1}})

    def _find(self, address: str, code: str) -> tuple[UserRecord, bytes]:
        """The user and the id of the code that was typed in.

        Raises:
            InvalidCode: as `reset`.
        """
        user = by_address(address)
        user_id = user["_id"] if user and "suspended" not in user else None
        try:
            found = self._codes.find(code, Purpose.RESET, user_id=user_id, binding=password_state(user))
        except InvalidCode:
            failure = InvalidCode.code
            self._audit.record(EventType.PASSWORD_RESET, user_id=user["_id"] if user else None, failure=failure)
            raise
        assert user is not None, "a code is found for a user only"
        return user, found["_id"]

    def _issue(self, address: str) -> IssuedCode | None:
        """The code of the account with this address, the same one while it may be mailed again.

        Raises:
            AccountChanged: the account changed meanwhile.
        """
        user = by_address(address)
        if user is None or "suspended" in user:
            return None
        named: Any = {"user_id": user["_id"], "binding": password_state(user), "least": LEAST}

        def work(running: ClientSession) -> IssuedCode:
            update_unchanged(user, {}, transaction=running)  # a deletion at the same moment leaves no code behind
            return self._codes.issue_once(Purpose.RESET, **named, transaction=running)

        return self._codes.standing(Purpose.RESET, **named) or transaction(work)


def _first_proof(now: datetime) -> dict[str, Any]:
    """What changes when the owner of the address is seen for the first time.

    Whoever made the account need not be its owner (pre-hijacking: Keycloak#45568, #48206), so nothing else that was set
    up before survives: sessions and API keys end with every reset, codes are forgotten, and second factors go.
    """
    return {"$set": {"emailVerifiedAt": now}, **NO_FACTORS}
