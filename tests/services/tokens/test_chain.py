"""The chain of a session's refresh tokens: the document holds the valid one, and places every used one in time."""

from dataclasses import replace
from types import SimpleNamespace

import bson
import pytest

from auth_service.services.tokens.chain import MOST_ROTATIONS
from auth_service.services.tokens.claims import digest
from tests.support.api import Api
from tests.support.commands import recorded_commands
from tests.support.errors import code
from tests.support.parallel import at_once
from tests.support.replay import COLLECTIONS, Snapshot

ROTATIONS = 100


@pytest.fixture(scope="module")
def rotated():
    """What the first test that needs the chain leaves for the others."""
    return SimpleNamespace(snapshot=None)


@pytest.fixture
def chain(user, clock, database, rotated):
    """The tokens of the user's session that was rotated a hundred times, half a second apart; the last one works."""
    if rotated.snapshot:
        for name in COLLECTIONS:
            database[name].delete_many({})
        clock.freeze(rotated.moment)
        rotated.snapshot.restored_to(user)
        return rotated.tokens
    clock.freeze()
    rotated.tokens = [user.refresh_token]
    for _ in range(ROTATIONS):
        clock.advance(milliseconds=500)
        assert user.refresh().status_code == 200
        rotated.tokens.append(user.refresh_token)
    rotated.moment, rotated.snapshot = clock.now(), Snapshot(user)
    return rotated.tokens


@pytest.fixture
def codec(app):
    return app.extensions["auth_service"].services.codec


def showing(new_api, token):
    browser = new_api()
    browser.refresh_token = token
    return browser


def signed(codec, token, **changes):
    """A genuine token with the claims of `token`, but for these."""
    return codec.encode_refresh(replace(codec.verify_refresh(token, even_expired=True), **changes))


# what is kept


def test_the_document_names_the_valid_token_alone_and_stays_small(chain, database):
    session = database.sessions.find_one()
    assert (session["refreshHash"], session["generation"]) == (digest(chain[-1]), ROTATIONS)
    assert len(session["rotatedAt"]) <= MOST_ROTATIONS
    assert len(bson.encode(session)) <= 1200
    assert database.list_collection_names().count("refresh_tokens") == 0


def test_every_refresh_is_one_command(user):
    for _ in range(MOST_ROTATIONS):
        with recorded_commands() as commands:
            assert user.refresh().status_code == 200
        assert [each for each in commands if each[1] != "audit_events"] == [("findAndModify", "sessions")]


# used tokens


@pytest.mark.parametrize("place", [0, 1, 50, ROTATIONS - 32, ROTATIONS - 2, ROTATIONS - 1])
def test_a_replay_past_the_window_is_theft_whatever_its_place(chain, place, new_api, user, clock):
    clock.advance(seconds=16)
    assert code(showing(new_api, chain[place]).refresh()) == (401, "refresh_reused")
    assert code(user.verify()) == (401, "reused_token")


@pytest.mark.parametrize("rotations", [1, 2, 30])
def test_a_replay_within_the_window_lost_a_race(chain, rotations, new_api, user):
    assert code(showing(new_api, chain[-1 - rotations]).refresh()) == (401, "refresh_superseded")
    assert user.verify().status_code == 204


def test_a_replay_of_one_that_left_the_window_is_theft_while_others_rotate(chain, new_api, user):
    assert code(showing(new_api, chain[-33]).refresh()) == (401, "refresh_reused")
    assert code(user.verify()) == (401, "reused_token")


def test_every_used_token_ends_its_session_at_a_refresh_and_at_logout(chain, new_api, database, clock):
    clock.advance(seconds=16)
    session = database.sessions.find_one()
    for token in chain[:-1]:
        database.sessions.replace_one({"_id": session["_id"]}, session)
        assert code(showing(new_api, token).refresh()) == (401, "refresh_reused")
        database.sessions.replace_one({"_id": session["_id"]}, session)
        assert showing(new_api, token).logout().status_code == 200
        assert database.sessions.find_one()["reason"] == "reused_token"


@pytest.mark.parametrize("place", [0, 50, -2])
def test_a_login_that_shows_a_used_one_ends_the_session_as_stolen(chain, place, new_api, user, clock):
    clock.advance(seconds=16)
    assert showing(new_api, chain[place]).called(user.email).login().status_code == 200
    assert code(user.verify()) == (401, "reused_token")


@pytest.mark.parametrize("place", [-2, -1])
def test_a_logout_by_the_valid_one_or_within_the_window_is_a_logout(chain, place, new_api, user):
    assert showing(new_api, chain[place]).logout().status_code == 200
    assert code(user.verify()) == (401, "logout")


def test_a_logout_by_a_stolen_one_is_in_the_audit_trail_as_theft(chain, new_api, database, clock):
    clock.advance(seconds=16)
    for _ in range(2):
        assert showing(new_api, chain[3]).logout().status_code == 200
    assert database.audit_events.count_documents({"type": "refresh_reused"}) == 1


def test_another_users_login_that_shows_one_leaves_the_session_alone(chain, new_api, user):
    assert showing(new_api, chain[0]).called("eve@example.com").registered().login().status_code == 200
    assert user.verify().status_code == 204


def test_logout_finds_the_session_of_a_valid_token_that_no_secret_verifies_any_more(user, app_with):
    later = Api(app_with(JWT_SECRET="another secret, of 32 characters or more"))
    later.refresh_token = user.refresh_token
    assert later.logout().status_code == 200
    assert code(user.verify()) == (401, "logout")


# tokens of no place, of a wrong one, or of another branch


@pytest.mark.parametrize("generation", [2, 3, 4, 99, 2**30])
def test_a_genuine_token_of_another_branch_ends_the_session_as_stolen(user, generation, new_api, codec):
    """The same place with another digest, or a place further on: after the restore of a backup."""
    for _ in range(2):
        user.refresh()
    other = signed(codec, user.refresh_token, generation=generation, jti="0" * 32)
    assert code(showing(new_api, other).refresh()) == (401, "refresh_reused")
    assert code(user.verify()) == (401, "reused_token")


@pytest.mark.parametrize("generation", [-1, "0", 0.0, True, None, 2**63])
def test_a_place_that_is_no_whole_number_makes_no_token(user, generation, new_api, codec):
    forged = signed(codec, user.refresh_token, generation=generation)
    assert code(showing(new_api, forged).refresh()) == (401, "invalid_token")
    assert user.refresh().status_code == 200


def test_a_token_for_another_user_ends_no_session(user, new_api, codec):
    eve = new_api().called("eve@example.com").registered().logged_in()
    forged = signed(codec, user.refresh_token, sid=eve.session_id)
    assert showing(new_api, forged).logout().status_code == 200
    assert code(showing(new_api, forged).refresh()) == (401, "invalid_token")
    assert (user.verify().status_code, eve.verify().status_code) == (204, 204)


@pytest.mark.parametrize("rotations", range(4))
def test_after_the_restore_of_a_backup_both_branches_come_to_an_end(user, rotations, new_api, database, clock):
    user.refresh()
    backup = database.sessions.find_one()
    before, after = showing(new_api, user.refresh_token), showing(new_api, user.refresh_token)
    for _ in range(2):
        assert before.refresh().status_code == 200
    database.sessions.replace_one({"_id": backup["_id"]}, backup)
    for _ in range(rotations):
        clock.advance(seconds=16)
        assert after.refresh().status_code == 200
    clock.advance(seconds=16)
    assert code(before.refresh()) == (401, "refresh_reused")
    assert code(after.refresh()) == (401, "reused_token")


# how often


def test_the_rotations_within_the_window_are_bounded_and_the_token_stays_valid(user, clock):
    clock.freeze()
    for _ in range(MOST_ROTATIONS):
        clock.advance(milliseconds=100)
        assert user.refresh().status_code == 200
    for _ in range(8):
        refused = user.refresh()
        assert code(refused) == (429, "rate_limited")
        assert 1 <= int(refused.headers["Retry-After"]) <= 15
    assert user.verify().status_code == 204
    clock.advance(seconds=int(refused.headers["Retry-After"]))
    assert user.refresh().status_code == 200


def test_without_a_window_a_used_token_is_theft_at_once(app_with, clock):
    clock.freeze()
    user = Api(app_with(REFRESH_RACE_WINDOW="0s")).registered().logged_in()
    used = user.refresh_token
    for _ in range(MOST_ROTATIONS + 5):
        assert user.refresh().status_code == 200
    clock.advance(milliseconds=1)
    user.refresh_token = used
    assert code(user.refresh()) == (401, "refresh_reused")


def test_exactly_one_of_many_wins_in_every_round(user, new_api):
    for _ in range(5):
        browsers = [showing(new_api, user.refresh_token) for _ in range(12)]
        answers = at_once(*[browser.refresh for browser in browsers])
        assert sorted(answer.status_code for answer in answers) == [200] + [401] * 11
        (user.refresh_token,) = {browser.refresh_token for browser in browsers} - {user.refresh_token}


# the clock of another host


def test_a_clock_that_is_set_back_and_forth_ends_no_session_and_hides_no_theft(user, new_api, clock):
    clock.freeze()
    tokens = [user.refresh_token]
    for seconds in (10, -4, 3, -5, 6, -2, 4):
        clock.advance(seconds=seconds)
        assert user.refresh().status_code == 200
        tokens.append(user.refresh_token)
    for used in tokens[-3:-1]:
        assert code(showing(new_api, used).refresh()) == (401, "refresh_superseded")
    clock.advance(seconds=40)
    assert user.refresh().status_code == 200
    assert code(showing(new_api, tokens[1]).refresh()) == (401, "refresh_reused")


# a repeated refresh


def test_the_answer_is_repeated_within_the_grace_and_once_another_followed_it_is_not(app_with, new_api):
    user = Api(app_with(REFRESH_GRACE="10s")).registered().logged_in()
    used = user.refresh_token
    user.refresh()
    tab = Api(user.http.application)
    tab.refresh_token = used
    assert tab.refresh().status_code == 200
    assert tab.refresh_token == user.refresh_token
    assert user.refresh().status_code == 200
    tab.refresh_token = used
    assert code(tab.refresh()) == (401, "refresh_superseded")


def test_a_password_change_is_not_repeated_by_the_old_token(app_with):
    user = Api(app_with(REFRESH_GRACE="10s")).called("eve@example.com").registered().logged_in()
    used = user.refresh_token
    body = {"currentPassword": user.password, "newPassword": "staple of the next one"}
    assert user.post("/profile/password", json=body).status_code == 200
    thief = Api(user.http.application)
    thief.refresh_token = used
    assert code(thief.refresh()) == (401, "refresh_superseded")
