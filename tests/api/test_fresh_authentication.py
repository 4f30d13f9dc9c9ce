"""Routes that need a fresh authentication (RFC 9470), asked with sessions of every age."""

from datetime import timedelta

import pytest

from auth_service.clock import SystemClock
from tests.support.api import Api
from tests.support.commands import recorded_commands
from tests.support.errors import code
from tests.support.factors.apps import KEY
from tests.support.routes import access_table, concrete, routes

CHALLENGE = 'Bearer error="insufficient_user_authentication", max_age="{}"'
STALE = {"minutes": 10}


@pytest.fixture(scope="module")
def strict_app(app_with, tmp_path_factory):
    """The service with all features, in which dangerous calls need to be confirmed."""
    folder = tmp_path_factory.mktemp("mails")
    return app_with(
        CONFIRM_DANGEROUS="true",
        JWT_ACCESS_EXPIRES_IN="1h",
        MAIL_URL=f"file:{folder}",
        MAIL_FROM="Example <no-reply@example.com>",
        DATA_KEY=KEY,
        PUBLIC_URL="https://auth.example.com",
    )


@pytest.fixture
def root(app, strict_app, services, clock):
    """An admin of that service, who has just logged in."""
    clock.freeze()
    root = Api(strict_app).called("root@example.com")
    services.seeding.seed_admin(email=root.email, password=root.password)
    return root.logged_in()


@pytest.fixture
def member(root):
    """A plain user of that service."""
    return Api(root.http.application).registered("member@example.com").logged_in()


@pytest.fixture
def key_of(clock):
    """Opens a program with an API key of somebody who has just logged in."""

    def open_program(api):
        program = Api(api.http.application)
        program.access_token = api.post("/profile/keys", json={"name": "nightly"}).json["secret"]
        return program

    return open_program


def guarded(app):
    """`(method, path)` of each route that is fresh, or dangerous."""
    table = access_table(app)
    found = [
        (method, concrete(rule))
        for method, rule in routes(app)
        if table[f"{method} {rule.rule}"].fresh or table[f"{method} {rule.rule}"].dangerous
    ]
    assert len(found) >= 5
    return found


def ask(api, method, path, **options):
    return getattr(api, method.lower())(path, **options)


def stored(database):
    return [list(database[name].find({}, {"lastSeenAt": 0, "expiresAt": 0})) for name in ("users", "sessions", "codes")]


def make_key(api):
    return api.post("/profile/keys", json={"name": "nightly"})


def assert_stale(response, max_age=600):
    assert code(response) == (401, "fresh_authentication_required")
    assert response.headers.getlist("WWW-Authenticate") == [CHALLENGE.format(max_age)]


# who is refused


def test_every_guarded_route_refuses_a_stale_session_with_the_challenge_and_does_nothing(root, database, clock):
    clock.advance(**STALE)
    before = stored(database)
    for method, path in guarded(root.http.application):
        assert_stale(ask(root, method, path, json={}))
    assert stored(database) == before


def test_every_guarded_route_lets_a_confirmed_session_in(root, clock):
    clock.advance(**STALE)
    assert root.post("/auth/confirm", json={"password": root.password}).status_code == 200
    for method, path in guarded(root.http.application):
        assert ask(root, method, path, json={}).json.get("code") != "fresh_authentication_required", path


def test_a_refusal_costs_the_one_command_of_the_touch(root, clock):
    clock.advance(**STALE)
    for method, path in guarded(root.http.application):
        with recorded_commands() as commands:
            ask(root, method, path, json={})
        assert commands == [("findAndModify", "sessions")], path


def test_every_guarded_route_refuses_a_key_however_young(root, key_of, database):
    program = key_of(root)
    before = stored(database)
    for method, path in guarded(root.http.application):
        assert code(ask(program, method, path, json={})) == (403, "not_with_a_key"), path
    assert stored(database) == before


def test_who_may_not_call_it_is_not_asked_to_confirm(member, root, clock):
    clock.advance(**STALE)
    assert code(member.put(f"/users/{member.user_id}/admin")) == (403, "forbidden")
    assert code(member.delete(f"/users/{root.user_id}")) == (403, "forbidden")
    assert code(member.post(f"/users/{root.user_id}/keys", json={"name": "x"})) == (403, "forbidden")


# the edges of freshness


@pytest.mark.parametrize(("milliseconds", "status"), [(0, 201), (599_999, 201), (600_000, 401), (600_001, 401)])
@pytest.mark.parametrize("confirmed", [False, True])
def test_it_lasts_for_fresh_for_and_no_longer(root, clock, confirmed, milliseconds, status):
    if confirmed:
        clock.advance(**STALE)
        root.post("/auth/confirm", json={"password": root.password})
    clock.advance(milliseconds=milliseconds)
    assert make_key(root).status_code == status


def test_the_challenge_names_the_age_that_is_configured(app, app_with, clock):
    clock.freeze()
    api = Api(app_with(FRESH_FOR="90s")).registered().logged_in()
    clock.advance(seconds=89)
    assert make_key(api).status_code == 201
    clock.advance(seconds=1)
    assert_stale(make_key(api), max_age=90)


def test_days_of_refreshes_make_no_session_fresh(member, clock):
    for _ in range(5):
        clock.advance(days=2)
        assert member.refresh().status_code == 200
        assert_stale(make_key(member))
    assert member.logged_in().post("/profile/keys", json={"name": "x"}).status_code == 201


def test_a_password_change_confirms(member, clock):
    clock.advance(**STALE)
    body = {"currentPassword": member.password, "newPassword": "a wholly different one"}
    response = member.post("/profile/password", json=body)
    member.access_token = response.json["accessToken"]
    assert make_key(member).status_code == 201


def test_a_wrong_password_at_a_change_does_not_confirm(member, clock):
    clock.advance(**STALE)
    body = {"currentPassword": "a wrong guess", "newPassword": "a wholly different one"}
    assert member.post("/profile/password", json=body).status_code == 403
    assert_stale(make_key(member))


def test_with_a_touch_interval_a_confirmation_counts_from_the_next_request_on(app, app_with, clock):
    """The record then comes from a read."""
    clock.freeze()
    api = Api(app_with(SESSION_TOUCH_INTERVAL="1m", JWT_ACCESS_EXPIRES_IN="1h")).registered().logged_in()
    clock.advance(**STALE)
    assert api.verify().status_code == 204
    for _ in range(2):
        with recorded_commands() as commands:
            assert_stale(make_key(api))
        assert commands == [("find", "sessions")]
    api.post("/auth/confirm", json={"password": api.password})
    with recorded_commands() as commands:
        assert make_key(api).status_code == 201
    assert commands[0] == ("find", "sessions")


@pytest.mark.parametrize("field", ["createdAt", "authenticatedAt"])
@pytest.mark.parametrize(("ahead", "status"), [({"minutes": 9}, 201), ({"minutes": 10}, 401), ({"days": 300}, 401)])
def test_a_clock_that_went_back_makes_no_session_fresh_for_longer(root, database, clock, field, ahead, status):
    """The session was stored while the clock was ahead; a confirmation by the right clock is fresh again."""
    database.sessions.update_one({}, {"$set": {field: clock.now() + timedelta(**ahead)}})
    assert make_key(root).status_code == status
    assert root.post("/auth/confirm", json={"password": root.password}).status_code == 200
    assert make_key(root).status_code == 201


def test_on_the_machines_own_clock_a_login_is_fresh(app, app_with):
    api = Api(app_with()).registered().logged_in()
    assert make_key(api).status_code == 201
    assert isinstance(app.extensions["auth_service"].services.clock, SystemClock)


# CONFIRM_DANGEROUS


def test_by_default_nothing_of_old_asks_for_a_fresh_login(admin, user, new_api, clock):
    clock.advance(**STALE)
    admin.refresh(), user.refresh()
    assert admin.put(f"/users/{user.user_id}/admin").status_code == 200
    assert admin.put(f"/users/{user.user_id}/user").status_code == 200
    assert admin.post("/users", json={"email": "second@example.com", "role": "admin"}).status_code == 201
    assert user.delete(f"/users/{user.user_id}").status_code == 200


def test_by_default_an_admins_key_changes_roles_and_deletes_others(admin, user, key_of):
    program = key_of(admin)
    assert program.put(f"/users/{user.user_id}/admin").status_code == 200
    assert program.delete(f"/users/{user.user_id}").status_code == 200


def test_with_it_a_stolen_session_deletes_no_account_and_the_owner_does(member, clock):
    path = f"/users/{member.user_id}"
    clock.advance(**STALE)
    assert_stale(member.delete(path))
    assert member.get(path).status_code == 200
    member.post("/auth/confirm", json={"password": member.password})
    assert member.delete(path).status_code == 200


def test_with_it_no_stale_admin_and_no_key_makes_an_admin_in_any_way(root, member, key_of, database, clock):
    program = key_of(root)
    invited = root.post("/users", json={"email": "invited@example.com", "role": "admin"}).json["user"]["_id"]
    clock.advance(**STALE)
    before = database.users.count_documents({"role": "admin"})
    calls = [
        lambda api: api.put(f"/users/{member.user_id}/admin"),
        lambda api: api.post("/users", json={"email": "new@example.com", "role": "admin", "password": "long enough?"}),
        lambda api: api.post("/users", json={"email": "new@example.com", "role": "admin"}),
        lambda api: api.post(f"/users/{invited}/invitation"),
    ]
    for call in calls:
        assert_stale(call(root))
        assert code(call(program)) == (403, "not_with_a_key")
    assert database.users.count_documents({"role": "admin"}) == before
    assert database.users.count_documents({}) == 3


def test_with_it_a_program_still_creates_plain_users(root, key_of, clock):
    program = key_of(root)
    clock.advance(**STALE)
    assert program.post("/users", json={"email": "new@example.com"}).status_code == 201
    assert program.post("/users", json={"email": "new2@example.com", "role": "user"}).status_code == 201
