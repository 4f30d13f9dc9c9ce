"""Lets people make accounts of their own, while registration is open."""

from auth_service.documents.records import UserRecord
from auth_service.documents.user import USER
from auth_service.errors import RegistrationClosed
from auth_service.services.accounts.creation import Creation
from auth_service.services.audit.events import EventType


class Registration:
    """Registers users, if it `is_open`."""

    def __init__(self, *, creation: Creation, is_open: bool) -> None:
        self._creation = creation
        self._is_open = is_open

    def register(self, *, email: str, password: str) -> UserRecord:
        """Create an account with the role `user`.

        Raises:
            RegistrationClosed: only admins create accounts.
            InvalidRequest: `email` is not a valid address, or the policy rejects `password`.
            EmailTaken: another account has that address.
        """
        if not self._is_open:
            raise RegistrationClosed
        return self._creation.create(email=email, password=password, role=USER, event=EventType.REGISTER)
