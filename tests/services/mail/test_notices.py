"""What people are told by mail about their accounts: each kind with its values, in the transaction of its cause."""

import pytest

from tests.support.api import PASSWORD, Api
from tests.support.applications import services_of
from tests.support.commands import recorded_commands
from tests.support.errors import code
from tests.support.geo.files import MAXMINDS_OWN
from tests.support.mail.resets import NEW

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SWEDEN, CHINA = "89.160.20.112", "175.16.199.1"
PLACE = "Linköping, Östergötland County, Sweden"
HERE = {"device": "Firefox 140 on Linux", "place": PLACE}
UNTOLD = {"device": "unknown", "place": "unknown"}


@pytest.fixture(scope="module")
def shared_mail_app(app_with, tmp_path_factory):
    """Mail, and the places of MaxMind's own test database."""
    folder = tmp_path_factory.mktemp("mails")
    return app_with(
        MAIL_URL=f"file:{folder}", MAIL_FROM="a@example.com", GEO_DB_FILE_PATH=MAXMINDS_OWN, SESSION_MAX_PER_USER=2
    ), folder


def in_sweden(api):
    """The browser `api` is a Firefox in Sweden."""
    api.http.environ_base = {"REMOTE_ADDR": SWEDEN, "HTTP_USER_AGENT": FIREFOX}
    return api


@pytest.fixture
def person(mail_app):
    return in_sweden(Api(mail_app)).registered("person@example.com").logged_in()


@pytest.fixture
def told(database, person, clock):
    """What waits to be mailed to the person: kinds, and their values without the time, which is checked."""

    def look():
        found = []
        for mail in database.mails.find({"userId": database.users.find_one({"email": person.email})["_id"]}):
            values = dict(mail["values"])
            assert values.pop("when") == f"{mail['createdAt']:%Y-%m-%d %H:%M} UTC"
            found.append((mail["kind"], values))
        return found

    return look


def test_an_ordinary_life_is_not_worth_a_mail(person, told):
    person.refresh()
    person.login()
    person.login(password="wrong")
    person.logout()
    assert told() == []


def test_of_a_new_device(person, mail_app, told):
    phone = in_sweden(Api(mail_app)).called(person.email)
    phone.http.environ_base["HTTP_USER_AGENT"] = "acme-sync/2.1"
    phone.logged_in()
    assert told() == [("new_device", {"device": "acme-sync 2", "place": PLACE})]


def test_of_a_new_country_and_of_travel_that_is_impossible(person, mail_app, told, clock):
    clock.advance(minutes=5)
    elsewhere = in_sweden(Api(mail_app)).called(person.email)
    elsewhere.http.environ_base["REMOTE_ADDR"] = CHINA
    elsewhere.logged_in()
    values = {"device": HERE["device"], "place": elsewhere.profile().json["session"]["location"]}
    assert told() == [("new_place", values), ("impossible_travel", values)]


def test_of_a_changed_password(person, told):
    body = {"currentPassword": PASSWORD, "newPassword": NEW}
    assert person.post("/profile/password", json={**body, "currentPassword": "wrong"}).status_code == 403
    assert told() == []
    assert person.post("/profile/password", json=body).status_code == 200
    assert told() == [("password_changed", HERE)]


def test_of_a_password_that_the_operator_set(person, told, mail_app):
    services_of(mail_app).password_changes.reset(user_id=person.user_id, password=NEW)
    assert told() == [("password_changed", UNTOLD)]


def test_of_a_password_that_was_reset(person, mailbox, mail_app, told, database):
    person.http.post("/auth/password/forgot", json={"email": person.email})
    body = {"email": person.email, "code": mailbox.code(), "newPassword": NEW}
    assert person.http.post("/auth/password/reset", json=body).status_code == 200
    assert told() == [("password_reset", HERE)]


def test_of_a_suspension_once_and_nothing_of_the_admin(person, admin, mail_app, told):
    admin = in_sweden(Api(mail_app)).called(admin.email).logged_in()
    for _ in range(2):
        assert admin.post(f"/users/{person.user_id}/suspension").status_code == 200
    assert told() == [("account_suspended", UNTOLD)]


def test_of_a_key_and_who_made_it(person, admin, mail_app, told):
    assert person.post("/profile/keys", json={"name": "cron"}).status_code == 201
    admin = in_sweden(Api(mail_app)).called(admin.email).logged_in()
    assert admin.post(f"/users/{person.user_id}/keys", json={"name": "backup"}).status_code == 201
    assert told() == [
        ("key_created", {**HERE, "name": "cron", "by": "user"}),
        ("key_created", {**UNTOLD, "name": "backup", "by": "admin"}),
    ]


def test_of_a_key_that_was_one_too_many_nothing_is_said(person, told):
    for number in range(20):
        assert person.post("/profile/keys", json={"name": str(number)}).status_code == 201
    assert code(person.post("/profile/keys", json={"name": "20"})) == (409, "too_many_keys")
    assert len(told()) == 20


def refreshed(thief):
    assert code(thief.refresh()) == (401, "refresh_reused")


def logged_out(thief):
    assert thief.logout().status_code == 200


def logged_in(thief):
    thief.http.environ_base["HTTP_USER_AGENT"] = FIREFOX
    thief.called("person@example.com").logged_in()


@pytest.mark.parametrize("replay", [refreshed, logged_out, logged_in])
def test_of_a_stolen_session_which_one_it_was(person, mail_app, told, clock, replay):
    """However the theft is noticed."""
    used = person.refresh_token
    person.refresh()
    clock.advance(seconds=16)
    thief = Api(mail_app)
    thief.refresh_token = used
    replay(thief)
    assert code(person.verify()) == (401, "reused_token")
    assert told() == [("session_stolen", HERE)]


def test_a_login_that_is_not_unusual_costs_no_command_more(person, mail_app, app, new_api):
    seen = []
    for api in (Api(mail_app), new_api()):
        api.called(person.email).http.environ_base = {"REMOTE_ADDR": SWEDEN, "HTTP_USER_AGENT": FIREFOX}
        with recorded_commands() as commands:
            assert api.login().status_code == 200
        seen.append(commands)
    assert seen[0] == seen[1]


def test_a_service_without_mail_queues_nothing(user, new_api, admin, clock, database):
    used = user.refresh_token
    user.refresh()
    clock.advance(seconds=16)
    user.refresh_token = used
    refreshed(user)
    user.logged_in()
    user.post("/profile/keys", json={"name": "cron"})
    user.post("/profile/password", json={"currentPassword": PASSWORD, "newPassword": NEW})
    admin.post(f"/users/{user.user_id}/suspension")
    assert database.mails.count_documents({}) == 0


def test_of_a_key_that_was_refused_nothing_is_said(person, told, database):
    database.users.update_one({"email": person.email}, {"$set": {"suspended": {"by": None}}})
    assert code(person.post("/profile/keys", json={"name": "cron"})) == (403, "account_suspended")
    assert told() == []
