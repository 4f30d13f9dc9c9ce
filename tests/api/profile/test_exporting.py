"""GET /profile/export"""

import json

import jsonschema
import pytest

from auth_service.services.accounts.export import PAGE
from tests.support.api import Api
from tests.support.applications import services_of


@pytest.fixture
def schema(api):
    return api.get("/profile/export/schema").json


def exported(api):
    response = api.get("/profile/export")
    assert response.status_code == 200, response.json
    return response.json


def test_it_is_a_file_that_conforms_to_its_schema(user, admin, schema, another, database):
    """Living and ended sessions, keys, unusual marks and places, refusals and an admin's acts are all in it."""
    user.post("/profile/keys", json={"name": "Backup"})
    ended, marked = another(), another()
    ended.logout()
    placed = {"coordinates": [52.5, 13.4], "unusual": ["new_device"]}
    database.sessions.update_one({"sessionId": marked.session_id}, {"$set": placed})
    user.login(password="wrong")
    user.logged_in()
    response = user.get("/profile/export")
    assert response.headers["Content-Disposition"] == 'attachment; filename="account.json"'
    assert response.headers["Cache-Control"] == "no-store"
    jsonschema.validate(response.json, schema, jsonschema.Draft202012Validator)
    sessions = response.json["sessions"]
    assert {"Backup"} == {each["name"] for each in sessions if each.get("kind") == "key"}
    assert "logout" in {each.get("reason") for each in sessions}
    assert [52.5, 13.4] in [each.get("coordinates") for each in sessions]
    assert {"register", "login", "key_created", "exported"} <= {each["type"] for each in response.json["events"]}
    assert response.json["$schema"] == "/profile/export/schema"


def test_what_a_protected_account_has_conforms_too(holder, schema, database, clock):
    database.users.update_one({}, {"$set": {"emailVerifiedAt": clock.now()}})
    data = exported(holder)
    jsonschema.validate(data, schema, jsonschema.Draft202012Validator)
    assert [each["kind"] for each in data["factors"]] == ["totp"]
    assert ["pwd", "otp", "mfa"] in [each.get("amr") for each in data["sessions"]]
    assert data["account"]["emailVerifiedAt"]
    assert holder.secret not in json.dumps(data)


def test_the_schema_refuses_what_is_not_in_it(user, schema):
    data = exported(user)
    data["account"]["password"] = "x"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema)


def test_it_holds_no_secret_and_nobody_elses_id(user, admin, another, database):
    user.post("/profile/keys", json={"name": "Backup"})
    admin.put(f"/users/{user.user_id}/user")
    admin.delete(f"/users/{user.user_id}/sessions")
    user.logged_in()
    text = json.dumps(exported(user))
    stored = database.users.find_one({"email": user.email})
    secrets = [stored["password"], *database.sessions.distinct("refreshHash"), *database.sessions.distinct("keyHash")]
    assert len(secrets) > 3
    assert [secret for secret in secrets if secret in text] == []
    assert admin.user_id not in text
    assert user.refresh_token not in text


def test_it_is_about_the_caller_alone(user, new_api):
    other = new_api().registered("other@example.com").logged_in()
    text = json.dumps(exported(user))
    assert [each for each in (other.user_id, other.session_id, other.email) if each in text] == []


def test_an_export_of_many_pages_is_whole(user, database):
    record = database.sessions.find_one({"sessionId": user.session_id})
    many = [{**record, "_id": None, "sessionId": f"s{number}"} for number in range(2 * PAGE + 1)]
    for each in many:
        del each["_id"]
    database.sessions.insert_many(many)
    found = [each["sessionId"] for each in exported(user)["sessions"]]
    assert len(found) == len(set(found)) == 2 * PAGE + 2


def test_it_needs_a_fresh_login(user, clock):
    clock.advance(minutes=11)
    user.refresh()
    assert user.get("/profile/export").json["code"] == "fresh_authentication_required"


def test_no_key_takes_the_data_along(user, api):
    secret = user.post("/profile/keys", json={"name": "Backup"}).json["secret"]
    refused = api.get("/profile/export", headers={"Authorization": f"Bearer {secret}"})
    assert (refused.status_code, refused.json["code"]) == (403, "not_with_a_key")


def test_five_a_day_and_no_more(app, app_with):
    limited = app_with(RATELIMIT_ENABLED="true")
    services_of(limited).readiness.prepare()
    ada, bea = (Api(limited).registered(f"{name}@example.com").logged_in() for name in ("ada", "bea"))
    assert [ada.get("/profile/export").status_code for _ in range(6)] == [200] * 5 + [429]
    refused = ada.get("/profile/export")
    assert refused.json["code"] == "rate_limited"
    assert 0 < int(refused.headers["Retry-After"]) <= 24 * 3600
    assert bea.get("/profile/export").status_code == 200


def test_a_notice_is_mailed(app, app_with, database):
    database.mails.delete_many({})
    mailing = app_with(MAIL_URL="smtp://127.0.0.1:9", MAIL_FROM="auth@example.com")
    exported(Api(mailing).registered().logged_in())
    assert database.mails.count_documents({"kind": "data_exported"}) == 1


def test_the_audit_trail_says_so(user, database):
    exported(user)
    event = database.audit_events.find_one({"type": "exported"})
    assert (str(event["userId"]), event["outcome"]) == (user.user_id, "success")
