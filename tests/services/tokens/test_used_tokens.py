"""Used refresh tokens: noted in their session, put away when there are many, and known as long as it is."""

from datetime import timedelta

import pytest
from auth_service.services.tokens.used_tokens import ROOM

from auth_service.errors import DatabaseUnavailable
from auth_service.services.tokens import used_tokens
from auth_service.services.tokens.claims import digest
from tests.support.api import Api
from tests.support.commands import recorded_commands
from tests.support.parallel import at_once


@pytest.fixture
def chain(user):
    """The tokens of a session, of which the last works; the first ones are put away, the others noted."""
    tokens = [user.refresh_token]
    for _ in range(2 * ROOM + 5):
        assert user.refresh().status_code == 200
        tokens.append(user.refresh_token)
    return tokens


def code(response):
    return response.status_code, response.json.get("code")


def showing(new_api, token):
    browser = new_api()
    browser.refresh_token = token
    return browser


def test_all_used_tokens_are_kept_each_in_one_place(chain, database):
    noted = [each["hash"] for each in database.sessions.find_one()["usedTokens"]]
    put_away = [each["hash"] for each in database.refresh_tokens.find().sort("usedAt", 1)]
    assert put_away + noted == [digest(token) for token in chain[:-1]]
    assert len(put_away) == 2 * (ROOM - 1)


def test_one_refresh_in_many_costs_more_than_one_command(user):
    counts = []
    for _ in range(2 * ROOM + 1):
        with recorded_commands() as commands:
            user.refresh()
        counts.append(len(commands))
    assert sorted(set(counts)) == [2, 7]
    assert counts.count(7) == 2


@pytest.mark.parametrize("place", [0, ROOM, 2 * ROOM + 1, -2])
def test_a_replay_past_the_window_is_theft_wherever_the_token_is_kept(chain, place, new_api, user, clock):
    clock.advance(seconds=16)
    assert code(showing(new_api, chain[place]).refresh()) == (401, "refresh_reused")
    assert code(user.verify()) == (401, "reused_token")


@pytest.mark.parametrize("place", [0, ROOM, -2])
def test_a_replay_within_the_window_lost_a_race_wherever_the_token_is_kept(chain, place, new_api, user):
    assert code(showing(new_api, chain[place]).refresh()) == (401, "refresh_superseded")
    assert user.refresh().status_code == 200


@pytest.mark.parametrize("place", [0, ROOM, -2, -1])
def test_any_of_them_ends_the_session_at_logout(chain, place, new_api, user):
    assert showing(new_api, chain[place]).logout().status_code == 200
    assert code(user.verify()) == (401, "logout")


@pytest.mark.parametrize("place", [0, -2])
def test_a_login_that_shows_an_old_one_ends_the_session_as_stolen(chain, place, new_api, user, clock):
    clock.advance(seconds=16)
    assert showing(new_api, chain[place]).called(user.email).login().status_code == 200
    assert code(user.verify()) == (401, "reused_token")


def test_another_users_login_that_shows_one_leaves_the_session_alone(chain, new_api, user):
    assert showing(new_api, chain[0]).called("eve@example.com").registered().login().status_code == 200
    assert user.verify().status_code == 204


def test_a_token_that_names_another_session_than_it_was_given_to_ends_neither(user, new_api, services, app):
    """The name is not verified at logout; the hash is."""
    other = new_api().called("eve@example.com").registered().logged_in()
    tokens = app.extensions["auth_service"].services.codec
    claims = tokens.verify_refresh(user.refresh_token)
    forged = tokens.encode_refresh(
        type(claims)(claims.sub, other.session_id, claims.jti, claims.issued_at, claims.expires_at)
    )
    assert showing(new_api, forged).logout().status_code == 200
    assert (user.verify().status_code, other.verify().status_code) == (204, 204)


def test_logout_finds_the_session_of_a_token_that_no_secret_verifies_any_more(chain, new_api, user, app_with):
    later = Api(app_with(JWT_SECRET="another secret, of 32 characters or more"))
    for token in (chain[0], chain[-1]):
        later.refresh_token = token
        assert later.logout().status_code == 200
    assert code(user.verify()) == (401, "logout")


def test_they_go_with_the_account(chain, user, database):
    user.delete(f"/users/{user.user_id}")
    assert database.sessions.count_documents({}) == database.refresh_tokens.count_documents({}) == 0


def test_where_the_session_has_no_room_exactly_one_of_many_wins_and_nothing_is_lost(user, new_api, database):
    for _ in range(ROOM):
        user.refresh()
    for _ in range(5):
        browsers = [showing(new_api, user.refresh_token) for _ in range(12)]
        answers = at_once(*[browser.refresh for browser in browsers])
        assert sorted(answer.status_code for answer in answers) == [200] + [401] * 11
        tokens = {browser.refresh_token for browser in browsers}
        (user.refresh_token,) = tokens - {user.refresh_token}
    kept = database.refresh_tokens.count_documents({}) + len(database.sessions.find_one()["usedTokens"])
    assert kept == ROOM + 5


def test_where_they_cannot_be_put_away_the_refresh_is_refused_and_the_token_still_works(user, monkeypatch):
    for _ in range(ROOM):
        user.refresh()

    def unavailable(work):
        raise DatabaseUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(used_tokens, "transaction", unavailable)
        assert user.refresh().status_code == 503
    assert user.refresh().status_code == 200


# how far a successor reaches


@pytest.mark.parametrize("days", [0.5, 3, 13.9, 14, 14.1, 29])
def test_a_successor_reaches_as_far_as_its_lifetime_and_its_session(user, database, clock, days):
    limit = clock.now() + timedelta(days=days)
    database.sessions.update_one({}, {"$set": {"absoluteExpiresAt": limit}})
    for _ in range(3):
        clock.advance(hours=1)
        assert user.refresh().status_code == 200
        expected = min(clock.now() + timedelta(days=14), limit)
        assert abs(database.sessions.find_one()["refreshExpiresAt"] - expected) < timedelta(seconds=2)
        assert database.sessions.find_one()["refreshExpiresAt"] <= limit


def test_a_promotion_between_two_refreshes_cuts_the_next_token(user, admin, database):
    admin.put(f"/users/{user.user_id}/admin")
    session = database.sessions.find_one({"sessionId": user.session_id})
    assert user.refresh().status_code == 200
    after = database.sessions.find_one({"sessionId": user.session_id})
    assert session["refreshExpiresAt"] > session["absoluteExpiresAt"] >= after["refreshExpiresAt"]


def test_a_longer_lifetime_holds_from_the_next_refresh_on(user, app_with, clock, database):
    later = Api(app_with(JWT_REFRESH_EXPIRES_IN="20d"))
    later.refresh_token = user.refresh_token
    assert later.refresh().status_code == 200
    assert database.sessions.find_one()["refreshExpiresAt"] - clock.now() > timedelta(days=19)


def test_what_was_put_away_in_vain_takes_no_grace_from_the_last(user, app_with, database):
    """A refresh that puts tokens away may break off; who then repeats the one before is answered all the same."""
    tab = Api(app_with(REFRESH_GRACE="10s"))
    for _ in range(ROOM):
        tab.refresh_token = user.refresh_token
        assert user.refresh().status_code == 200
    used_tokens.put_away(database.sessions.find_one())
    assert database.refresh_tokens.count_documents({}) == ROOM - 1
    assert tab.refresh().status_code == 200
    assert tab.refresh_token == user.refresh_token
