"""`GET /profile/security`: how one's own account is protected."""

from datetime import timedelta

import pytest
from bson import ObjectId

from auth_service.services.codes.purposes import Purpose
from auth_service.services.sessions.active import BATCH
from tests.support.database.large_accounts import SESSIONS, clear, enlarge, examined
from tests.support.errors import code

PENDING = "new@example.com"


@pytest.fixture
def pending(user, database, clock):
    """The user asked for another address, and has not typed in the code yet."""
    now = clock.now()
    record = {
        "_id": b"0123456789abcdef",
        "purpose": Purpose.EMAIL_CHANGE.value,
        "userId": ObjectId(user.user_id),
        "binding": "any",
        "address": PENDING,
        "tries": 0,
        "createdAt": now,
        "expiresAt": now + timedelta(minutes=10),
    }
    database.codes.insert_one(record)


def security(api):
    response = api.get("/profile/security")
    assert (response.status_code, response.json["message"]) == (200, "Security fetched")
    return response.json["security"]


def make_key(api, **more):
    return api.post("/profile/keys", json={"name": "nightly", **more}).json


def test_a_new_account_has_proved_nothing_yet(user, database):
    found = security(user)
    assert set(found) == {"emailVerified", "passwordChangedAt", "freshUntil", "sessions", "unusual", "keys", "factors"}
    assert (found["emailVerified"], found["sessions"], found["unusual"], found["keys"]) == (False, 1, 0, 0)
    assert found["passwordChangedAt"] <= found["freshUntil"]


def test_the_address_is_verified_from_the_moment_that_the_account_says_so(user, database, clock):
    database.users.update_one({}, {"$set": {"emailVerifiedAt": clock.now()}})
    assert security(user)["emailVerified"] is True


def test_a_pending_address_is_shown_while_its_code_works(user, pending, clock):
    assert security(user)["pendingEmail"] == PENDING
    clock.advance(minutes=10)
    user.refresh()
    assert "pendingEmail" not in security(user)


def test_the_pending_address_of_somebody_else_is_not(pending, new_api):
    assert "pendingEmail" not in security(new_api().registered("other@example.com").logged_in())


def test_a_password_change_is_dated(user, clock):
    clock.freeze()
    body = {"currentPassword": user.password, "newPassword": "a wholly different one"}
    user.access_token = user.post("/profile/password", json=body).json["accessToken"]
    now = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert security(user)["passwordChangedAt"] == now


def test_active_keys_are_counted_and_no_others(user, clock, new_api):
    lasting, _, _ = make_key(user), make_key(user), make_key(user, expiresIn="1m")
    assert security(user)["keys"] == 3
    clock.advance(minutes=2)
    assert security(user)["keys"] == 2
    user.delete(f"/sessions/{lasting['key']['sessionId']}")
    assert security(user)["keys"] == 1
    assert security(new_api().registered("other@example.com").logged_in())["keys"] == 0


def test_active_sessions_and_the_unusual_among_them_are_counted(user, another, database, clock):
    second, ended = another(), another()
    database.sessions.update_one({"sessionId": second.session_id}, {"$set": {"unusual": ["new_place"]}})
    ended.logout()
    assert (security(user)["sessions"], security(user)["unusual"]) == (2, 1)
    past = database.sessions.find_one({"sessionId": second.session_id})["createdAt"]
    database.sessions.update_one({"sessionId": second.session_id}, {"$set": {"expiresAt": past}})
    assert (security(user)["sessions"], security(user)["unusual"]) == (1, 0)


def test_the_kinds_of_factors_are_said(user, database, clock):
    assert security(user)["factors"] == []
    factor = {each: [{"_id": ObjectId(), "kind": each}] for each in ("totp", "passkey")}
    database.users.update_one({"_id": ObjectId(user.user_id)}, {"$set": {"secondFactor": factor}})
    assert security(user)["factors"] == ["passkey", "totp"]


def test_it_says_who_is_asking_in_which_session_as_the_profile_does(user):
    profile, answer = user.get("/profile").json, user.get("/profile/security").json
    assert answer["user"] == profile["user"]
    assert answer["session"]["sessionId"] == user.session_id


def test_it_says_until_when_this_session_is_fresh_and_no_other(user, another, clock):
    clock.freeze()
    clock.advance(minutes=4)
    other = another()
    assert security(user)["freshUntil"] < security(other)["freshUntil"]
    user.post("/auth/confirm", json={"password": user.password})
    assert security(user)["freshUntil"] == security(other)["freshUntil"]


def test_the_time_that_has_passed_is_shown_too(user, clock):
    before = security(user)["freshUntil"]
    clock.advance(days=1)
    user.refresh()
    assert security(user)["freshUntil"] == before


def test_it_is_the_persons_and_not_their_programs(user, new_api):
    program = new_api()
    program.access_token = make_key(user)["secret"]
    assert code(program.get("/profile/security")) == (403, "not_with_a_key")


def test_the_work_does_not_grow_with_the_logins_of_the_account(user, database):
    enlarge(database, user.user_id)
    make_key(user)
    for path, most in (("/profile/security", BATCH), ("/sessions?kind=key", 1)):
        assert max(each.documents for each in examined(database, lambda path=path: user.get(path))) <= most
    assert security(user)["keys"] == 1
    clear(database)


def test_nor_with_keys_that_have_expired(user, database):
    key = make_key(user)["key"]["sessionId"]
    past = database.sessions.find_one({"sessionId": key})["createdAt"]
    enlarge(database, user.user_id, SESSIONS, kind="key", expiresAt=past, absoluteExpiresAt=past)
    seen = examined(database, lambda: user.get("/profile/security"))
    assert max(each.documents for each in seen) <= BATCH
    clear(database)
