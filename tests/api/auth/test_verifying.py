"""GET /auth/verify, for nginx `auth_request`, Traefik and other services"""

import pytest


def test_verify_answers_204_with_user_role_and_session(user):
    response = user.verify()
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["X-Auth-User"] == user.user_id
    assert response.headers["X-Auth-Role"] == "user"
    assert response.headers["X-Auth-Session"] == user.session_id


def test_verify_may_not_be_stored_by_caches(user):
    assert user.verify().headers["Cache-Control"] == "no-store"


def test_the_role_is_the_one_of_now_not_of_the_login(user, admin):
    admin.put(f"/users/{user.user_id}/admin")
    assert user.verify().headers["X-Auth-Role"] == "admin"


def test_headers_sent_by_the_caller_do_not_decide(user):
    headers = {"X-Auth-User": "0" * 24, "X-Auth-Role": "admin", "X-Auth-Session": "0" * 32}
    response = user.verify(headers=headers)
    assert (response.headers["X-Auth-User"], response.headers["X-Auth-Role"]) == (user.user_id, "user")


def test_verify_slides_the_session(user, clock, database):
    before = database.sessions.find_one()
    clock.advance(minutes=1)
    user.verify()
    after = database.sessions.find_one()
    assert after["lastSeenAt"] > before["lastSeenAt"]
    assert after["expiresAt"] > before["expiresAt"]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
def test_the_schemes_case_and_a_second_space_do_not_matter(user, scheme):
    assert user.verify(headers={"Authorization": f"{scheme} {user.access_token}"}).status_code == 204


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("{}", "token_missing"),
        ("Token {}", "token_missing"),
        ("Bearer\t{}", "token_missing"),
        ("Bearer: {}", "token_missing"),
        ("Bearer={}", "token_missing"),
        ("Basic YTpi, Bearer {}", "token_missing"),
        ('Bearer "{}"', "invalid_token"),
        ("Bearer token={}", "invalid_token"),
        ("Bearer {0}, Bearer {0}", "invalid_token"),
        ("Bearer {0},Bearer x", "invalid_token"),  # how servers join two headers
    ],
)
def test_a_token_in_another_form_is_refused(user, header, code):
    response = user.verify(headers={"Authorization": header.format(user.access_token)})
    assert (response.status_code, response.json["code"]) == (401, code)


def test_verify_without_a_token_is_401_and_names_nobody(api):
    response = api.verify()
    assert (response.status_code, response.json["code"]) == (401, "token_missing")
    assert not any(name.startswith("X-Auth") for name, _ in response.headers)


def test_the_cookie_alone_does_not_authenticate(user):
    response = user.http.get("/auth/verify")
    assert (response.status_code, response.json["code"]) == (401, "token_missing")


@pytest.mark.parametrize("where", ["/auth/verify?access_token={}", "/auth/verify?jwt={}", "/auth/verify?token={}"])
def test_a_token_in_the_query_does_not_authenticate(user, where):
    response = user.http.get(where.format(user.access_token))
    assert (response.status_code, response.json["code"]) == (401, "token_missing")


def test_a_session_that_is_gone_from_the_database_is_401(user, database):
    database.sessions.delete_many({})
    response = user.verify()
    assert (response.status_code, response.json["code"]) == (401, "invalid_token")


def test_a_session_that_ended_says_why(user, database, clock):
    database.sessions.update_one({}, {"$set": {"endedAt": clock.now(), "reason": "revoked_by_user"}})
    response = user.verify()
    assert (response.status_code, response.json["code"]) == (401, "revoked_by_user")
