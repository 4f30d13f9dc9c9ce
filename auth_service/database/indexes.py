"""Makes the indexes that the documents declare, and the guard document, where they are missing."""

from auth_service.documents.audit_event import AuditEvent
from auth_service.documents.guard import ADMINS, Guard
from auth_service.documents.login_delay import LoginDelay
from auth_service.documents.rate_limit import RateLimitCounter
from auth_service.documents.session import Session
from auth_service.documents.user import User

DOCUMENTS = (User, Session, AuditEvent, LoginDelay, RateLimitCounter)


def ensure_indexes() -> None:
    """Make all indexes and the guard document where they are missing. Idempotent.

    Raises:
        pymongo.errors.OperationFailure: an index exists with other options, or duplicates contradict a unique one.
    """
    for document in DOCUMENTS:
        document.ensure_indexes()
    Guard._get_collection().update_one({"_id": ADMINS}, {"$setOnInsert": {"writes": 0}}, upsert=True)
