"""POST /auth/register"""

import re

import pytest

from tests.support.api import PASSWORD


def test_registering_answers_201_with_the_user(api):
    response = api.register()
    user = response.json["user"]
    assert (response.status_code, response.json["message"]) == (201, "User registered successfully")
    assert set(response.json) == {"message", "user"}
    assert set(user) == {"_id", "email", "role", "createdAt", "updatedAt"}
    assert (user["email"], user["role"]) == ("ada@example.com", "user")
    assert re.fullmatch(r"[0-9a-f]{24}", user["_id"])


def test_times_are_iso_8601_in_utc(api):
    user = api.register().json["user"]
    for name in ("createdAt", "updatedAt"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", user[name])


def test_registering_neither_logs_in_nor_sets_a_cookie(api, database):
    response = api.register()
    assert "Set-Cookie" not in response.headers
    assert database.sessions.count_documents({}) == 0


def test_the_password_is_stored_as_a_tagged_hash_only(api, database):
    api.register()
    stored = database.users.find_one()
    assert stored["password"].startswith("$bcrypt-hmac-sha384$2b$04$")
    assert PASSWORD not in str(stored)


def test_stored_field_names_are_the_camel_case_ones(api, database):
    api.register()
    assert {"_id", "email", "password", "role", "createdAt", "updatedAt"} <= set(database.users.find_one())
    assert "created_at" not in database.users.find_one()


def test_a_role_in_the_body_makes_no_admin(api, database):
    response = api.register(role="admin")
    assert (response.status_code, response.json["user"]["role"]) == (201, "user")
    assert database.users.find_one()["role"] == "user"


@pytest.mark.parametrize(
    "spelling",
    ["ada@example.com", "ADA@EXAMPLE.COM", " ada@example.com\t", "\uff21da@example.com", "ada\uff20example.com"],
)
def test_one_address_makes_one_account_however_it_is_written(api, database, spelling):
    api.register()
    response = api.register(email=spelling, password="another password")
    assert (response.status_code, response.json["code"]) == (409, "email_taken")
    assert database.users.count_documents({}) == 1


def test_a_refused_registration_leaves_the_first_password_alone(api):
    api.registered()
    api.register(password="another password")
    assert api.login().status_code == 200
    assert api.login(password="another password").status_code == 401


def test_the_address_is_stored_and_answered_in_its_canonical_form(api, database):
    response = api.register(email=" Ada@B\u00fccher.example ")
    assert response.json["user"]["email"] == database.users.find_one()["email"] == "ada@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "ada@example.com"}, "password"),
        ({"password": PASSWORD}, "email"),
        ({"email": "", "password": PASSWORD}, "email"),
        ({"email": "ada", "password": PASSWORD}, "email"),
        ({"email": "ada@localhost", "password": PASSWORD}, "email"),
        ({"email": "a" * 65 + "@example.com", "password": PASSWORD}, "email"),
        ({"email": "ada@" + "a" * 10_000, "password": PASSWORD}, "email"),
        ({"email": "ada@example.com", "password": ""}, "password"),
        ({"email": "ada@example.com", "password": "1234567"}, "password"),
        ({"email": "ada@example.com", "password": "x" * 1025}, "password"),
        ({"email": "ada@example.com", "password": PASSWORD, "role": 1}, "role"),
        ({"email": "ada@example.com", "password": PASSWORD, "isAdmin": True}, "isAdmin"),
        ({"email": "ada@example.com", "password": PASSWORD, "_id": "0" * 24}, "_id"),
        ({"email": "ada@example.com", "password": PASSWORD, "authVersion": 9}, "authVersion"),
    ],
)
def test_what_cannot_be_registered_is_400_and_names_the_field(api, database, body, field):
    response = api.http.post("/auth/register", json=body)
    assert (response.status_code, list(response.json["errors"])) == (400, [field])
    assert database.users.count_documents({}) == 0


@pytest.mark.parametrize(
    "password",
    ["24680135", "x" * 1024, "        ", " padded  ", "\u00e4\u00f6\u00fc" * 40, "\U0001f511" * 1024, '"\\{}$%&\n\t'],
)
def test_every_password_of_8_to_1024_characters_registers_and_logs_in(api, password):
    api.called("ada@example.com", password)
    assert api.register().status_code == 201
    assert api.login().status_code == 200
