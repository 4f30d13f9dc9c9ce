"""GET /users/<id>"""

from bson import ObjectId

NOBODY = "0123456789abcdef01234567"
WITH_LETTERS = "abcdefabcdefabcdefabcdef"


def test_a_user_reads_themselves(user):
    response = user.get(f"/users/{user.user_id}")
    assert (response.status_code, response.json["message"]) == (200, "Your details fetched")
    assert response.json["user"]["email"] == user.email


def test_an_admin_reads_themselves(admin):
    assert admin.get(f"/users/{admin.user_id}").json["message"] == "Your details fetched"


def test_an_admin_reads_somebody_else(admin, user):
    response = admin.get(f"/users/{user.user_id}")
    assert (response.status_code, response.json["message"]) == (200, "User details fetched")
    assert response.json["user"]["_id"] == user.user_id


def test_a_user_is_shown_with_exactly_the_public_fields(user):
    response = user.get(f"/users/{user.user_id}")
    assert set(response.json) == {"message", "user"}
    assert set(response.json["user"]) == {"_id", "email", "role", "createdAt", "updatedAt"}


def test_a_plain_user_does_not_learn_whether_an_id_exists(user, admin):
    existing, missing = user.get(f"/users/{admin.user_id}").json, user.get(f"/users/{NOBODY}").json
    assert {**existing, "requestId": ""} == {**missing, "requestId": ""}


def test_ones_own_id_in_upper_case_is_ones_own(admin, database):
    record = database.users.find_one_and_delete({"email": admin.email})
    database.users.insert_one({**record, "_id": ObjectId(WITH_LETTERS)})
    admin.logged_in()
    assert admin.get(f"/users/{WITH_LETTERS.upper()}").json["message"] == "Your details fetched"
