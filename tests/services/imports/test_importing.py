"""`flask import-node`: taking over an Express service's database, in place and from another."""

import hashlib

import pytest
from bson import ObjectId

from tests.support.express.service import CHROME, DAY

TAKEN_OVER = {"importedHash": {"$exists": True}, "absoluteExpiresAt": {"$exists": True}}


def everything(database):
    """All that an import could change, with the audit trail left out."""
    names = ("users", "sessions", "refreshtokens", "imports", "imported_users")
    return {name: list(database[name].find().sort("_id")) for name in names}


def raw_tokens_in(database):
    """Every text in the database that looks like a JWT."""
    documents = [each for name in database.list_collection_names() for each in database[name].find()]
    return [value for each in documents for value in each.values() if isinstance(value, str) and value[:3] == "eyJ"]


def test_people_keep_their_passwords(express, run_import, api):
    express.user("ada@example.com", "secret")  # six characters
    express.user("bob@example.com", "  trimmed  ")
    run_import()
    assert api.login("ada@example.com", "secret").status_code == 200
    assert api.login("bob@example.com", "  trimmed  ").status_code == 200
    assert api.login("ada@example.com", "secre").status_code == 401


def test_a_trimmed_password_is_typed_as_before_also_the_second_time(express, run_import, api, database):
    express.user("bob@example.com", "  trimmed  ")
    run_import()
    for _ in range(2):
        assert api.login("bob@example.com", "  trimmed  ").status_code == 200
    assert database.users.find_one()["password"].startswith("$bcrypt-hmac-sha384")


def test_a_user_keeps_id_role_and_times(express, run_import, admin):
    joined = express.user("ada@example.com", role="admin")
    run_import()
    user = admin.get(f"/users/{joined}").json["user"]
    assert (user["email"], user["role"], user["createdAt"]) == ("ada@example.com", "admin", "2025-03-01T12:00:00.000Z")


@pytest.mark.parametrize("role", ["superuser", "", None, 7])
def test_an_unknown_role_becomes_user(express, run_import, database, role):
    express.user("ada@example.com", role=role)
    run_import()
    assert database.users.find_one()["role"] == "user"


def test_addresses_become_canonical(express, run_import, api):
    express.user(" Ada@EXAMPLE.com ", "secret")
    run_import()
    assert api.login("ada@example.com", "secret").status_code == 200


def test_of_two_users_with_one_canonical_address_the_second_is_reported_and_not_lost(
    express, run_import, api, database
):
    express.user("Ada@example.com", "the first")
    second = express.user("ADA@example.com", "the second")
    token = express.login(second)
    report = run_import()
    assert report.left_out == [f"user {second}: another account has its address, ada@example.com"]
    assert api.login("ada@example.com", "the first").status_code == 200
    assert express.database.users.find_one({"_id": second})["email"] == "ADA@example.com"
    assert run_import().left_out == report.left_out
    assert token not in raw_tokens_in(database)


def test_a_reported_user_is_taken_over_once_the_address_is_put_right(express, run_import, api):
    express.user("Ada@example.com", "the first")
    second = express.user("ADA@example.com", "the second")
    run_import()
    express.database.users.update_one({"_id": second}, {"$set": {"email": "eve@example.com"}})
    assert run_import().left_out == []
    assert api.login("eve@example.com", "the second").status_code == 200


@pytest.mark.parametrize("email", ["nobody", "", None, 5, "ada@corp.local"])
def test_a_user_without_a_valid_address_is_reported(express, run_import, email):
    broken = express.user(email)
    assert [line.split(":")[0] for line in run_import().left_out] == [f"user {broken}"]


def test_a_session_takes_the_form_of_this_service(express, run_import, database, clock):
    clock.freeze()
    owner = express.user("ada@example.com")
    express.login(owner, lives=7 * DAY)
    run_import()
    (session,) = database.sessions.find()
    assert (session["userId"], session["role"], session["ip"]) == (owner, "user", "198.51.100.7")
    assert (session["userAgent"], session["device"], session["browser"]) == (CHROME, "Desktop", "Chrome 126")
    assert (session["expiresAt"] - clock.now()).total_seconds() == pytest.approx(7 * DAY, abs=1)
    assert session["absoluteExpiresAt"] > session["expiresAt"]
    assert session["purgeAt"] > session["absoluteExpiresAt"]


def test_only_the_hash_of_a_raw_token_is_kept(express, run_import, database, source_url, db_url):
    owner = express.user("ada@example.com", refreshToken="eyJ-a-raw-one")
    raw = express.login(owner)
    run_import()
    (session,) = database.sessions.find()
    assert session["refreshHash"] == session["importedHash"] == hashlib.sha256(raw.encode()).hexdigest()
    assert raw_tokens_in(database) == []
    assert "refreshtokens" not in database.list_collection_names()
    assert (raw in raw_tokens_in(express.database)) == (source_url != db_url)


@pytest.mark.parametrize(
    ("session", "token"),
    [
        ({"expiresAt": 1.0}, {}),
        ({}, {"expiresAt": 1.0}),
        ({"revoked": True}, {}),
        ({"isActive": False}, {}),
        ({}, {"revoked": True}),
        ({}, {"refreshToken": None}),
        ({}, {"sessionId": "of another session"}),
        ({"sessionId": "not a name"}, {}),
    ],
)
def test_what_nobody_could_go_on_with_is_not_taken_over(express, run_import, database, session, token):
    express.login(express.user("ada@example.com"), session=session, token=token)
    run_import()
    assert database.sessions.count_documents({}) == 0


def test_of_a_sessions_tokens_the_newest_alone_is_taken_over(express, run_import, database):
    owner = express.user("ada@example.com")
    express.login(owner)
    session_id = express.database.sessions.find_one()["sessionId"]
    newest = express.sign(owner, session_id, lives=DAY)
    express.database.refreshtokens.insert_one(
        {"sessionId": session_id, "userId": owner, "refreshToken": newest, "expiresAt": 4e12}
    )
    run_import()
    (session,) = database.sessions.find()
    assert session["refreshHash"] == session["importedHash"] == hashlib.sha256(newest.encode()).hexdigest()


def test_ids_may_be_texts(express, run_import, database):
    owner = express.user("ada@example.com")
    express.login(owner, session={"userId": str(owner)}, token={"userId": str(owner)})
    run_import()
    assert database.sessions.find_one()["userId"] == owner


def test_optional_fields_may_be_missing(express, run_import, database, api):
    owner = ObjectId()
    express.database.users.insert_one({"_id": owner, "email": "ada@example.com", "password": "no hash at all"})
    express.login(owner)
    express.database.sessions.update_many({}, {"$unset": {"ip": 1, "userAgent": 1, "device": 1, "createdAt": 1}})
    assert run_import().left_out == []
    session = database.sessions.find_one()
    assert (session["ip"], session["location"]) == ("unknown", "unknown")
    assert session["createdAt"].date() == session["_id"].generation_time.date()
    assert api.login("ada@example.com", "no hash at all").status_code == 401


def test_run_twice_it_changes_nothing(express, run_import, database):
    for name in ("ada", "bob"):
        express.login(express.user(f"{name.upper()}@example.com"))
    first = run_import()
    before = everything(database)
    second = run_import()
    assert (first.counts["users"], first.counts["sessions"]) == (2, 2)
    assert (second.counts["users"], second.counts["sessions"]) == (0, 0)
    assert everything(database) == before


def test_a_second_run_undoes_nothing_that_happened_since(express, run_import, database, new_api, browser, services):
    changed, deleted, promoted = (express.user(f"{name}@example.com") for name in ("ada", "bob", "eve"))
    kept = browser(express.login(changed))
    express.login(deleted)
    run_import()
    assert kept.refresh().status_code == 200
    new = {"currentPassword": "secret", "newPassword": "correct horse battery"}
    assert kept.post("/profile/password", json=new).status_code == 200
    gone = new_api().called("bob@example.com", "secret").logged_in()
    assert gone.delete(f"/users/{deleted}").status_code == 200
    services.roles.change_role(user_id=str(promoted), role="admin")
    newcomer = new_api().registered("new@example.com").logged_in()
    before = everything(database)
    run_import()
    assert everything(database) == before
    assert kept.verify().status_code == newcomer.verify().status_code == 204
    assert new_api().login("bob@example.com", "secret").status_code == 401


def test_migrations_that_were_run_before_change_nothing_of_it(express, run_import, browser, database):
    database.migrations.delete_many({})
    api = browser(express.login(express.user("Ada@example.com")))
    services_of(api).migrations.run()
    run_import()
    assert api.refresh().status_code == 200
    assert api.login("ada@example.com", "secret").status_code == 200


def services_of(api):
    return api.http.application.extensions["auth_service"].services


def test_an_import_that_was_cut_short_is_completed_by_the_next(express, run_import, database, operations, source_url):
    tokens = [express.login(express.user(f"{number}@example.com")) for number in range(5)]
    looked = iter(range(3))
    cut_short(operations.node_import, source_url, after=lambda: next(looked))
    assert 0 < database.sessions.count_documents(TAKEN_OVER) < 5
    run_import()
    assert database.sessions.count_documents(TAKEN_OVER) == len(tokens)
    assert database.users.count_documents({"authVersion": 0}) == 5


class Cut(Exception):
    pass


def cut_short(node_import, source_url, *, after):
    """Run an import that ends with an exception once `after` has no more to give."""
    places = node_import._places

    class Stumbling:
        def locate(self, ip):
            try:
                after()
            except StopIteration:
                raise Cut from None
            return places.locate(ip)

    node_import._places = Stumbling()
    try:
        with pytest.raises(Cut):
            node_import.run(source_url)
    finally:
        node_import._places = places


@pytest.mark.parametrize("source_url", ["in place"], indirect=True)
def test_indexes_that_would_do_harm_here_are_dropped_in_place(express, run_import, database, new_api):
    database.users.create_index("username", unique=True)
    database.sessions.create_index("expiresAt", expireAfterSeconds=0)
    database.sessions.create_index("device")
    assert run_import().counts["indexes"] == 2
    assert "username_1" not in database.users.index_information()
    present = database.sessions.index_information()
    assert ("expiresAt_1" in present, "device_1" in present) == (False, True)
    database.sessions.drop_index("device_1")
    for name in ("ada", "bob"):
        new_api().registered(f"{name}@example.com")
