"""Time that passes for somebody who stays."""

import pytest


@pytest.fixture
def wait(database, clock):
    """Lets time pass for a client that then has new tokens, and has just confirmed who it is."""

    def until_later(api, **duration):
        clock.advance(**duration)
        assert api.refresh().status_code == 200
        now = clock.now()
        database.sessions.update_many({}, {"$set": {"createdAt": now, "authenticatedAt": now}})

    return until_later
