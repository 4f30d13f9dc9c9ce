"""What several people do to accounts at the same moment."""

import pytest

from tests.support.parallel import at_once

ROUNDS = 10


def test_simultaneous_registrations_of_one_address_make_one_user(new_api, database):
    spellings = ["ada@example.com", "ADA@example.com", " ada@EXAMPLE.com", "ａda@example.com"]
    for _ in range(ROUNDS):
        database.users.delete_many({})
        apis = [new_api().called(spelling) for spelling in spellings]
        statuses = [response.status_code for response in at_once(*[api.register for api in apis])]
        assert sorted(statuses) == [201, 409, 409, 409]
        assert database.users.count_documents({}) == 1


def two_admins(new_api, services, database):
    for name in ("users", "sessions"):
        database[name].delete_many({})
    apis = [new_api().called(f"{name}@example.com") for name in ("ada", "bob")]
    for api in apis:
        services.seeding.seed_admin(email=api.email, password=api.password)
    return [api.logged_in() for api in apis]


def demote(actor, target):
    return lambda: actor.put(f"/users/{target.user_id}/user")


def delete(actor, target):
    return lambda: actor.delete(f"/users/{target.user_id}")


@pytest.mark.parametrize("first", [demote, delete])
@pytest.mark.parametrize("second", [demote, delete])
def test_two_admins_who_remove_each_other_leave_one_admin(first, second, new_api, services, database):
    for _ in range(ROUNDS):
        ada, bob = two_admins(new_api, services, database)
        statuses = [response.status_code for response in at_once(first(ada, bob), second(bob, ada))]
        assert database.users.count_documents({"role": "admin"}) == 1
        assert sorted(statuses)[0] == 200
        assert sorted(statuses)[1] in (401, 403)
        admin = database.users.find_one({"role": "admin"})["_id"]
        assert {each["role"] for each in database.sessions.find({"userId": admin, "endedAt": None})} <= {"admin"}


def test_two_admins_who_both_step_down_leave_one_admin(new_api, services, database):
    for _ in range(ROUNDS):
        ada, bob = two_admins(new_api, services, database)
        statuses = [response.status_code for response in at_once(demote(ada, ada), delete(bob, bob))]
        assert database.users.count_documents({"role": "admin"}) == 1
        assert sorted(statuses) == [200, 409]
        admin = database.users.find_one({"role": "admin"})["_id"]
        assert {each["role"] for each in database.sessions.find({"userId": admin, "endedAt": None})} <= {"admin"}


def test_simultaneous_seeding_makes_one_admin(services, database):
    def seed():
        return services.seeding.seed_admin(email="admin@example.com", password="a long enough one")

    for _ in range(ROUNDS):
        database.users.delete_many({})
        outcomes = at_once(*[seed] * 4)
        assert [outcome.created for outcome in outcomes].count(True) == 1
        assert database.users.count_documents({"role": "admin"}) == 1
