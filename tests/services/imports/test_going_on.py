"""Going on with a session of the Express service: its token is accepted once, and the next one is of this service."""

import pytest

from tests.support.api import Api, cookie_attributes
from tests.support.commands import recorded_commands
from tests.support.errors import code
from tests.support.express.service import CHROME, DAY, SECRET
from tests.support.parallel import at_once
from tests.support.settings import SECRET as OWN_SECRET


@pytest.fixture
def source_url(db_url):
    """In place; what was taken over from another database is no different."""
    return db_url


@pytest.fixture
def showing(app):
    """Sends these cookies in this order, and no others."""

    def post(path, *tokens):
        header = "; ".join(f"refreshToken={token}" for token in tokens)
        return app.test_client(use_cookies=False).post(path, headers={"Cookie": header})

    return post


@pytest.fixture
def old_token(express, run_import):
    """Ada's refresh token, imported."""
    token = express.login(express.user("ada@example.com"))
    run_import()
    return token


def set_cookies(response):
    """`(path, max-age)` of every refresh cookie that an answer sets, in their order."""
    parts = [header.split("; ") for header in response.headers.getlist("Set-Cookie")]
    pairs = [dict(part.partition("=")[::2] for part in each) for each in parts if each[0].startswith("refreshToken=")]
    return [(each["Path"], int(each["Max-Age"]), each["refreshToken"]) for each in pairs]


def test_an_old_token_is_traded_for_one_of_the_new_form(browser, old_token):
    api = browser(old_token)
    answer = api.refresh()
    assert answer.status_code == 200
    assert api.refresh_token not in (None, old_token)
    assert api.http.get_cookie("refreshToken", path="/") is None
    assert api.profile().json["user"]["email"] == "ada@example.com"
    assert api.refresh().status_code == 200


def test_accepting_it_sets_the_new_cookie_and_clears_the_old_one(browser, old_token):
    answer = browser(old_token).refresh()
    (path, lives, value), old = set_cookies(answer)
    assert (path, old) == ("/auth", ("/", 0, ""))
    assert lives > 0
    assert value
    cleared = answer.headers.getlist("Set-Cookie")[1]
    assert {"Secure", "HttpOnly", "SameSite=Strict"} <= set(cleared.split("; "))


def test_the_session_is_the_same_one(browser, old_token, database):
    session_id = database.sessions.find_one()["sessionId"]
    api = browser(old_token)
    api.refresh()
    assert api.session_id == session_id


def test_it_is_accepted_once_and_a_second_time_within_the_window_has_lost_a_race(browser, old_token):
    first, second = browser(old_token), browser(old_token)
    assert first.refresh().status_code == 200
    late = second.refresh()
    assert code(late) == (401, "refresh_superseded")
    assert late.headers.getlist("Set-Cookie") == []
    assert first.verify().status_code == 204


def test_after_the_window_it_is_a_theft(browser, old_token, clock):
    first, thief = browser(old_token), browser(old_token)
    first.refresh()
    clock.advance(seconds=16)
    assert code(thief.refresh()) == (401, "refresh_reused")
    assert code(first.verify()) == (401, "reused_token")


def test_of_sixteen_threads_with_one_old_token_exactly_one_wins(browser, old_token, database):
    browsers = [browser(old_token) for _ in range(16)]
    answers = at_once(*[each.refresh for each in browsers])
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 15
    assert {answer.json.get("code") for answer in answers} == {None, "refresh_superseded"}
    assert database.sessions.find_one()["generation"] == 1


@pytest.mark.parametrize("new_first", [True, False])
def test_of_two_cookies_the_new_one_is_used_whatever_their_order(browser, old_token, showing, new_first):
    api = browser(old_token)
    api.refresh()
    pair = [api.refresh_token, old_token]
    answer = showing("/auth/refresh", *(pair if new_first else reversed(pair)))
    assert answer.status_code == 200
    assert set_cookies(answer)[1] == ("/", 0, "")


def test_it_costs_a_look_at_its_record_and_one_at_its_session_more_than_a_token_of_this_service(browser, old_token):
    with recorded_commands() as commands:
        assert browser(old_token).refresh().status_code == 200
    rotating = ("findAndModify", "sessions")
    assert commands[:-1] == [("find", "sessions"), rotating, ("find", "sessions"), rotating]


def test_the_secret_may_be_the_same_as_before(old_token, app_with):
    api = Api(app_with(JWT_SECRET=SECRET, IMPORT_JWT_SECRET=SECRET))
    api.http.set_cookie("refreshToken", old_token, path="/")
    for _ in range(3):
        assert api.refresh().status_code == 200
    api.access_token = old_token
    assert code(api.verify()) == (401, "invalid_token")


def test_with_a_grace_a_repetition_gets_the_same_successor(old_token, app_with):
    app = app_with(IMPORT_JWT_SECRET=SECRET, REFRESH_GRACE="10s")
    successors = []
    for _ in range(2):
        api = Api(app)
        api.http.set_cookie("refreshToken", old_token, path="/")
        assert api.refresh(headers={"User-Agent": CHROME}).status_code == 200
        successors.append(api.refresh_token)
    assert successors[0] == successors[1]


# how long


def test_it_is_accepted_until_its_own_exp(browser, express, run_import, clock):
    token = express.login(express.user("ada@example.com"), exp=int(clock.now().timestamp()) + DAY)
    run_import()
    clock.advance(seconds=DAY + 1)
    assert code(browser(token).refresh()) == (401, "token_expired")


@pytest.mark.parametrize(("days", "expected"), [(13.9, (200, None)), (14.1, (401, "token_expired"))])
def test_it_is_accepted_for_so_many_days_after_the_import(
    browser, express, run_import, clock, database, days, expected
):
    token = express.login(express.user("ada@example.com"), lives=60 * DAY)
    run_import()
    database.sessions.update_many({}, [{"$set": {"expiresAt": "$absoluteExpiresAt"}}])  # used elsewhere meanwhile
    clock.advance(days=days)
    assert code(browser(token).refresh()) == expected


def test_a_second_import_does_not_prolong_that(browser, express, run_import, clock, database):
    token = express.login(express.user("ada@example.com"), lives=60 * DAY)
    run_import()
    clock.advance(days=10)
    run_import()
    database.sessions.update_many({}, [{"$set": {"expiresAt": "$absoluteExpiresAt"}}])
    clock.advance(days=5)
    assert code(browser(token).refresh()) == (401, "token_expired")


# what is none


@pytest.mark.parametrize(
    "claims",
    [
        {"type": "access"},
        {"type": None},
        {"type": ["refresh"]},
        {"sessionId": "another"},
        {"userId": "0" * 24},
        {"userId": {"$ne": None}},
        {"exp": "9999999999"},
        {"exp": None},
        {"exp": 1e300},
    ],
)
def test_an_imported_token_that_says_something_else_is_none(browser, express, run_import, claims):
    token = express.login(express.user("ada@example.com"), **claims)
    run_import()
    assert code(browser(token).refresh()) == (401, "invalid_token")


def test_a_genuine_token_that_was_not_imported_is_none(browser, express, run_import, old_token, database):
    session = database.sessions.find_one()
    forged = express.sign(session["userId"], session["sessionId"], lives=3 * DAY)
    assert code(browser(forged).refresh()) == (401, "invalid_token")


def test_an_access_token_of_the_old_service_is_none(browser, express, old_token, database):
    session = database.sessions.find_one()
    access = express.sign(session["userId"], session["sessionId"], type="access")
    api = browser(access)
    assert code(api.refresh()) == (401, "invalid_token")
    api.access_token = access
    assert code(api.verify()) == (401, "invalid_token")


@pytest.mark.parametrize("secret", ["another-secret-0123456789-abcdefghij", OWN_SECRET])
def test_an_imported_token_with_another_signature_is_none(browser, express, run_import, secret):
    token = express.login(express.user("ada@example.com"), secret=secret)
    run_import()
    assert code(browser(token).refresh()) == (401, "invalid_token")


def test_a_token_of_the_new_form_needs_the_new_secret(browser, express, old_token, database):
    session = database.sessions.find_one()
    new_form = {"iss": "auth_service", "sub": str(session["userId"]), "sid": session["sessionId"], "jti": "x" * 32}
    assert code(browser(express.sign(session["userId"], session["sessionId"], **new_form)).refresh())[0] == 401
    assert SECRET != OWN_SECRET


def test_without_its_secret_no_old_token_is_accepted_and_nobody_pays(shared_app, old_token):
    api = Api(shared_app)
    api.http.set_cookie("refreshToken", old_token, path="/")
    assert code(api.refresh()) == (401, "invalid_token")
    assert len(set_cookies(api.login("ada@example.com", "secret"))) == 1
    assert len(set_cookies(api.logout())) == 1


# ending


def test_logout_with_an_old_cookie_ends_its_session_and_clears_it(browser, old_token, database):
    api = browser(old_token)
    answer = api.logout()
    assert answer.status_code == 200
    assert set_cookies(answer) == [("/auth", 0, ""), ("/", 0, "")]
    assert database.sessions.find_one()["reason"] == "logout"
    assert code(browser(old_token).refresh()) == (401, "logout")


def test_every_logout_clears_both(browser, express, new_api):
    assert set_cookies(new_api().logout()) == [("/auth", 0, ""), ("/", 0, "")]


def test_logout_with_two_cookies_ends_both_sessions(express, run_import, new_api, showing, database):
    token = express.login(express.user("ada@example.com"))
    run_import()
    api = new_api().called("ada@example.com", "secret").logged_in()
    assert showing("/auth/logout", api.refresh_token, token).status_code == 200
    assert database.sessions.count_documents({"reason": "logout"}) == 2


def test_a_login_with_an_old_cookie_ends_its_session_and_clears_it(browser, old_token, database):
    api = browser(old_token).called("ada@example.com", "secret").logged_in()
    assert api.http.get_cookie("refreshToken", path="/") is None
    assert [session.get("reason") for session in database.sessions.find().sort("createdAt")] == ["logout", None]


def test_a_password_change_ends_a_session_that_was_imported(browser, express, run_import, new_api):
    owner = express.user("ada@example.com")
    old = browser(express.login(owner))
    run_import()
    api = new_api().called("ada@example.com", "secret").logged_in()
    api.post("/profile/password", json={"currentPassword": "secret", "newPassword": "correct horse battery"})
    assert code(old.refresh()) == (401, "password_changed")


def test_the_answer_that_clears_is_not_taken_for_the_one_that_sets(browser, old_token):
    assert cookie_attributes(browser(old_token).refresh())["path"] == "/auth"
