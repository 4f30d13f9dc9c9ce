"""Who did what, when, from where and with which outcome: written for everything, readable for those concerned."""

import logging
from datetime import datetime, timedelta

import pytest
from bson import ObjectId

from tests.support.api import PASSWORD

ADDRESS = {"REMOTE_ADDR": "192.0.2.44"}
FIELDS = {
    "_id",
    "createdAt",
    "type",
    "outcome",
    "reason",
    "userId",
    "actorId",
    "sessionId",
    "ip",
    "requestId",
}


@pytest.fixture
def events_of(database):
    """The events of one request, each with the things every event has."""

    def find(response):
        found = list(database.audit_events.find({"requestId": response.headers["X-Request-ID"]}).sort("_id"))
        for event in found:
            assert event["outcome"] in ("success", "failure")
            assert event["ip"]
            assert isinstance(event["createdAt"], datetime)
            assert event["purgeAt"] == event["createdAt"] + timedelta(days=180)
        return found

    return find


@pytest.fixture
def refuse_events(database):
    """Makes the database refuse every audit event, until the test is over."""
    command = {"collMod": "audit_events", "validationLevel": "strict"}
    yield lambda: database.command({**command, "validator": {"never": "there"}})
    database.command({**command, "validator": {}})


def told(event):
    return event["type"], event["outcome"], event.get("reason")


def page(api, path="/audit", **query):
    response = api.get(path, query_string=query)
    assert response.status_code == 200, response.json
    return response.json


def types(shown):
    return [event["type"] for event in shown["events"]]


# what is written


def test_a_registration_is_written(api, events_of):
    response = api.http.post(
        "/auth/register", json={"email": api.email, "password": PASSWORD}, environ_overrides=ADDRESS
    )
    (event,) = events_of(response)
    assert event["type"] == "register"
    assert (event["outcome"], event["ip"]) == ("success", "192.0.2.44")
    assert str(event["userId"]) == response.json["user"]["_id"]


def test_a_refused_registration_is_written_without_the_address(user, events_of):
    (event,) = events_of(user.register())
    assert told(event) == ("register", "failure", "email_taken")
    assert user.email not in str(event)


def test_a_login_is_written_with_the_clients_own_request_id(user, database, clock):
    sent = {"X-Request-ID": "request-of-mine", "X-Forwarded-For": "203.0.113.9"}
    response = user.login(headers=sent, environ_overrides=ADDRESS)
    event = database.audit_events.find_one({"requestId": "request-of-mine", "type": "login"})
    assert response.headers["X-Request-ID"] == "request-of-mine"
    assert told(event) == ("login", "success", None)
    assert (str(event["userId"]), event["sessionId"]) == (user.user_id, user.session_id)
    assert event["ip"] == "192.0.2.44"
    assert abs(event["createdAt"] - clock.now()) < timedelta(seconds=10)


def test_a_failed_login_is_written_with_the_user_it_was_for(user, events_of):
    (event,) = events_of(user.login(password="not the right one"))
    assert told(event) == ("login", "failure", "invalid_credentials")
    assert str(event["userId"]) == user.user_id
    assert "sessionId" not in event


def test_a_failed_login_of_nobody_is_written_without_a_user_and_without_the_address(api, events_of):
    (event,) = events_of(api.login("nobody.at.all@example.com", "not the right one"))
    assert told(event) == ("login", "failure", "invalid_credentials")
    assert "userId" not in event
    assert "nobody" not in str(event)
    assert "@" not in str(event)


def test_a_refresh_is_written(user, events_of):
    session_id = user.session_id
    (event,) = events_of(user.refresh())
    assert told(event) == ("refresh", "success", None)
    assert (str(event["userId"]), event["sessionId"]) == (user.user_id, session_id)


def test_a_theft_is_written_besides_the_ending(user, new_api, clock, events_of):
    thief, session_id = new_api(), user.session_id
    thief.refresh_token = user.refresh_token
    user.refresh()
    clock.advance(seconds=16)
    events = events_of(thief.refresh())
    assert {event["type"] for event in events} == {"refresh_reused", "session_ended"}
    assert {event.get("reason") for event in events if event["type"] == "session_ended"} == {"reused_token"}
    assert {(str(event["userId"]), event["sessionId"]) for event in events} == {(user.user_id, session_id)}


def test_a_logout_is_written_once(user, events_of):
    session_id = user.session_id
    (event,) = events_of(user.logout())
    assert told(event) == ("session_ended", "success", "logout")
    assert (str(event["userId"]), event["sessionId"]) == (user.user_id, session_id)
    assert events_of(user.logout()) == []


def test_a_role_change_is_written_with_the_admin_who_made_it(admin, user, events_of):
    (event,) = events_of(admin.put(f"/users/{user.user_id}/admin"))
    assert told(event) == ("role_changed", "success", "admin")
    assert (str(event["userId"]), str(event["actorId"])) == (user.user_id, admin.user_id)


def test_a_deletion_is_written_with_whoever_did_it(admin, user, events_of):
    events = events_of(admin.delete(f"/users/{user.user_id}"))
    deleted = [event for event in events if event["type"] == "user_deleted"]
    assert [(str(event["userId"]), str(event["actorId"])) for event in deleted] == [(user.user_id, admin.user_id)]


def test_sessions_an_admin_ended_are_written_with_that_admin(admin, user, events_of):
    (event,) = events_of(admin.delete(f"/users/{user.user_id}/sessions"))
    assert told(event) == ("session_ended", "success", "revoked_by_admin")
    assert (str(event["userId"]), str(event.get("actorId"))) == (user.user_id, admin.user_id)


def test_a_password_change_is_written(user, events_of):
    body = {"currentPassword": PASSWORD, "newPassword": "a wholly different one"}
    (event,) = events_of(user.post("/profile/password", json=body))
    assert told(event) == ("password_changed", "success", None)
    assert str(event["userId"]) == user.user_id


def test_no_event_holds_a_secret(user, new_api, database):
    texts = {PASSWORD, "the wrong one", "a new one of mine", user.access_token, user.refresh_token}
    user.login(password="the wrong one")
    user.refresh()
    texts |= {user.access_token, user.refresh_token}
    user.post("/profile/password", json={"currentPassword": PASSWORD, "newPassword": "a new one of mine"})
    user.logout()
    texts |= {database.sessions.find_one({"generation": 2})["refreshHash"], database.users.find_one()["password"]}
    written = str(list(database.audit_events.find()))
    assert "password_changed" in written
    assert not [text for text in texts if text in written]


def test_reading_is_not_written(admin, user, database):
    before = database.audit_events.count_documents({})
    for path in ("/audit", "/profile/audit", "/sessions", "/sessions/history", "/users", "/profile"):
        assert admin.get(path).status_code == 200
    assert database.audit_events.count_documents({}) == before


# what is lost


def test_an_event_that_cannot_be_written_is_counted_and_logged_and_the_login_goes_on(
    user, services, database, caplog, refuse_events
):
    before, written = services.audit.failed_writes, database.audit_events.count_documents({})
    refuse_events()
    with caplog.at_level(logging.ERROR, logger="auth_service"):
        assert user.login().status_code == 200
    assert services.audit.failed_writes > before
    assert [record for record in caplog.records if record.levelname == "ERROR" and "audit" in record.getMessage()]
    assert database.audit_events.count_documents({}) == written
    assert user.verify().status_code == 204


# reading it


def test_an_admin_reads_all_of_it_newest_first(admin, user):
    user.logout()
    shown = page(admin)
    assert set(shown) == {"message", "events", "cursor"}
    assert types(shown)[0] == "session_ended"
    assert sorted(types(shown)) == ["login", "login", "register", "register", "session_ended"]
    assert all(set(event) == FIELDS for event in shown["events"])
    times = [event["createdAt"] for event in shown["events"]]
    assert times == sorted(times, reverse=True)


def test_it_is_filtered_by_user_and_type(admin, user):
    user.refresh()
    assert set(types(page(admin, user=user.user_id))) == {"register", "login", "refresh"}
    assert {event["userId"] for event in page(admin, user=user.user_id)["events"]} == {user.user_id}
    assert types(page(admin, type="refresh")) == ["refresh"]
    assert page(admin, user=admin.user_id, type="refresh")["events"] == []
    assert page(admin, user="0" * 24)["events"] == []


def test_it_is_filtered_by_time_from_a_moment_on_and_before_another(admin, user, clock):
    for _ in range(3):
        clock.advance(seconds=10)
        user.refresh()
    newest, middle, oldest = [event["createdAt"] for event in page(admin, type="refresh")["events"]]
    between = {"from": oldest, "to": newest}
    assert [event["createdAt"] for event in page(admin, type="refresh", **between)["events"]] == [middle, oldest]
    assert len(page(admin, type="refresh", **{"from": middle})["events"]) == 2
    elsewhere = datetime.fromisoformat(middle) + timedelta(hours=2)
    assert len(page(admin, type="refresh", **{"from": f"{elsewhere:%Y-%m-%dT%H:%M:%S.%f}+02:00"})["events"]) == 2


def test_a_cursor_leads_through_all_of_it_although_more_happens(admin, user, database):
    before = [str(event["_id"]) for event in database.audit_events.find().sort([("createdAt", -1), ("_id", -1)])]
    assert len(before) >= 4
    seen, cursor = [], None
    while True:
        shown = page(admin, limit=1, **({"cursor": cursor} if cursor else {}))
        seen += [event["_id"] for event in shown["events"]]
        user.refresh()
        if (cursor := shown["cursor"]) is None:
            break
    assert seen == before


def test_events_of_one_moment_are_all_shown_once(admin, database):
    pattern = database.audit_events.find_one()
    database.audit_events.insert_many([{**pattern, "type": "refresh", "_id": ObjectId()} for _ in range(7)])
    first = page(admin, type="refresh", limit=4)
    second = page(admin, type="refresh", limit=4, cursor=first["cursor"])
    assert len({event["_id"] for event in first["events"] + second["events"]}) == 7
    assert second["cursor"] is None


BAD = [
    ("user", "nobody"),
    ("user", ""),
    ("user", "0" * 23),
    ("user", '{"$ne": null}'),
    ("type", "burglary"),
    ("type", "LOGIN"),
    ("type", ""),
    ("from", "2026-11-23T12:00:00"),
    ("to", "2026-11-23T12:00:00"),
    ("from", "2026-11-23"),
    ("from", "yesterday"),
    ("from", ""),
    ("from", "1700000000"),
    ("from", "0001-01-01T00:00:00+14:00"),
    ("to", "0001-01-01T00:00:00+14:00"),
    ("from", "9999-12-31T23:59:59-14:00"),
    ("to", "9999-12-31T23:59:59.999999-23:59"),
    ("to", "10000-01-01T00:00:00Z"),
    ("from", "2026-02-30T00:00:00Z"),
    ("limit", "0"),
    ("limit", "101"),
    ("limit", "-1"),
    ("limit", "ten"),
    ("limit", ""),
    ("limit", "9" * 5000),
    ("cursor", ""),
    ("cursor", "nonsense"),
    ("cursor", "a" * 5000),
    ("surprise", "1"),
]


@pytest.mark.parametrize(("name", "value"), BAD, ids=lambda text: text[:40])
def test_a_bad_filter_is_400(admin, name, value):
    response = admin.get("/audit", query_string={name: value})
    assert response.status_code == 400, response.json


@pytest.mark.parametrize(("name", "value"), [each for each in BAD if each[0] != "user"], ids=lambda text: text[:40])
def test_a_bad_filter_of_ones_own_is_400_too(user, name, value):
    assert user.get("/profile/audit", query_string={name: value}).status_code == 400


@pytest.mark.parametrize("limit", [1, 100])
def test_a_page_is_as_long_as_asked(admin, database, limit):
    pattern = database.audit_events.find_one()
    database.audit_events.insert_many([{**pattern, "_id": ObjectId()} for _ in range(120)])
    assert len(page(admin, limit=limit)["events"]) == limit
    assert len(page(admin)["events"]) == 50


def test_a_plain_user_reads_their_own_only(user, admin):
    admin.login()
    shown = page(user, "/profile/audit")
    assert types(shown) == ["login", "register"]
    assert {event["userId"] for event in shown["events"]} == {user.user_id}
    assert types(page(user, "/profile/audit", type="register")) == ["register"]
    assert user.get("/audit").status_code == 403


def test_nobody_reads_anothers_as_their_own(user, admin):
    response = user.get("/profile/audit", query_string={"user": admin.user_id})
    assert (response.status_code, response.json["code"]) == (400, "invalid_request")
    assert {event["userId"] for event in page(admin, "/profile/audit")["events"]} == {admin.user_id}
