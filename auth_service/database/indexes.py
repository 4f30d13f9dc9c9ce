"""Makes the indexes that the documents declare, and the guard document, where they are missing.

An index of a large collection takes longer than any request may. A worker therefore makes only those of small
collections; the operator makes the others by a command, which has no such limit.
"""

import logging
from typing import Any

from auth_service.database.faults import OwnFault
from auth_service.documents.audit_event import AuditEvent
from auth_service.documents.code import Code
from auth_service.documents.guard import ADMINS, Guard
from auth_service.documents.login_delay import LoginDelay
from auth_service.documents.mail import Mail
from auth_service.documents.rate_limit import RateLimitCounter
from auth_service.documents.session import Session
from auth_service.documents.used_challenge import UsedChallenge
from auth_service.documents.user import User

log = logging.getLogger(__name__)

DOCUMENTS = (User, Session, UsedChallenge, Code, Mail, AuditEvent, LoginDelay, RateLimitCounter)
SMALL = 10_000  # documents: an index of as many is made well within the time limit of a command
MISSING = "run `.venv/bin/python -m auth_service ensure-indexes`: too large for a worker to index are {collections}"


class UniqueIndexMissing(OwnFault):
    """A large collection lacks an index that keeps duplicates out; nothing may be written before it is made."""


def ensure_indexes() -> None:
    """Make all indexes and the guard document where they are missing. Idempotent.

    Raises:
        pymongo.errors.OperationFailure: an index exists with other options, or duplicates contradict a unique one.
    """
    for document in DOCUMENTS:
        document.ensure_indexes()
    _ensure_guard()


def ensure_small_indexes() -> None:
    """As `ensure_indexes`, but where a collection is large, only log what the operator has to run.

    Raises:
        UniqueIndexMissing: one of the indexes that were left out is unique.
        pymongo.errors.OperationFailure: as `ensure_indexes`.
    """
    left_out = {document: specs for document in DOCUMENTS if (specs := _too_large(document))}
    for document in DOCUMENTS:
        if document not in left_out:
            document.ensure_indexes()
    _ensure_guard()
    if left_out:
        sentence = MISSING.format(collections=", ".join(document._get_collection_name() for document in left_out))
        if any(spec.get("unique") for specs in left_out.values() for spec in specs):
            raise UniqueIndexMissing(sentence)
        log.warning(sentence)


def _too_large(document: Any) -> list[dict[str, Any]]:
    """The declared indexes that are missing, if the collection is too large for a worker to make them."""
    collection = document._get_collection()
    present = [list(index["key"]) for index in collection.index_information().values()]
    missing = [spec for spec in document._meta["index_specs"] if list(spec["fields"]) not in present]
    return missing if missing and collection.estimated_document_count() > SMALL else []


def _ensure_guard() -> None:
    Guard._get_collection().update_one({"_id": ADMINS}, {"$setOnInsert": {"writes": 0}}, upsert=True)
