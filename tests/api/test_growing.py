"""What a call makes the database look at does not depend on how much there is in it."""

from datetime import datetime, timezone

import pytest

from auth_service.documents.audit_event import AuditEvent
from auth_service.documents.session import Session
from auth_service.documents.user import User
from tests.benchmarks.studies.past import PERIOD, events, sessions, users
from tests.support.commands import profiled

PEOPLE, SESSIONS = 20, 600
LOOKED_AT = {"planSummary": {"$exists": True}, "ns": {"$regex": r"\.(users|sessions)$"}}


@pytest.fixture
def past(user, database):
    """Months of use, a third of them the user's own."""
    now = datetime.now(timezone.utc).replace(microsecond=0)
    people = [each for each in users(PEOPLE, now) if each["role"] == "user"]
    own = database.users.find_one({"email": user.email})["_id"]
    ids = [each["_id"] for each in people]
    opened = list(sessions([*ids, *[own] * (len(ids) // 2)], SESSIONS, PERIOD, now))
    records = {
        User: people,
        Session: opened,
        AuditEvent: [event for each in opened for event in events(each)],
    }
    for document, listed in records.items():
        document._from_son(listed[0]).validate()
        document._get_collection().insert_many(listed)
    return records


@pytest.mark.parametrize(
    ("call", "commands"),
    [("verify", 1), ("profile", 2), ("refresh", 1)],
)
def test_a_request_looks_at_one_document_a_command(user, past, database, call, commands):
    assert database.sessions.count_documents({"endedAt": None}) > 100
    with profiled(database, LOOKED_AT) as seen:
        assert getattr(user, call)().status_code in (200, 204)
    looked_at = [(each["keysExamined"], each["docsExamined"]) for each in seen]
    assert looked_at == [(1, 1)] * commands, [each["planSummary"] for each in seen]


def test_the_past_is_in_the_form_that_the_service_writes(user, past, database):
    user.refresh()
    for document, listed in past.items():
        stored = document._get_collection().find_one(
            {"_id": {"$nin": [each["_id"] for each in listed]}}, sort=[("_id", -1)]
        )
        known = set(document._db_field_map.values()) | {"_id"}
        assert set(stored) <= {field for each in listed for field in each} <= known


def test_people_of_the_past_are_listed_and_their_sessions_too(admin, past):
    assert len(admin.get("/users").json["users"]) == PEOPLE - 1 + 2
    one = str(past[User][0]["_id"])
    listed = admin.get(f"/users/{one}/sessions").json["sessions"]
    assert {session["userId"] for session in listed} == {one}
