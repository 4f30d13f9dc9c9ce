"""GET /users"""

from datetime import timedelta

import pytest
from bson import ObjectId

from tests.support.commands import profiled


@pytest.fixture
def crowd(database, clock):
    """Stores `number` users, each a millisecond older than the one before unless `apart` says otherwise."""

    def store(number, *, apart=timedelta(milliseconds=1)):
        now = clock.now() - timedelta(days=1)
        moments = [now - i * apart for i in range(number)]
        people = [
            {"email": f"user{i}@example.com", "password": "-", "role": "user", "createdAt": moment, "updatedAt": moment}
            for i, moment in enumerate(moments)
        ]
        database.users.insert_many([{**person, "_id": ObjectId(), "authVersion": 0} for person in people])
        return [person["email"] for person in people]

    return store


def emails(response):
    return [user["email"] for user in response.json["users"]]


def pages(admin, limit):
    """All pages of `limit`, as lists of addresses, by following the cursors."""
    query = {"limit": limit}
    while True:
        response = admin.get("/users", query_string=query)
        assert response.status_code == 200, response.json
        yield emails(response)
        if response.json["cursor"] is None:
            return
        query["cursor"] = response.json["cursor"]


# what it answers


def test_an_admin_sees_the_users(admin, user):
    response = admin.get("/users")
    assert (response.status_code, response.json["message"]) == (200, "Users fetched successfully")
    assert set(response.json) == {"message", "users", "cursor"}
    assert set(emails(response)) == {"admin@example.com", "user@example.com"}


def test_each_user_has_exactly_the_public_fields(admin):
    assert set(admin.get("/users").json["users"][0]) == {"_id", "email", "role", "createdAt", "updatedAt"}


def test_a_plain_user_sees_nobody(user):
    response = user.get("/users")
    assert (response.status_code, response.json["code"]) == (403, "forbidden")
    assert "users" not in response.json


# the page


def test_a_page_has_50_users_when_nothing_is_asked(admin, crowd):
    crowd(60)
    assert len(emails(admin.get("/users"))) == 50


@pytest.mark.parametrize("limit", [1, 2, 99, 100])
def test_a_page_has_as_many_users_as_asked(admin, crowd, limit):
    crowd(120)
    assert len(emails(admin.get(f"/users?limit={limit}"))) == limit


@pytest.mark.parametrize(
    "limit", ["0", "-1", "101", "1000000", "9" * 30, "1.5", "1e1", "ten", "", "NaN", "1_0", "%20", "%D9%A3"]
)
def test_a_limit_that_is_no_number_from_1_to_100_is_400(admin, limit):
    response = admin.get(f"/users?limit={limit}")
    assert (response.status_code, response.json.get("code")) == (400, "invalid_request")
    assert list(response.json["errors"]) == ["limit"]


def test_the_newest_come_first(admin, crowd):
    crowd(20)
    users = admin.get("/users").json["users"]
    assert [user["createdAt"] for user in users] == sorted((user["createdAt"] for user in users), reverse=True)
    assert users[0]["email"] == "admin@example.com"


# the cursor


@pytest.mark.parametrize(("number", "sizes"), [(1, [2]), (8, [3, 3, 3]), (9, [3, 3, 3, 1])])
def test_the_last_page_has_no_cursor(admin, crowd, number, sizes):
    crowd(number)
    assert [len(page) for page in pages(admin, 3)] == sizes


@pytest.mark.parametrize("apart", [timedelta(milliseconds=1), timedelta(0)])
def test_the_pages_show_each_user_once(admin, crowd, apart):
    everybody = {*crowd(45, apart=apart), "admin@example.com"}
    shown = [email for page in pages(admin, 7) for email in page]
    assert len(shown) == len(everybody)
    assert set(shown) == everybody


def test_users_who_come_and_go_between_pages_shift_nobody(admin, crowd, new_api, database):
    known = crowd(20)
    walk = pages(admin, 5)
    first = next(walk)
    new_api().registered("newcomer@example.com")
    database.users.delete_one({"email": first[2]})
    database.users.delete_one({"email": first[-1]})
    rest = [email for page in walk for email in page]
    assert first + rest == ["admin@example.com", *known]


def test_a_cursor_that_ends_on_a_deleted_user_still_works(admin, crowd, database):
    known = crowd(6)
    walk = pages(admin, 4)
    next(walk)
    database.users.delete_one({"email": known[2]})
    assert next(walk) == known[3:]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!!",
        "AAAA",
        "MTIz",
        "LjA",
        "x" * 65,
        "9" * 10_000,
        "%00",
        "%ff",
        "..",
        "null",
        "MTIzLjQ1Ng",
        "=",
        "0",
    ],
)
def test_a_cursor_that_was_never_given_is_400(admin, cursor):
    response = admin.get(f"/users?cursor={cursor}")
    assert (response.status_code, response.json["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    "change",
    [lambda given: given[:8] + "!!!!" + given[8:], lambda given: given + "=", lambda given: given + "%20"],
    ids=["something inside", "padding", "a space"],
)
def test_a_cursor_with_something_added_is_400(admin, crowd, change):
    crowd(3)
    cursor = admin.get("/users?limit=1").json["cursor"]
    response = admin.get(f"/users?cursor={change(cursor)}")
    assert (response.status_code, response.json.get("code")) == (400, "invalid_cursor")


# one by address


@pytest.mark.parametrize("spelling", ["user@example.com", "USER@Example.com", "%20user@example.com%20"])
def test_an_address_finds_its_user_however_it_is_written(admin, user, spelling):
    response = admin.get(f"/users?email={spelling}")
    assert (response.status_code, emails(response), response.json["cursor"]) == (200, [user.email], None)


@pytest.mark.parametrize("address", ["nobody@example.com", "user%2B1@example.com", "ser@example.com"])
def test_an_address_without_an_account_finds_nobody(admin, user, address):
    response = admin.get(f"/users?email={address}")
    assert (response.status_code, emails(response)) == (200, [])


@pytest.mark.parametrize("address", ["", "x", ".*", "{%22$ne%22:null}", "%00", "a@b@c", "x" * 5000])
def test_what_is_no_address_is_400(admin, address):
    response = admin.get(f"/users?email={address}")
    assert (response.status_code, list(response.json["errors"])) == (400, ["email"])


@pytest.mark.parametrize("query", ["offset=5", "page=2", "email[$ne]=x", "limit=5&sort=email", "roles=admin"])
def test_an_unknown_parameter_is_400(admin, query):
    response = admin.get(f"/users?{query}")
    assert (response.status_code, response.json["code"]) == (400, "invalid_request")


# what it costs


@pytest.mark.parametrize("apart", [timedelta(milliseconds=1), timedelta(0)], ids=["spread", "imported at once"])
@pytest.mark.parametrize("skipped", [0, 20], ids=["first page", "late page"])
def test_a_page_examines_no_more_than_it_shows_and_sorts_nothing(admin, crowd, database, apart, skipped):
    crowd(300, apart=apart)
    walk = pages(admin, 10)
    for _ in range(skipped):
        next(walk)
    with profiled(database, {"ns": f"{database.name}.users", "op": "query"}) as queries:
        assert len(next(walk)) == 10
    assert len(queries) == 1
    assert queries[0]["docsExamined"] <= 15
    assert queries[0]["keysExamined"] <= 20
    assert not queries[0].get("hasSortStage")


def test_finding_an_address_examines_one_user(admin, crowd, database):
    crowd(300)
    with profiled(database, {"ns": f"{database.name}.users", "op": "query"}) as queries:
        assert len(emails(admin.get("/users?email=user150@example.com"))) == 1
    assert [(query["docsExamined"], query["keysExamined"]) for query in queries] == [(1, 1)]
