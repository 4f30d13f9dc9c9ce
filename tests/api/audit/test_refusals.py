"""A refusal for want of permission is in the audit trail, once an hour for each session."""

import pytest

from auth_service.errors import Forbidden
from tests.support.commands import recorded_commands
from tests.support.parallel import at_once

OTHER = "0" * 24
FORBIDDEN = [
    ("get", "/users", "GET /users"),
    ("get", "/audit", "GET /audit"),
    ("get", f"/users/{OTHER}", "GET /users/<user_id>"),
    ("delete", f"/users/{OTHER}", "DELETE /users/<user_id>"),
    ("put", f"/users/{OTHER}/admin", "PUT /users/<user_id>/<role>"),
    ("get", f"/users/{OTHER}/sessions", "GET /users/<user_id>/sessions"),
    ("delete", f"/users/{OTHER}/sessions", "DELETE /users/<user_id>/sessions"),
]


@pytest.fixture
def refusals(database):
    """The events about refusals, the oldest first."""
    return lambda: list(database.audit_events.find({"type": "forbidden"}).sort("_id"))


@pytest.fixture
def refuse_events(database):
    """Makes the database refuse every audit event, until the test is over."""
    command = {"collMod": "audit_events", "validationLevel": "strict"}
    yield lambda: database.command({**command, "validator": {"never": "there"}})
    database.command({**command, "validator": {}})


@pytest.mark.parametrize(("method", "path", "route"), FORBIDDEN, ids=lambda text: text[:20])
def test_it_names_who_was_refused_and_the_route_and_no_id_of_the_path(user, refusals, method, path, route):
    response = getattr(user, method)(path)
    assert (response.status_code, response.json["code"]) == (403, "forbidden")
    (event,) = refusals()
    assert (event["outcome"], event["reason"]) == ("failure", route)
    assert (str(event["userId"]), event["sessionId"]) == (user.user_id, user.session_id)
    assert event["requestId"] == response.headers["X-Request-ID"]
    assert OTHER not in str(event)


def test_of_many_in_an_hour_the_first_is_written(user, clock, refusals):
    user.get("/users")
    for minutes in (0, 1, 29, 29):
        clock.advance(minutes=minutes)
        user.refresh()
        assert user.get("/audit").status_code == 403
    assert [event["reason"] for event in refusals()] == ["GET /users"]


def test_after_an_hour_there_is_another(user, clock, refusals):
    for _ in range(3):
        assert user.get("/users").status_code == 403
        clock.advance(minutes=60, seconds=1)
        user.refresh()
    assert len(refusals()) == 3


def test_each_session_has_its_own(user, another, refusals):
    others = [another(), another()]
    for each in (user, *others, user, *others):
        assert each.get("/users").status_code == 403
    assert {event["sessionId"] for event in refusals()} == {each.session_id for each in (user, *others)}
    assert len(refusals()) == 3


def test_parallel_refusals_are_one_event(user, new_api, copy_of, refusals):
    browsers = [copy_of(user) for _ in range(8)]
    answers = at_once(*[lambda each=each: each.get("/users").status_code for each in browsers])
    assert set(answers) == {403}
    assert len(refusals()) == 1


def test_a_flood_costs_one_event_and_then_no_command_more_than_the_check_of_the_session(user, refusals):
    user.get("/users")
    with recorded_commands() as commands:
        for _ in range(50):
            assert user.get("/users").status_code == 403
    assert set(commands) == {("findAndModify", "sessions")}
    assert len(commands) == 50
    assert len(refusals()) == 1


def test_an_admin_who_is_none_any_more_is_written_too(admin, database, refusals):
    database.users.update_one({"email": admin.email}, {"$set": {"role": "user"}})  # the session still says admin
    assert admin.put(f"/users/{OTHER}/admin").json["code"] == Forbidden.code
    assert [event["reason"] for event in refusals()] == ["PUT /users/<user_id>/<role>"]


def test_what_is_refused_for_another_cause_is_not_written(admin, user, refusals):
    assert admin.delete(f"/users/{admin.user_id}").status_code == 409
    assert admin.get("/users/none").status_code == 400
    assert user.http.get("/users").status_code == 401
    assert user.http.options("/users").status_code == 200
    assert refusals() == []


def test_it_is_403_also_when_the_event_cannot_be_written(user, services, refuse_events):
    before = services.audit.failed_writes
    refuse_events()
    assert user.get("/users").status_code == 403
    assert services.audit.failed_writes == before + 1


def test_it_is_403_also_when_the_session_cannot_be_written(user, database, refusals):
    command = {"collMod": "sessions", "validationLevel": "strict", "validator": {"forbiddenAt": {"$exists": False}}}
    database.command(command)
    try:
        assert user.get("/users").status_code == 403
    finally:
        database.command({**command, "validator": {}})
    assert refusals() == []
    assert user.get("/users").status_code == 403
    assert len(refusals()) == 1


def test_its_owner_and_an_admin_can_read_it(user, admin):
    user.get("/users")
    for reader, path in ((user, "/profile/audit"), (admin, "/audit")):
        (event,) = reader.get(path, query_string={"type": "forbidden"}).json["events"]
        assert (event["type"], event["outcome"], event["reason"]) == ("forbidden", "failure", "GET /users")
