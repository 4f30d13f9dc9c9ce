"""PUT /users/<id>/<role>"""

import pytest

NOBODY = "0123456789abcdef01234567"


def role(database, api):
    return database.users.find_one({"email": api.email})["role"]


# what it does


def test_an_admin_promotes_a_user(admin, user, database):
    response = admin.put(f"/users/{user.user_id}/admin")
    assert (response.status_code, response.json["message"]) == (200, "Role updated")
    assert set(response.json) == {"message", "user"}
    assert (response.json["user"]["_id"], response.json["user"]["role"]) == (user.user_id, "admin")
    assert role(database, user) == "admin"


def test_a_promotion_counts_from_the_next_request_on(admin, user):
    assert user.get("/users").status_code == 403
    admin.put(f"/users/{user.user_id}/admin")
    assert user.get("/users").status_code == 200


def test_a_demotion_counts_from_the_next_request_on(admin, user):
    admin.put(f"/users/{user.user_id}/admin")
    assert user.get("/users").status_code == 200
    admin.put(f"/users/{user.user_id}/user")
    assert user.get("/users").status_code == 403


def test_a_demotion_counts_in_all_sessions_and_after_refreshing(admin, user, new_api):
    admin.put(f"/users/{user.user_id}/admin")
    other = new_api().called(user.email).logged_in()
    admin.put(f"/users/{user.user_id}/user")
    other.refresh()
    assert [api.verify().headers["X-Auth-Role"] for api in (user, other)] == ["user", "user"]


def test_a_change_ends_no_session(admin, user, database):
    admin.put(f"/users/{user.user_id}/admin")
    assert user.refresh().status_code == 200
    assert database.sessions.count_documents({"endedAt": {"$ne": None}}) == 0


def test_a_change_touches_nobody_else(admin, user, new_api, database):
    bystander = new_api().registered("bystander@example.com").logged_in()
    admin.put(f"/users/{user.user_id}/admin")
    assert bystander.verify().headers["X-Auth-Role"] == role(database, bystander) == "user"


def test_a_change_raises_updated_at_and_the_version_logins_check(admin, user, database, clock):
    before = database.users.find_one({"email": user.email})
    clock.advance(minutes=1)
    admin.put(f"/users/{user.user_id}/admin")
    after = database.users.find_one({"email": user.email})
    assert after["updatedAt"] > before["updatedAt"]
    assert after["authVersion"] > before["authVersion"]


def test_the_role_one_has_already_is_fine(admin, user):
    response = admin.put(f"/users/{user.user_id}/user")
    assert (response.status_code, response.json["user"]["role"]) == (200, "user")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"json": {}},
        {"data": b""},
        {"data": b"", "content_type": "application/json"},
        {"data": b"{}", "content_type": "text/plain"},
    ],
)
def test_no_body_is_needed_and_no_content_type_asked(admin, user, options):
    assert admin.put(f"/users/{user.user_id}/admin", **options).status_code == 200


# the last admin


def test_the_last_admin_cannot_be_demoted(admin, database):
    response = admin.put(f"/users/{admin.user_id}/user")
    assert (response.status_code, response.json["code"]) == (409, "last_admin")
    assert role(database, admin) == "admin"
    assert admin.get("/users").status_code == 200


def test_an_admin_who_is_not_the_last_steps_down(admin, user, database):
    admin.put(f"/users/{user.user_id}/admin")
    assert admin.put(f"/users/{admin.user_id}/user").status_code == 200
    assert admin.get("/users").status_code == 403
    assert role(database, user) == "admin"


# what is refused


@pytest.mark.parametrize("asked", ["user", "admin", "king"])
def test_a_plain_user_changes_no_role_not_even_their_own(user, admin, database, asked):
    for target in (user.user_id, admin.user_id, NOBODY, "x"):
        response = user.put(f"/users/{target}/{asked}")
        assert (response.status_code, response.json["code"]) == (403, "forbidden")
    assert (role(database, user), role(database, admin)) == ("user", "admin")


@pytest.mark.parametrize(
    "asked", ["king", "Admin", "ADMIN", "administrator", "%20admin", "admin%00", "null", "$ne", "0"]
)
def test_a_role_that_is_none_is_400(admin, user, database, asked):
    response = admin.put(f"/users/{user.user_id}/{asked}")
    assert (response.status_code, response.json["code"]) == (400, "invalid_role")
    assert role(database, user) == "user"
