"""DELETE /users/<id>"""

from bson import ObjectId

from tests.support.api import cookie_attributes

WITH_LETTERS = "abcdefabcdefabcdefabcdef"


def traces(database, user_id):
    """How many documents any collection holds of the user, besides the audit trail."""
    wanted = {"$or": [{"_id": ObjectId(user_id)}, {"userId": ObjectId(user_id)}, {"userId": user_id}]}
    return sum(
        database[name].count_documents(wanted) for name in database.list_collection_names() if name != "audit_events"
    )


# oneself


def test_a_user_deletes_themselves(user):
    response = user.delete(f"/users/{user.user_id}")
    assert (response.status_code, response.json["message"]) == (200, "Your account deleted")
    assert set(response.json) == {"message", "user"}
    assert response.json["user"]["_id"] == user.user_id
    assert "password" not in response.json["user"]


def test_nothing_of_a_deleted_user_is_left(user, database):
    user.refresh()
    assert traces(database, user.user_id) > 0
    user.delete(f"/users/{user.user_id}")
    assert traces(database, user.user_id) == 0


def test_a_deleted_users_tokens_are_dead_on_the_next_request(user, new_api):
    other = new_api().called(user.email).logged_in()
    user.delete(f"/users/{user.user_id}")
    for response in (user.profile(), other.profile(), other.refresh()):
        assert (response.status_code, response.json["code"]) == (401, "invalid_token")


def test_a_deleted_user_cannot_log_in(user):
    user.delete(f"/users/{user.user_id}")
    response = user.login()
    assert (response.status_code, response.json["code"]) == (401, "invalid_credentials")


def test_the_address_is_free_again_and_the_newcomer_is_somebody_else(user, new_api):
    user.delete(f"/users/{user.user_id}")
    newcomer = new_api().registered(user.email).logged_in()
    assert newcomer.user_id != user.user_id
    assert user.profile().status_code == 401


def test_deleting_oneself_clears_the_cookie_with_the_attributes_it_was_given(api):
    given = cookie_attributes(api.registered().login())
    cleared = cookie_attributes(api.delete(f"/users/{api.user_id}"))
    assert (cleared["value"], cleared["max-age"]) == ("", "0")
    for name in ("httponly", "secure", "samesite", "path", "domain"):
        assert cleared.get(name) == given.get(name)


def test_deleting_oneself_by_the_id_in_upper_case_clears_the_cookie_too(admin, user, database):
    record = database.users.find_one_and_delete({"email": user.email})
    database.users.insert_one({**record, "_id": ObjectId(WITH_LETTERS), "role": "admin"})
    user.logged_in()
    response = user.delete(f"/users/{WITH_LETTERS.upper()}")
    assert (response.status_code, response.json["message"]) == (200, "Your account deleted")
    assert cookie_attributes(response)["max-age"] == "0"


# somebody else


def test_an_admin_deletes_a_user(admin, user, database):
    response = admin.delete(f"/users/{user.user_id}")
    assert (response.status_code, response.json["message"]) == (200, "User deleted")
    assert response.json["user"]["email"] == user.email
    assert traces(database, user.user_id) == 0
    assert user.profile().status_code == 401


def test_deleting_somebody_else_leaves_ones_own_session_and_cookie_alone(admin, user):
    assert "Set-Cookie" not in admin.delete(f"/users/{user.user_id}").headers
    assert admin.profile().status_code == 200
    assert admin.refresh().status_code == 200


def test_an_admin_deletes_another_admin(admin, user, database):
    admin.put(f"/users/{user.user_id}/admin")
    assert admin.delete(f"/users/{user.user_id}").status_code == 200
    assert traces(database, user.user_id) == 0


# the last admin


def test_the_last_admin_cannot_be_deleted_and_keeps_everything(admin, user, database):
    before = traces(database, admin.user_id)
    response = admin.delete(f"/users/{admin.user_id}")
    assert (response.status_code, response.json["code"]) == (409, "last_admin")
    assert "Set-Cookie" not in response.headers
    assert traces(database, admin.user_id) == before
    assert admin.profile().status_code == 200


def test_an_admin_who_is_not_the_last_deletes_themselves(admin, user, database):
    admin.put(f"/users/{user.user_id}/admin")
    assert admin.delete(f"/users/{admin.user_id}").json["message"] == "Your account deleted"
    assert traces(database, admin.user_id) == 0


# what is refused


def test_a_plain_user_deletes_nobody_else(user, admin, database):
    before = traces(database, admin.user_id)
    assert user.delete(f"/users/{admin.user_id}").status_code == 403
    assert traces(database, admin.user_id) == before


def test_deleting_twice_is_404(admin, user):
    admin.delete(f"/users/{user.user_id}")
    assert admin.delete(f"/users/{user.user_id}").status_code == 404
