"""GET /users?prefix= role= suspended="""

import pytest
from bson import ObjectId

from tests.support.commands import profiled


@pytest.fixture
def store(database, clock):
    """Stores users with these addresses and other fields."""

    def store(*addresses, **fields):
        now = clock.now()
        person = {"password": "-", "role": "user", "createdAt": now, "updatedAt": now, "authVersion": 0, **fields}
        database.users.insert_many([{**person, "_id": ObjectId(), "email": address} for address in addresses])
        return list(addresses)

    return store


def found(admin, **query):
    response = admin.get("/users", query_string=query)
    assert response.status_code == 200, response.json
    return [user["email"] for user in response.json["users"]]


def pages(admin, **query):
    """All addresses, by following the cursors."""
    while True:
        response = admin.get("/users", query_string=query)
        assert response.status_code == 200, response.json
        yield from [user["email"] for user in response.json["users"]]
        if response.json["cursor"] is None:
            return
        query["cursor"] = response.json["cursor"]


def test_a_prefix_finds_those_whose_address_begins_so_in_order(admin, store):
    store("bob@example.com", "ada2@example.com", "ada@example.com", "adb@example.com", "a.da@example.com")
    for spelling in ("ada", "ADA", " ada", "ａda"):
        assert found(admin, prefix=spelling) == ["ada2@example.com", "ada@example.com"]
    assert found(admin, prefix="bob@example.com") == ["bob@example.com"]
    assert found(admin, prefix="nobody") == []


@pytest.mark.parametrize("prefix", [".", "*", "^a", "a.*", "$", "ada@example.com\\"])
def test_a_prefix_is_no_pattern(admin, store, prefix):
    store("ada@example.com")
    assert found(admin, prefix=prefix) == []


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_the_pages_of_a_prefix_show_each_user_once_whoever_comes_and_goes(admin, store, database, limit):
    addresses = sorted(store(*[f"user{number:02}@example.com" for number in range(10)]))
    shown = []
    for number, address in enumerate(pages(admin, prefix="user", limit=limit)):
        shown.append(address)
        if number == 4:
            database.users.delete_one({"email": address})
            store("user00a@example.com")
    assert [address for address in shown if address != "user00a@example.com"] == addresses


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"role": "admin"}, {"admin@example.com"}),
        ({"role": "user"}, {"ada@example.com", "eve@example.com"}),
        ({"suspended": "true"}, {"eve@example.com"}),
        ({"suspended": "false"}, {"admin@example.com", "ada@example.com"}),
    ],
)
def test_roles_and_suspended_accounts_are_found(admin, store, clock, query, expected):
    store("ada@example.com")
    store("eve@example.com", suspended={"at": clock.now(), "by": None})
    assert set(found(admin, **query)) == set(pages(admin, limit=1, **query)) == expected


@pytest.mark.parametrize(
    "query",
    [
        {"prefix": ""},
        {"prefix": "x" * 255},
        {"role": "root"},
        {"suspended": "maybe"},
        {"suspended": ""},
        {"prefix": "a", "role": "user"},
        {"prefix": "a", "email": "ada@example.com"},
        {"role": "user", "suspended": "true"},
    ],
)
def test_bad_filters_and_several_at_once_are_400_and_named(admin, query):
    response = admin.get("/users", query_string=query)
    assert (response.status_code, response.json["code"]) == (400, "invalid_request")
    assert set(response.json["errors"]) == set(query)


def test_a_cursor_of_one_kind_of_page_is_none_of_another(admin, store):
    store("ada@example.com", "adb@example.com")
    by_time = admin.get("/users?limit=1").json["cursor"]
    by_address = admin.get("/users?limit=1&prefix=ad").json["cursor"]
    for query in (f"prefix=ad&cursor={by_time}", f"cursor={by_address}", f"role=user&cursor={by_address}"):
        response = admin.get(f"/users?{query}")
        assert (response.status_code, response.json["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("cursor", ["L", "Lw==", "L2Fk_", "L2FkYUBleGFtcGxlLmNvbQ=", "é", "L_-_", "x" * 2000])
def test_a_cursor_of_a_prefix_that_was_never_given_is_400(admin, cursor):
    response = admin.get("/users", query_string={"prefix": "a", "cursor": cursor})
    assert (response.status_code, response.json["code"]) == (400, "invalid_cursor")


@pytest.fixture
def examined(admin, store, database, clock):
    """How many documents the second page of three users examines, among a thousand; nothing may be sorted."""
    store(*[f"user{number}@example.com" for number in range(1000)])
    store(*[f"chief{number}@example.com" for number in range(20)], role="admin")
    store(*[f"gone{number}@example.com" for number in range(5)], suspended={"at": clock.now(), "by": None})

    def count(**query):
        first = admin.get("/users", query_string={**query, "limit": 3})
        with profiled(database, {"ns": database.users.full_name, "op": "query"}) as seen:
            admin.get("/users", query_string={**query, "limit": 3, "cursor": first.json["cursor"]})
        assert not any(each.get("hasSortStage") for each in seen)
        return sum(each["docsExamined"] for each in seen)

    return count


def test_a_page_of_a_prefix_examines_no_more_than_it_shows_and_one(examined):
    assert examined(prefix="user1") == 4


@pytest.mark.parametrize("query", [{"role": "admin"}, {"role": "user"}, {"suspended": "true"}, {"suspended": "false"}])
def test_a_page_of_another_filter_examines_a_bounded_number(examined, query):
    assert examined(**query) <= 2 * 4 + 5
