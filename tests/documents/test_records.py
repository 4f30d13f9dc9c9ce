"""The typed records and the documents define the same fields."""

import pytest

from auth_service.documents.audit_event import AuditEvent
from auth_service.documents.factor import Factor, SecondFactor
from auth_service.documents.records import AuditEventRecord, FactorRecord, SecondFactorRecord, SessionRecord, UserRecord
from auth_service.documents.session import Session
from auth_service.documents.user import User

PAIRS = [
    (User, UserRecord),
    (Session, SessionRecord),
    (AuditEvent, AuditEventRecord),
    (Factor, FactorRecord),
    (SecondFactor, SecondFactorRecord),
]


def fields_of(document):
    return [getattr(document, name) for name in document()]


@pytest.mark.parametrize(("document", "record"), PAIRS)
def test_a_record_has_the_keys_of_its_document(document, record):
    assert set(record.__annotations__) == {field.db_field for field in fields_of(document)}


@pytest.mark.parametrize(("document", "record"), PAIRS)
def test_a_record_requires_what_its_document_requires(document, record):
    required = {field.db_field for field in fields_of(document) if field.required or field.db_field == "_id"}
    assert record.__required_keys__ == required


def test_what_the_service_stores_is_valid_as_a_document(user, database):
    user.refresh()
    for document in (User, Session, AuditEvent):
        for stored in document.objects:
            stored.validate()
