"""A confirmation against whatever ends the session at the same moment: it revives nothing, and fails as it should."""

import pytest

from tests.support.errors import code
from tests.support.parallel import at_once

NEW = "correct horse battery {}"


def confirm(api):
    return lambda: api.post("/auth/confirm", json={"password": api.password})


def copied(api, copy):
    """Another browser that holds what this one holds."""
    copy.refresh_token, copy.access_token = api.refresh_token, api.access_token
    return copy


def assert_over(api, confirmed, reason, database):
    """The session has ended for `reason`, whichever of the two came first."""
    assert confirmed.status_code == 200 or code(confirmed) == (401, reason)
    assert code(api.profile()) == code(api.post("/profile/keys", json={"name": "late"})) == (401, reason)
    assert code(confirm(api)()) == (401, reason)
    assert database.sessions.count_documents({"role": "user", "endedAt": None, "kind": None}) == 0


def test_against_a_logout(rounds, user, new_api, database):
    for _ in range(rounds):
        user.logged_in()
        copy = copied(user, new_api())
        confirmed, ended = at_once(confirm(user), copy.logout)
        assert ended.status_code == 200
        assert_over(user, confirmed, "logout", database)


@pytest.mark.parametrize("path", ["/users/{}/sessions", "/users/{}/suspension"])
def test_against_an_admin_who_ends_or_suspends(rounds, admin, user, database, path):
    reason, method = ("suspended", admin.post) if path.endswith("suspension") else ("revoked_by_admin", admin.delete)
    for _ in range(rounds):
        user.logged_in()
        confirmed, ended = at_once(confirm(user), lambda: method(path.format(user.user_id)))
        assert ended.status_code == 200
        assert_over(user, confirmed, reason, database)
        admin.delete(f"/users/{user.user_id}/suspension")


def test_against_a_password_change_in_another_session(rounds, user, new_api, database):
    for number in range(rounds):
        user.logged_in()
        other = new_api().called(user.email, user.password).logged_in()
        body = {"currentPassword": user.password, "newPassword": NEW.format(number)}
        confirmed, changed = at_once(confirm(user), lambda: other.post("/profile/password", json=body))
        assert changed.status_code == 200
        assert confirmed.status_code == 200 or code(confirmed) in [(401, "password_changed"), (403, "wrong_password")]
        assert code(user.profile()) == (401, "password_changed")
        assert database.sessions.count_documents({"endedAt": None}) == 1
        user.password = body["newPassword"]
        other.logout()


def test_against_a_password_change_in_the_same_session(rounds, user, new_api, database):
    for number in range(rounds):
        copy = copied(user, new_api())
        body = {"currentPassword": user.password, "newPassword": NEW.format(number)}
        confirmed, changed = at_once(confirm(user), lambda: copy.post("/profile/password", json=body))
        assert changed.status_code == 200
        assert confirmed.status_code == 200 or code(confirmed) == (403, "wrong_password")
        user.password, user.access_token = body["newPassword"], changed.json["accessToken"]
        user.refresh_token = copy.refresh_token
        assert database.sessions.count_documents({"endedAt": None, "authenticatedAt": {"$exists": True}}) == 1
        assert user.profile().status_code == 200


def test_against_a_deletion_nothing_is_left(rounds, admin, new_api, database):
    for number in range(rounds):
        user = new_api().registered(f"user{number}@example.com").logged_in()
        confirmed, deleted = at_once(confirm(user), lambda: admin.delete(f"/users/{user.user_id}"))
        assert deleted.status_code == 200
        assert confirmed.status_code == 200 or code(confirmed) == (401, "invalid_token")
        assert code(user.profile()) == (401, "invalid_token")
        assert database.sessions.count_documents({"role": "user"}) == 0


def test_against_itself_and_a_refresh_all_succeed(rounds, user, database, clock):
    for _ in range(rounds):
        clock.advance(seconds=2)  # a session is refreshed at most 32 times within the window
        answers = at_once(confirm(user), confirm(user), user.refresh)
        assert [answer.status_code for answer in answers] == [200] * 3
        assert database.sessions.count_documents({"endedAt": None}) == 1
