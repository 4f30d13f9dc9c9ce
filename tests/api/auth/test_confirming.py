"""`POST /auth/confirm`: the password of the account makes the session fresh, and changes nothing else."""

import pytest

from tests.support.api import PASSWORD, Api
from tests.support.errors import code
from tests.support.parallel import at_once

NEAR_FREE = 10
NEW = "a wholly different one"


def confirm(api, password=PASSWORD, **options):
    return api.post("/auth/confirm", json={"password": password}, **options)


def guess(api):
    return confirm(api, "a wrong guess")


@pytest.fixture
def delaying(app, app_with, clock, database):
    """The service with delays after wrong passwords."""
    database.login_delays.delete_many({})
    clock.freeze()
    return app_with(LOGIN_DELAY_ENABLED="true")


@pytest.fixture
def owner(delaying):
    return Api(delaying).registered("owner@example.com").logged_in()


@pytest.fixture
def thief(delaying, owner):
    """Whoever stole another session of the owner, and does not know the password."""
    stolen = Api(delaying).called(owner.email).logged_in()
    stolen.user_id = owner.user_id
    return stolen


# the right password


def test_it_says_until_when_the_session_is_fresh(user, clock):
    clock.freeze()
    clock.advance(minutes=4)
    response = confirm(user)
    assert (response.status_code, response.json["message"]) == (200, "Confirmed")
    assert set(response.json) == {"message", "freshUntil"}
    assert response.json["freshUntil"] == user.get("/profile/security").json["security"]["freshUntil"]


def test_no_token_changes(user, another, database):
    other = another()
    before = database.sessions.find_one({"sessionId": user.session_id})
    response = confirm(user)
    assert "Set-Cookie" not in response.headers
    after = database.sessions.find_one({"sessionId": user.session_id})
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"authenticatedAt", "lastSeenAt", "expiresAt"}
    assert (user.verify().status_code, user.refresh().status_code) == (204, 200)
    assert (other.verify().status_code, other.refresh().status_code) == (204, 200)


def test_it_makes_no_other_session_fresh(user, another, database):
    other = another()
    confirm(user)
    assert "authenticatedAt" not in database.sessions.find_one({"sessionId": other.session_id})


def test_it_is_written_down(user, database):
    response = confirm(user)
    (event,) = database.audit_events.find({"requestId": response.headers["X-Request-ID"]})
    assert (event["type"], event["outcome"], event["sessionId"]) == ("confirmed", "success", user.session_id)
    assert user.get("/profile/audit?type=confirmed").json["events"][0]["outcome"] == "success"


def test_a_refresh_keeps_the_session_fresh_and_makes_none_so(user, database):
    confirm(user)
    before = database.sessions.find_one({"sessionId": user.session_id})["authenticatedAt"]
    assert user.refresh().status_code == 200
    assert database.sessions.find_one({"sessionId": user.session_id})["authenticatedAt"] == before


def test_a_confirmation_leaves_the_idle_limit_where_a_touch_would_and_the_absolute_one_alone(user, database, clock):
    clock.advance(minutes=2)
    before = database.sessions.find_one()
    confirm(user)
    after = database.sessions.find_one()
    assert after["absoluteExpiresAt"] == before["absoluteExpiresAt"]
    assert after["expiresAt"] - after["lastSeenAt"] == before["expiresAt"] - before["lastSeenAt"]


def test_it_works_for_an_admin_and_without_a_mail_server(admin):
    assert confirm(admin).status_code == 200


# anything else


def test_a_wrong_password_is_403_and_makes_nothing_fresh(user, database):
    response = guess(user)
    assert code(response) == (403, "wrong_password")
    assert "WWW-Authenticate" not in response.headers
    assert "authenticatedAt" not in database.sessions.find_one()
    (event,) = database.audit_events.find({"requestId": response.headers["X-Request-ID"]})
    assert (event["type"], event["outcome"], event["reason"]) == ("confirmed", "failure", "wrong_password")
    assert user.verify().status_code == 204


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "password"),
        *[({"password": value}, "password") for value in (None, 7, True, [PASSWORD], {"$ne": ""}, {"$gt": ""})],
        ({"password": PASSWORD, "userId": "0" * 24}, "userId"),
        ({"password": PASSWORD, "authenticatedAt": "2999-01-01T00:00:00Z"}, "authenticatedAt"),
        ({"currentPassword": PASSWORD}, "currentPassword"),
    ],
)
def test_missing_unknown_and_wrong_fields_are_400(user, database, body, field):
    response = user.post("/auth/confirm", json=body)
    assert code(response) == (400, "invalid_request")
    assert field in response.json["errors"]
    assert "authenticatedAt" not in database.sessions.find_one()


@pytest.mark.parametrize(
    "hostile", ["", " ", PASSWORD.upper(), PASSWORD + " ", "\x00", "\ud800", "ü" * 1500, "$2b$04$" + "a" * 53]
)
def test_only_the_password_itself_is_taken(user, database, hostile):
    assert code(confirm(user, hostile))[0] in (400, 403)
    assert "authenticatedAt" not in database.sessions.find_one()


@pytest.mark.parametrize("body", ["[]", "null", "{", '{"password": "a", "password": "b"}'])
def test_a_body_that_is_no_json_object_is_400(user, body):
    assert code(user.post("/auth/confirm", data=body, content_type="application/json")) == (400, "invalid_json")


def test_a_form_confirms_nothing(user, database):
    response = user.post("/auth/confirm", data={"password": PASSWORD})
    assert code(response) == (415, "unsupported_media_type")
    assert "authenticatedAt" not in database.sessions.find_one()


def test_a_page_of_another_site_confirms_nothing(user, database):
    assert code(confirm(user, headers={"Origin": "https://evil.example"})) == (403, "cross_site")
    assert "authenticatedAt" not in database.sessions.find_one()


def test_the_cookie_alone_confirms_nothing(user, database):
    user.access_token = None
    assert code(confirm(user)) == (401, "token_missing")
    assert "authenticatedAt" not in database.sessions.find_one()


def test_an_ended_session_cannot_be_confirmed(user, copy_of, database):
    copy = copy_of(user)
    user.logout()
    assert code(confirm(copy)) == (401, "logout")
    assert "authenticatedAt" not in database.sessions.find_one()


def test_an_api_key_cannot_be_confirmed(user, new_api):
    program = new_api()
    program.access_token = user.post("/profile/keys", json={"name": "nightly"}).json["secret"]
    assert code(confirm(program)) == (403, "not_with_a_key")


# guesses


def test_guesses_from_a_stolen_session_are_delayed_and_the_owner_confirms_and_logs_in(owner, thief):
    assert [guess(thief).status_code for _ in range(NEAR_FREE + 1)] == [403] * (NEAR_FREE + 1)
    delayed = confirm(thief)
    assert code(delayed) == (429, "login_delayed")
    assert delayed.headers["Retry-After"] == "2"
    assert confirm(owner).status_code == 200
    assert owner.login().status_code == 200


def test_they_are_counted_together_with_those_at_a_password_change(thief):
    change = {"currentPassword": "a wrong guess", "newPassword": NEW}
    for _ in range(6):
        guess(thief)
    assert [thief.post("/profile/password", json=change).status_code for _ in range(6)] == [403] * 5 + [429]
    assert code(guess(thief)) == (429, "login_delayed")


def test_simultaneous_guesses_are_counted_each(thief):
    answers = at_once(*[lambda: guess(thief)] * (NEAR_FREE + 6))
    assert sorted(answer.status_code for answer in answers)[NEAR_FREE + 1 :] == [429] * 5


def test_a_right_password_forgets_the_wrong_ones(owner):
    for _ in range(NEAR_FREE):
        guess(owner)
    assert confirm(owner).status_code == 200
    assert [guess(owner).status_code for _ in range(NEAR_FREE + 1)] == [403] * (NEAR_FREE + 1)


def test_the_limit_is_that_of_password_changes_and_a_login_is_fresh_all_the_same(app, app_with, database):
    database.rate_limits.delete_many({})
    limited = app_with(RATELIMIT_ENABLED="true", RATELIMIT_PASSWORD="3/hour")
    owner = Api(limited).registered("owner@example.com").logged_in()
    change = {"currentPassword": "a wrong guess", "newPassword": NEW}
    assert [guess(owner).status_code, owner.post("/profile/password", json=change).status_code] == [403, 403]
    assert confirm(owner).status_code == 200
    assert code(confirm(owner)) == (429, "rate_limited")
    assert owner.login().status_code == 200
    assert owner.post("/profile/keys", json={"name": "nightly"}).status_code == 201
