"""Registers people who first prove that they receive mail at their address.

The request does the same for every address: it hashes the password, issues a code that has address and hash in it, and
queues a mail. The worker finds out whether the address is taken, and then writes to its owner instead.
"""

import re

from pymongo.client_session import ClientSession

from auth_service.documents.records import MailRecord, UserRecord
from auth_service.documents.user import USER
from auth_service.errors import InvalidCode, RegistrationClosed
from auth_service.services.accounts import email_addresses
from auth_service.services.accounts.creation import Creation
from auth_service.services.accounts.directory import by_address
from auth_service.services.audit.events import EventType
from auth_service.services.codes.codes import Codes
from auth_service.services.codes.purposes import Purpose
from auth_service.services.credentials.passwords import Passwords
from auth_service.services.credentials.policy import PasswordPolicy
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.queue import MailQueue

REGISTRATION = re.compile(r"[0-9a-f]{32}")


class VerifiedRegistration:
    """Registers users by a code, if registration `is_open`."""

    def __init__(
        self,
        *,
        creation: Creation,
        codes: Codes,
        mails: MailQueue,
        policy: PasswordPolicy,
        passwords: Passwords,
        is_open: bool,
    ) -> None:
        self._creation = creation
        self._codes = codes
        self._mails = mails
        self._policy = policy
        self._passwords = passwords
        self._is_open = is_open

    def begin(self, *, email: str, password: str) -> str:
        """Mail a code to the address, and return the id by which the browser that registers presents it.

        Raises:
            RegistrationClosed: only admins create accounts.
            InvalidRequest: `email` is not a valid address, or the policy rejects `password`.
            LoginBusy: too many passwords wait to be hashed.
        """
        if not self._is_open:
            raise RegistrationClosed
        address = email_addresses.canonical(email)
        self._policy.check(password, email=address)
        hashed = self._passwords.make_hash(password)
        code = self._codes.issue_to_nobody(Purpose.REGISTRATION, address=address, password=hashed)
        self._mails.put(Kind.REGISTRATION, to=address, code_id=code.code_id)
        return code.code_id.hex()

    def complete(self, mail: MailRecord) -> MailRecord:
        """The mail that brings the code; to the owner of a taken address one that brings none, and says so.

        A mail that was decided about stays what it is: whoever has the address now may have registered by it.
        """
        if "decidedAt" in mail or not by_address(mail["to"]):
            return mail
        return self._mails.amend(mail, without=("codeId",), kind=Kind.ALREADY_REGISTERED.value)

    def confirm(self, *, registration: str, code: str) -> UserRecord:
        """Create the account, with a verified address and the role `user`, by the code that a person typed.

        Raises:
            RegistrationClosed: only admins create accounts.
            InvalidCode: the code is unknown, of another registration, expired, used, or was tried too often.
            EmailTaken: another account has that address meanwhile. Only who reads mail at the address is told.
        """
        if not self._is_open:
            raise RegistrationClosed
        if not REGISTRATION.fullmatch(registration):
            raise InvalidCode
        found = self._codes.find_by_id(code, Purpose.REGISTRATION, code_id=bytes.fromhex(registration))
        user = self._creation.draft(address=found["address"], role=USER)
        user["password"] = found["password"]
        user["passwordChangedAt"] = user["emailVerifiedAt"] = user["createdAt"]

        def use_up(running: ClientSession) -> None:
            self._codes.use(found["_id"], transaction=running)

        self._creation.store(user, event=EventType.REGISTER, actor_id=None, along=use_up)
        return user
