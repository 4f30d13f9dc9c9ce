"""How sessions and tokens end by themselves, and that an end is an end."""

from datetime import datetime, timedelta, timezone

import pytest

from auth_service.services.tokens.claims import digest
from auth_service.services.tokens.codec import TokenCodec
from auth_service.settings.settings import Settings
from tests.support.api import Api, cookie_attributes
from tests.support.errors import code
from tests.support.keys.authenticated import AUTHENTICATED
from tests.support.settings import environment

SHORT = {"SESSION_EXPIRES_IN": "120000", "SESSION_ABSOLUTE_EXPIRES_IN": "5m", "JWT_ACCESS_EXPIRES_IN": "1h"}


@pytest.fixture
def short_lived(app, app_with):
    """A client whose session ends 2 minutes after its last use and 5 after its first, its access token much later."""
    return Api(app_with(**SHORT)).registered().logged_in()


# idle


def test_use_keeps_a_session_alive_beyond_its_idle_limit(short_lived, clock):
    for _ in range(3):
        clock.advance(seconds=90)
        assert short_lived.verify().status_code == 204


def test_refreshing_keeps_a_session_alive_too(short_lived, clock):
    for _ in range(3):
        clock.advance(seconds=90)
        assert short_lived.refresh().status_code == 200


def test_a_session_that_is_not_used_ends(short_lived, clock):
    clock.advance(seconds=110)
    assert short_lived.verify().status_code == 204
    clock.advance(seconds=121)
    assert code(short_lived.verify()) == (401, "idle")


def test_an_idle_session_cannot_be_refreshed(short_lived, clock):
    clock.advance(seconds=121)
    assert code(short_lived.refresh()) == (401, "idle")


def test_an_idle_session_stays_ended_and_says_the_same_again(short_lived, clock):
    clock.advance(seconds=121)
    assert [code(short_lived.verify()) for _ in range(3)] == [(401, "idle")] * 3
    clock.advance(seconds=60)
    assert code(short_lived.refresh()) == (401, "idle")


def test_an_idle_session_is_marked_with_the_moment_it_ran_out(short_lived, clock, database):
    ran_out = database.sessions.find_one()["expiresAt"]
    clock.advance(seconds=121)
    short_lived.verify()
    session = database.sessions.find_one()
    assert (session["reason"], session["endedAt"]) == ("idle", ran_out)


def test_a_refused_request_does_not_slide_the_session(short_lived, clock, database):
    before = database.sessions.find_one()
    clock.advance(seconds=121)
    short_lived.verify()
    after = database.sessions.find_one()
    assert (after["expiresAt"], after["lastSeenAt"]) == (before["expiresAt"], before["lastSeenAt"])


# absolute


def test_no_use_keeps_a_session_alive_beyond_its_absolute_limit(short_lived, clock):
    for _ in range(4):
        clock.advance(seconds=70)
        assert short_lived.verify().status_code == 204
    clock.advance(seconds=21)
    assert code(short_lived.verify()) == (401, "absolute")


def test_no_refresh_does_either(short_lived, clock):
    for _ in range(4):
        clock.advance(seconds=70)
        assert short_lived.refresh().status_code == 200
    clock.advance(seconds=21)
    assert short_lived.refresh().status_code == 401
    assert code(short_lived.verify()) == (401, "absolute")


def test_a_session_that_reached_its_limit_is_marked_with_that_moment(short_lived, clock, database):
    for _ in range(4):
        clock.advance(seconds=70)
        short_lived.verify()
    clock.advance(seconds=60)
    short_lived.verify()
    session = database.sessions.find_one()
    assert (session["reason"], session["endedAt"]) == ("absolute", session["absoluteExpiresAt"])


def test_the_refresh_token_never_outlives_its_session(short_lived, clock, database):
    limit = database.sessions.find_one()["absoluteExpiresAt"]
    clock.advance(seconds=100)
    response = short_lived.refresh()
    assert int(cookie_attributes(response)["max-age"]) <= 200
    assert database.sessions.find_one()["refreshExpiresAt"] <= limit


# what is kept, and for how long


def test_purge_at_is_set_from_birth_to_the_end_of_the_history(user, database):
    session = database.sessions.find_one()
    assert session["purgeAt"] == session["absoluteExpiresAt"] + timedelta(days=90)


def test_purge_at_stays_through_use_and_refresh(user, clock, database):
    before = database.sessions.find_one()["purgeAt"]
    clock.advance(hours=1)
    user.refresh()
    assert database.sessions.find_one()["purgeAt"] == before


def test_what_is_due_is_removed_by_a_ttl_index(database):
    indexes = database.sessions.index_information().values()
    assert [index["expireAfterSeconds"] for index in indexes if index["key"] == [("purgeAt", 1)]] == [0]


def test_a_fresh_session_lives_for_the_configured_times(user, database):
    session = database.sessions.find_one()
    assert session["absoluteExpiresAt"] - session["createdAt"] == timedelta(days=30)
    assert timedelta(days=14) <= session["expiresAt"] - session["createdAt"] < timedelta(days=14, minutes=1)


# tokens


def test_an_access_token_expires(user, clock):
    clock.advance(seconds=290)
    assert user.verify().status_code == 204
    clock.advance(seconds=11)
    assert code(user.verify()) == (401, "token_expired")


def test_an_expired_access_token_does_not_slide_the_session(user, clock, database):
    before = database.sessions.find_one()
    clock.advance(seconds=301)
    user.verify()
    assert database.sessions.find_one() == before


def test_the_refresh_token_outlives_the_access_token(user, clock):
    clock.advance(hours=1)
    assert user.refresh().status_code == 200
    assert user.verify().status_code == 204


def test_a_refresh_token_expires(user, clock, database):
    database.sessions.update_one({}, {"$set": {"expiresAt": clock.now() + timedelta(days=20)}})
    clock.advance(days=14, seconds=1)
    assert code(user.refresh()) == (401, "token_expired")


def test_an_expired_refresh_token_is_not_used_up(user, clock, database):
    clock.advance(days=14, seconds=1)
    user.refresh()
    session = database.sessions.find_one()
    assert (session["refreshHash"], session["generation"]) == (digest(user.refresh_token), 0)


@pytest.mark.parametrize("lifetime", ["1500ms", "2s", "1.2s", "5m"])
@pytest.mark.parametrize("milliseconds", [0, 400, 600, 999])
def test_a_fresh_token_is_good_whatever_the_lifetime_and_the_fraction_of_the_second(lifetime, milliseconds):
    class Stopped:
        def now(self):
            return datetime(2026, 11, 23, 12, 0, 0, milliseconds * 1000, tzinfo=timezone.utc)

    settings = Settings.from_env(environment(JWT_ACCESS_EXPIRES_IN=lifetime), dotenv=None)
    tokens = TokenCodec(settings=settings.tokens, issuer="auth_service", clock=Stopped())
    assert tokens.verify_access(tokens.encode_access(sub="0" * 24, sid="x", authentication=AUTHENTICATED)).sid == "x"
