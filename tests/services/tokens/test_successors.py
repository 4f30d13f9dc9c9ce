"""How far a refresh token reaches that a refresh issued: its lifetime, and its session."""

from datetime import timedelta

import pytest

from tests.support.api import Api


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
