"""Several cookies of the refresh token's name, as a sibling host's `Domain` cookie causes: each value is tried."""

import pytest
from itsdangerous import URLSafeTimedSerializer
from werkzeug.http import parse_cookie

STALE = ["", "garbage", "a.b.c", "x" * 3000]


@pytest.fixture
def present(user):
    """Posts with these refresh tokens as cookies, in this order, and no others."""
    browser = user.http.application.test_client(use_cookies=False)

    def post(path, *tokens, **options):
        header = "; ".join(f"refreshToken={token}" for token in tokens)
        return browser.post(path, headers={"Cookie": header}, **options)

    return post


@pytest.fixture
def ended_token(user, new_api):
    """A genuine token of a session that has ended, from an earlier second."""
    other = new_api().called(user.email).logged_in()
    token = other.refresh_token
    other.logout()
    return token


def cookie_of(answer):
    """The value of the `knownDevice` cookie that an answer sets."""
    header = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("knownDevice="))
    return parse_cookie(header)["knownDevice"]


def device_id(cookie):
    """The device's id in a `knownDevice` cookie, whose signature is not verified."""
    return URLSafeTimedSerializer("any").loads_unsafe(cookie)[1][1]


def active_sessions(database):
    return database.sessions.count_documents({"endedAt": None})


@pytest.mark.parametrize("stale", STALE)
@pytest.mark.parametrize("good_first", [True, False])
def test_a_refresh_finds_the_good_token_wherever_it_stands(user, present, stale, good_first):
    tokens = [user.refresh_token, stale] if good_first else [stale, user.refresh_token]
    assert present("/auth/refresh", *tokens).status_code == 200


@pytest.mark.parametrize("good_first", [True, False])
def test_a_token_of_an_ended_session_does_not_hide_the_good_one(user, present, ended_token, good_first):
    tokens = [user.refresh_token, ended_token] if good_first else [ended_token, user.refresh_token]
    assert present("/auth/refresh", *tokens).status_code == 200


def test_a_used_token_beside_its_successor_ends_no_session(user, present, clock, database):
    clock.freeze()
    used = user.refresh_token
    user.refresh()
    assert present("/auth/refresh", used, user.refresh_token).status_code == 200
    assert active_sessions(database) == 1


def test_a_used_token_beside_garbage_is_still_a_replay(user, present, clock, database):
    used = user.refresh_token
    user.refresh()
    clock.advance(minutes=1)
    assert present("/auth/refresh", "garbage", used).json["code"] == "refresh_reused"
    assert active_sessions(database) == 0


@pytest.mark.parametrize("ended_first", [True, False])
def test_a_login_replaces_the_sessions_of_all_cookies(user, new_api, present, database, ended_token, ended_first):
    other = new_api().called(user.email).logged_in()
    tokens = [user.refresh_token, other.refresh_token]
    tokens = [ended_token, *tokens] if ended_first else [*tokens, ended_token]
    answer = present("/auth/login", *tokens, json={"email": user.email, "password": user.password})
    assert answer.status_code == 200
    assert active_sessions(database) == 1
    assert user.profile().json["code"] == other.profile().json["code"] == "logout"


def test_a_logout_ends_the_sessions_of_all_cookies(user, new_api, present, database):
    other = new_api().called(user.email).logged_in()
    present("/auth/logout", "", "garbage", user.refresh_token, other.refresh_token)
    assert active_sessions(database) == 0


def test_a_logout_with_a_used_token_beside_its_successor_is_no_theft(user, present, clock, database):
    used = user.refresh_token
    user.refresh()
    clock.advance(minutes=1)
    present("/auth/logout", used, user.refresh_token)
    assert database.sessions.find_one()["reason"] == "logout"


@pytest.mark.parametrize("stale", STALE)
def test_a_login_replaces_the_session_of_a_later_cookie(user, present, database, stale):
    body = {"email": user.email, "password": user.password}
    assert present("/auth/login", stale, user.refresh_token, json=body).status_code == 200
    assert active_sessions(database) == 1


def test_more_cookies_than_eight_are_not_tried(user, present):
    refused = present("/auth/refresh", *"abcdefgh", user.refresh_token)
    assert (refused.status_code, refused.json["code"]) == (401, "invalid_token")
    assert present("/auth/refresh", *"abcdefg", user.refresh_token).status_code == 200


def test_empty_and_repeated_cookies_do_not_count_towards_the_eight(user, present):
    assert present("/auth/refresh", *[""] * 9, *["a"] * 9, user.refresh_token).status_code == 200


@pytest.mark.parametrize("stale", STALE)
def test_a_known_device_is_recognised_behind_a_cookie_that_is_none(user, present, stale):
    device = user.http.get_cookie("knownDevice", path="/auth").value
    body = {"email": user.email, "password": user.password}
    header = {"Cookie": f"knownDevice={stale}; knownDevice={device}"}
    answer = user.http.application.test_client(use_cookies=False).post("/auth/login", json=body, headers=header)
    assert device_id(cookie_of(answer)) == device_id(device)


@pytest.mark.parametrize(
    "header",
    [
        'refreshToken="{}"',
        "refreshToken = {} ",
        "refreshToken={};",
        "a=b;refreshToken={};c=d",
        '$Version=1; refreshToken="{}"; $Path="/auth"',
        'a="x; refreshToken={}',
        'a="x; y"; refreshToken={}',
        'a={{"b":1,"c":"d;e"}}; refreshToken={}',
        "refreshToken; =x; refreshToken={}",
        "a=\xe4; refreshToken={}",
        "REFRESHTOKEN=stale; refreshToken={}",
    ],
)
def test_a_token_is_found_however_its_header_is_written(user, header):
    browser = user.http.application.test_client(use_cookies=False)
    assert browser.post("/auth/refresh", headers={"Cookie": header.format(user.refresh_token)}).status_code == 200


@pytest.mark.parametrize("tokens", [("",), ("", "")])
def test_empty_cookies_are_none(present, tokens):
    assert present("/auth/refresh", *tokens).json["code"] == "token_missing"
