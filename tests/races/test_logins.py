"""Logins that race with what takes their right away. A login hashes for a while; in that time anything can happen."""

from tests.support.parallel import at_once

ROUNDS = 25


def as_admin_in_waiting(new_api, services, database):
    """An admin who is about to log in, and another one, so that the first can be demoted."""
    for name in ("users", "sessions"):
        database[name].delete_many({})
    services.seeding.seed_admin(email="chief@example.com", password="correct horse battery")
    seeded = services.seeding.seed_admin(email="ada@example.com", password="correct horse battery")
    return new_api(), str(seeded.user["_id"])


def test_login_against_demotion_leaves_no_admin_session(new_api, services, database):
    for _ in range(ROUNDS):
        api, user_id = as_admin_in_waiting(new_api, services, database)
        login, _ = at_once(api.login, lambda: services.roles.change_role(user_id=user_id, role="user"))
        assert login.status_code == 200
        assert api.get("/users").status_code == 403
        assert {session["role"] for session in database.sessions.find()} == {"user"}


def test_login_against_deletion_leaves_nothing_that_works(new_api, services, database):
    for _ in range(ROUNDS):
        api, user_id = as_admin_in_waiting(new_api, services, database)
        login, _ = at_once(api.login, lambda: services.deletion.delete(user_id=user_id, actor_id=user_id))
        assert login.status_code in (200, 401)
        assert api.verify().status_code == 401
        assert api.refresh().status_code == 401
        assert database.sessions.count_documents({}) == 0


def test_login_against_password_change_leaves_no_session_of_the_old_password(new_api, services, database):
    for _ in range(ROUNDS):
        api, user_id = as_admin_in_waiting(new_api, services, database)
        login, _ = at_once(
            api.login, lambda: services.password_changes.reset(user_id=user_id, password="another one entirely")
        )
        assert login.status_code in (200, 401)
        assert api.verify().status_code == 401
        assert database.sessions.count_documents({"endedAt": None}) == 0


def test_simultaneous_logins_of_one_account_all_open_sessions(new_api, database):
    new_api().registered()
    statuses = [response.status_code for response in at_once(*[new_api().login for _ in range(12)])]
    assert statuses == [200] * 12
    assert database.sessions.count_documents({}) == 12


def test_with_a_cap_of_ten_forty_simultaneous_logins_leave_exactly_ten_sessions(new_api, database):
    new_api().registered()
    apis = [new_api() for _ in range(40)]
    statuses = [response.status_code for response in at_once(*[api.login for api in apis])]
    opened = statuses.count(200)  # a very busy machine may answer a few of them 503
    assert opened + statuses.count(503) == 40
    assert database.sessions.count_documents({"endedAt": None}) == 10
    assert [api.verify().status_code for api in apis if api.access_token].count(204) == 10
    assert database.sessions.count_documents({"reason": "cap"}) == opened - 10
