"""API keys: made by POST /profile/keys and POST /users/<id>/keys, presented as bearer tokens"""

import re

import pytest

from tests.support.api import Api
from tests.support.commands import recorded_commands
from tests.support.errors import code
from tests.support.parallel import at_once

FORM = re.compile(r"ak_[0-9a-f]{32}_[A-Za-z0-9_-]{43}")
NIGHTLY = {"name": "nightly backup"}


@pytest.fixture
def program(user, new_api):
    """A program of the user: a client whose bearer token is a key."""
    return presenting(new_api(), user.post("/profile/keys", json=NIGHTLY).json["secret"])


def presenting(api, secret):
    api.access_token = secret
    return api


def keys_of(api):
    return api.get("/sessions?kind=key").json["sessions"]


# making one


def test_a_key_is_shown_once_and_stored_as_a_hash(user, database, clock):
    clock.freeze()
    response = user.post("/profile/keys", json=NIGHTLY)
    assert (response.status_code, response.json["message"]) == (201, "Key created")
    assert set(response.json) == {"message", "key", "secret"}
    assert set(response.json["key"]) == {"sessionId", "name", "expiresAt"}
    secret = response.json["secret"]
    assert FORM.fullmatch(secret)
    assert response.json["key"]["sessionId"] == secret.split("_")[1]
    everything = str([list(database[name].find()) for name in database.list_collection_names()])
    assert secret.split("_", 2)[2] not in everything


@pytest.mark.parametrize(("text", "seconds"), [(None, 90 * 86400), ("1m", 60), ("12h", 43200), ("366d", 366 * 86400)])
def test_it_works_for_as_long_as_was_asked_and_no_longer(user, new_api, clock, text, seconds):
    clock.freeze()
    body = {**NIGHTLY, **({"expiresIn": text} if text else {})}
    program = presenting(new_api(), user.post("/profile/keys", json=body).json["secret"])
    clock.advance(seconds=seconds - 1)
    assert program.profile().status_code == 200
    clock.advance(seconds=1)
    assert code(program.profile()) == (401, "absolute")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("expiresIn", value) for value in ("367d", "59s", "0", "-1d", "soon", "", None, 90, ["90d"])],
        *[("name", value) for value in ("", "x" * 101, None, 7, {"$gt": ""})],
        ("role", "admin"),
    ],
)
def test_bad_input_names_the_field_and_makes_no_key(user, field, value):
    response = user.post("/profile/keys", json={**NIGHTLY, field: value})
    assert code(response) == (400, "invalid_request")
    assert list(response.json["errors"]) == [field]
    assert keys_of(user) == []


def test_an_older_session_cannot_make_one(user, admin, clock):
    clock.advance(minutes=10, seconds=1)
    admin.refresh(), user.refresh()
    for response in (user.post("/profile/keys", json=NIGHTLY), admin.post(f"/users/{user.user_id}/keys", json=NIGHTLY)):
        assert code(response) == (401, "fresh_authentication_required")
        challenge = 'Bearer error="insufficient_user_authentication", max_age="600"'
        assert response.headers["WWW-Authenticate"] == challenge
    assert user.profile().status_code == 200


def test_a_user_has_twenty_at_most_also_when_they_are_made_at_once(user):
    for _ in range(18):
        user.post("/profile/keys", json=NIGHTLY)
    answers = at_once(*[lambda: user.post("/profile/keys", json=NIGHTLY)] * 4)
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409]
    assert code(user.post("/profile/keys", json=NIGHTLY)) == (409, "too_many_keys")
    assert user.delete(f"/sessions/{keys_of(user)[0]['sessionId']}").status_code == 200
    assert user.post("/profile/keys", json=NIGHTLY).status_code == 201


def test_an_admin_makes_one_for_another_user(admin, user, new_api, database):
    response = admin.post(f"/users/{user.user_id}/keys", json=NIGHTLY)
    assert response.status_code == 201
    assert presenting(new_api(), response.json["secret"]).profile().json["user"]["_id"] == user.user_id
    (event,) = database.audit_events.find({"type": "key_created"})
    assert (str(event["userId"]), str(event["actorId"])) == (user.user_id, admin.user_id)
    assert code(user.post(f"/users/{admin.user_id}/keys", json=NIGHTLY)) == (403, "forbidden")
    assert code(admin.post("/users/0123456789abcdef01234567/keys", json=NIGHTLY)) == (404, "user_not_found")


def test_a_suspended_account_gets_none(admin, user):
    admin.post(f"/users/{user.user_id}/suspension")
    assert code(admin.post(f"/users/{user.user_id}/keys", json=NIGHTLY)) == (403, "account_suspended")


# a request with one


def test_it_stands_for_its_user_with_one_command(program, user):
    with recorded_commands() as commands:
        assert program.verify().status_code == 204
    assert commands == [("findAndModify", "sessions")]
    assert program.verify().headers["X-Auth-User"] == user.user_id


def test_it_has_the_role_that_its_user_has_now(admin, program, user):
    assert code(program.get("/users")) == (403, "forbidden")
    admin.put(f"/users/{user.user_id}/admin")
    assert program.get("/users").status_code == 200
    admin.put(f"/users/{user.user_id}/user")
    assert code(program.get("/users")) == (403, "forbidden")


def test_a_promotion_does_not_shorten_it(admin, program, user):
    before = keys_of(user)
    admin.put(f"/users/{user.user_id}/admin")
    assert [each["expiresAt"] for each in keys_of(user)] == [each["expiresAt"] for each in before]


def test_its_requests_write_no_events(program, database):
    before = database.audit_events.count_documents({})
    for _ in range(3):
        program.profile()
    assert database.audit_events.count_documents({}) == before


def test_it_is_seen_when_it_is_used(program, user, clock):
    clock.advance(minutes=5)
    user.refresh()
    first = keys_of(user)[0]["lastSeenAt"]
    program.profile()
    assert keys_of(user)[0]["lastSeenAt"] > first


@pytest.mark.parametrize(
    ("method", "path"), [("post", "/profile/password"), ("post", "/profile/keys"), ("post", "/users/{id}/keys")]
)
def test_credentials_cannot_be_changed_with_one(program, user, method, path):
    path = path.format(id=user.user_id)
    assert code(getattr(program, method)(path, json=NIGHTLY)) == (403, "not_with_a_key")


def test_its_user_cannot_be_deleted_with_one_by_themselves(program, user):
    assert code(program.delete(f"/users/{user.user_id}")) == (403, "not_with_a_key")


# its end


def ended_by(name, admin, user):
    return {
        "suspended": lambda: admin.post(f"/users/{user.user_id}/suspension"),
        "revoked_by_user": lambda: user.delete(f"/sessions/{keys_of(user)[0]['sessionId']}"),
        "revoked_by_admin": lambda: admin.delete(f"/users/{user.user_id}/sessions"),
        "password_changed": lambda: user.post(
            "/profile/password", json={"currentPassword": user.password, "newPassword": "staple of the next one"}
        ),
    }[name]()


@pytest.mark.parametrize("reason", ["suspended", "revoked_by_user", "revoked_by_admin", "password_changed"])
def test_on_the_next_request_it_says_why_it_ended(admin, program, user, reason):
    assert program.profile().status_code == 200
    assert ended_by(reason, admin, user).status_code == 200
    assert code(program.profile()) == (401, reason)


def test_a_deleted_users_is_no_key_any_more(admin, program, user):
    admin.delete(f"/users/{user.user_id}")
    assert code(program.profile()) == (401, "invalid_token")


def test_a_password_change_keeps_keys_when_asked_to(program, user, new_api):
    other = new_api().called(user.email).logged_in()
    body = {"currentPassword": user.password, "newPassword": "staple of the next one", "keepKeys": True}
    assert user.post("/profile/password", json=body).status_code == 200
    assert program.profile().status_code == 200
    assert code(other.profile()) == (401, "password_changed")


def test_logins_do_not_push_keys_out_nor_keys_logins(app_with, new_api):
    capped = Api(app_with(SESSION_MAX_PER_USER=2)).called("cap@example.com").registered().logged_in()
    keys = [capped.post("/profile/keys", json=NIGHTLY).json["secret"] for _ in range(3)]
    others = [Api(capped.http.application).called(capped.email).logged_in() for _ in range(2)]
    assert code(capped.profile()) == (401, "cap")
    assert [other.profile().status_code for other in others] == [200, 200]
    assert [presenting(Api(capped.http.application), key).profile().status_code for key in keys] == [200] * 3


# lists


def test_keys_and_logins_are_listed_apart(program, user):
    assert [each["sessionId"] for each in user.get("/sessions").json["sessions"]] == [user.session_id]
    (key,) = keys_of(user)
    assert set(key) == {"sessionId", "name", "createdAt", "lastSeenAt", "ip", "location", "expiresAt"}
    assert key["name"] == NIGHTLY["name"]


def test_an_admin_sees_a_users_keys(admin, program, user):
    listed = admin.get(f"/users/{user.user_id}/sessions?kind=key").json["sessions"]
    assert [each["name"] for each in listed] == [NIGHTLY["name"]]


# forgeries


def changed(secret, place, character):
    return secret[:place] + (character if secret[place] != character else "0") + secret[place + 1 :]


@pytest.mark.parametrize(
    "forge",
    [
        lambda secret: changed(secret, -1, "x"),
        lambda secret: changed(secret, 5, "f"),
        lambda secret: secret[:-1],
        lambda secret: secret + "x",
        lambda secret: secret.upper(),
        lambda secret: "ak_" + secret,
        lambda secret: secret.split("_", 2)[2],
        lambda secret: "ak_" + "0" * 32 + "_" + secret.split("_", 2)[2],
        lambda secret: "ak_",
        lambda secret: f"ak_{'0' * 32}_{'$' * 43}",
    ],
)
def test_what_is_no_key_is_refused(program, forge):
    program.access_token = forge(program.access_token)
    assert code(program.profile()) == (401, "invalid_token")


def test_a_key_in_the_place_of_another_token_is_refused_and_the_other_way_round(program, user, new_api):
    secret = program.access_token
    browser = new_api()
    browser.refresh_token = secret
    assert code(browser.refresh()) == (401, "invalid_token")
    assert browser.logout().status_code == 200
    presenting(new_api(), secret).logout()
    assert program.profile().status_code == 200
    refresh_token = user.refresh_token
    assert code(presenting(new_api(), refresh_token).profile()) == (401, "invalid_token")
    assert code(presenting(new_api(), f"ak_{user.session_id}_{'x' * 43}").profile()) == (401, "invalid_token")


def test_a_key_of_another_user_opens_nothing_of_theirs(program, admin):
    assert code(program.get(f"/users/{admin.user_id}")) == (403, "forbidden")
    assert code(program.delete("/sessions/" + admin.session_id)) == (404, "session_not_found")
