"""Hands people everything that is stored about them, except what a login is made of, and nobody else's data."""

from collections.abc import Iterator
from dataclasses import dataclass

from bson import ObjectId

from auth_service.database.ids import object_id
from auth_service.documents.audit_event import AuditEvent
from auth_service.documents.records import AuditEventRecord, FactorRecord, SessionRecord, UserRecord
from auth_service.documents.session import Session
from auth_service.documents.user import User
from auth_service.services.accounts.directory import found
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.credentials import factors
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import UNTOLD, Notices
from auth_service.services.origin.client import OPERATOR, current

PAGE = 500  # records that one command of the database reads
WITHOUT_HASH = {"password": 0}  # nosec B105 # a projection
SECRETS = {"refreshHash": 0, "importedHash": 0, "keyHash": 0}


@dataclass(frozen=True, slots=True)
class Export:
    """The account, its second factors, and its sessions, API keys and events, newest first.

    The last two are read while they are iterated.
    """

    account: UserRecord
    factors: list[FactorRecord]
    sessions: Iterator[SessionRecord]
    events: Iterator[AuditEventRecord]


class Exports:
    """Exports accounts."""

    def __init__(self, *, notices: Notices, audit: Audit) -> None:
        self._notices = notices
        self._audit = audit

    def export(self, *, user_id: str) -> Export:
        """What is stored about a user, who is told of it, as the audit trail is.

        Raises:
            InvalidId: the id is not valid.
            UserNotFound: no user has it.
            pymongo.errors.PyMongoError: the database fails; while the parts are iterated, too.
        """
        owner = object_id(user_id)
        account = found(User._get_collection().find_one({"_id": owner}, WITHOUT_HASH))
        self._audit.record(EventType.EXPORTED, user_id=owner)
        origin = UNTOLD if current.get() is OPERATOR else None
        self._notices.put(Kind.DATA_EXPORTED, user_id=owner, origin=origin)
        return Export(account=account, factors=factors.of(account), sessions=_sessions(owner), events=_events(owner))


def _sessions(owner: ObjectId) -> Iterator[SessionRecord]:
    """Active ones first, by the order of the index."""
    read = Session._get_collection().find({"userId": owner}, SECRETS, batch_size=PAGE)
    yield from read.sort([("endedAt", -1), ("_id", -1)])


def _events(owner: ObjectId) -> Iterator[AuditEventRecord]:
    """Without the id of an admin who acted on the user."""
    read = AuditEvent._get_collection().find({"userId": owner}, batch_size=PAGE)
    for event in read.sort([("createdAt", -1), ("_id", -1)]):
        if event.get("actorId") != owner:
            event.pop("actorId", None)
        yield event
