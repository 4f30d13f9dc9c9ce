"""What each call costs the database."""

from datetime import timedelta

import pytest

from tests.support.commands import recorded_commands

DATA = ("users", "sessions")
AUDIT = "insert"
FOREIGN_HASH = "abcdefghijklmnopqrstuux68uO98LCGLRhxwJ1ZZXFM2IhsQOCZm"  # of "foreign password"


def on_data(commands):
    """The commands on users, sessions and tokens."""
    return [command for command in commands if command[1] in DATA]


def counted_apart(commands):
    """The names of the other commands."""
    return [name for name, collection in commands if collection not in DATA]


@pytest.mark.parametrize("who", ["user", "admin"])
def test_verify_costs_one_command(request, who):
    api = request.getfixturevalue(who)
    with recorded_commands() as commands:
        assert api.verify().status_code == 204
    assert commands == [("findAndModify", "sessions")]


def test_the_profile_costs_at_most_two_commands(user):
    with recorded_commands() as commands:
        assert user.profile().status_code == 200
    assert 1 <= len(commands) <= 2


def test_a_forbidden_call_costs_one_command(user):
    assert user.get("/users").status_code == 403  # the first in an hour is written down
    with recorded_commands() as commands:
        assert user.get("/users").status_code == 403
    assert len(commands) == 1


@pytest.mark.parametrize("query", ["", "?limit=1", "?email=user@example.com"])
def test_a_page_of_users_costs_two_commands(admin, query):
    with recorded_commands() as commands:
        assert admin.get(f"/users{query}").status_code == 200
    assert len(commands) == 2


def test_a_login_costs_four_commands(user):
    user.forget_cookie()
    with recorded_commands() as commands:
        assert user.login().status_code == 200
    assert len(on_data(commands)) == 4
    assert counted_apart(commands) == ["commitTransaction", AUDIT]


def test_a_login_that_ends_the_session_of_its_cookie_and_one_beyond_the_cap_costs_five(user, new_api, database):
    for _ in range(10):
        new_api().called(user.email).logged_in()
    database.sessions.update_many({"reason": "cap"}, {"$unset": {"endedAt": 1, "reason": 1}})
    with recorded_commands() as commands:
        assert user.login().status_code == 200
    assert len(on_data(commands)) == 5
    assert database.sessions.count_documents({"reason": {"$in": ["logout", "cap"]}}) >= 1


def test_a_login_that_renews_the_hash_costs_no_more(user, database):
    user.forget_cookie()
    database.users.update_one({}, {"$set": {"password": "$2b$04$" + FOREIGN_HASH}})
    with recorded_commands() as commands:
        assert user.login(password="foreign password").status_code == 200
    assert len(on_data(commands)) == 4


@pytest.mark.parametrize("email", ["user@example.com", "nobody@example.com"])
def test_a_failed_login_costs_one_command_whoever_it_is_for(user, email):
    with recorded_commands() as commands:
        assert user.login(email=email, password="wrong password").status_code == 401
    assert commands == [("find", "users"), ("insert", "audit_events")]


def test_a_refresh_costs_one_command(user):
    with recorded_commands() as commands:
        assert user.refresh().status_code == 200
    assert commands == [("findAndModify", "sessions"), (AUDIT, "audit_events")]


def test_a_refresh_near_the_absolute_limit_of_its_session_costs_one_command(user, database, clock):
    database.sessions.update_one({}, {"$set": {"absoluteExpiresAt": clock.now() + timedelta(days=3)}})
    user.refresh()
    with recorded_commands() as commands:
        assert user.refresh().status_code == 200
    assert on_data(commands) == [("findAndModify", "sessions")]


def test_registering_costs_one_command(api):
    with recorded_commands() as commands:
        assert api.register().status_code == 201
    assert commands == [("insert", "users"), ("insert", "audit_events")]


@pytest.mark.parametrize("path", ["/", "/healthz", "/openapi.json", "/docs", "/nowhere"])
def test_what_needs_no_database_asks_none(api, path):
    with recorded_commands() as commands:
        api.get(path)
    assert commands == []


@pytest.mark.parametrize("header", ["Bearer x", "Bearer a.b.c", "Bearer " + "x" * 5000, "Basic YTpi", ""])
def test_a_token_that_is_not_genuine_costs_nothing(api, header):
    with recorded_commands() as commands:
        assert api.verify(headers={"Authorization": header}).status_code == 401
    assert commands == []


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register"])
@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"email": {"$ne": null}, "password": "12345678"}'])
def test_a_body_that_is_refused_costs_nothing(api, path, body):
    with recorded_commands() as commands:
        assert api.http.post(path, data=body, content_type="application/json").status_code == 400
    assert commands == []
