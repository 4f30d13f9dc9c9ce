"""Records by the names of their documents' attributes: what is only shown needs no document, which is slow to make."""

from collections.abc import Mapping
from typing import Any, ClassVar

from auth_service.documents.session import Session
from auth_service.documents.user import User


class Shown:
    """A record of the database to be read and nothing else; what it does not have is as in a new document's field."""

    __slots__ = ("_record",)
    _fields: ClassVar[Mapping[str, Any]]

    def __init__(self, record: Mapping[str, Any]) -> None:
        self._record = record

    def __getattr__(self, name: str) -> Any:
        """The value of the field that is called `name` in the document."""
        field = self._fields.get(name)
        if field is None:
            raise AttributeError(name)
        value = self._record.get(field.db_field)
        return field.default if value is None and not callable(field.default) else value


class ShownUser(Shown):
    """A user."""

    __slots__ = ()
    _fields = User._fields


class ShownSession(Shown):
    """A session."""

    __slots__ = ()
    _fields = Session._fields
    effective_expires_at = Session.effective_expires_at
