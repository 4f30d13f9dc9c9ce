"""`REFRESH_GRACE`: a refresh whose answer was lost may be repeated, and still nothing forks."""

import pytest

from auth_service.services.tokens.claims import digest
from tests.support.api import Api
from tests.support.errors import code

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile Safari/604.1"
UPDATED = PHONE.replace("17_4", "17_5").replace("17.4", "17.5")
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"


@pytest.fixture
def graceful(app, app_with):
    """The service with a grace of ten seconds in a window of fifteen."""
    return app_with(REFRESH_GRACE="10s")


@pytest.fixture
def owner(graceful):
    api = Api(graceful).registered()
    api.login(headers={"User-Agent": PHONE})
    return api


def repeat(graceful, token, user_agent=PHONE):
    """Another tab that refreshes by `token`, and what it gets."""
    tab = Api(graceful)
    tab.refresh_token = token
    response = tab.refresh(headers={"User-Agent": user_agent})
    return tab, response


def test_a_repeated_refresh_gets_the_same_successor(graceful, owner, clock):
    used = owner.refresh_token
    owner.refresh(headers={"User-Agent": PHONE})
    clock.advance(seconds=9)
    tab, response = repeat(graceful, used)
    assert response.status_code == 200
    assert tab.refresh_token == owner.refresh_token
    assert tab.verify().status_code == 204


def test_a_repeat_makes_no_second_token(graceful, owner, database):
    used = owner.refresh_token
    owner.refresh(headers={"User-Agent": PHONE})
    for _ in range(3):
        repeat(graceful, used)
    session = database.sessions.find_one()
    assert session["refreshHash"] == digest(owner.refresh_token)
    assert (session["generation"], len(session["rotatedAt"])) == (1, 1)


def test_after_the_grace_the_race_is_lost_and_after_the_window_it_is_theft(graceful, owner, clock):
    used = owner.refresh_token
    owner.refresh(headers={"User-Agent": PHONE})
    clock.advance(seconds=11)
    assert code(repeat(graceful, used)[1]) == (401, "refresh_superseded")
    clock.advance(seconds=5)
    assert code(repeat(graceful, used)[1]) == (401, "refresh_reused")


def test_once_the_successor_is_used_its_predecessor_is_not_answered_again(graceful, owner):
    used = owner.refresh_token
    owner.refresh(headers={"User-Agent": PHONE})
    owner.refresh(headers={"User-Agent": PHONE})
    assert code(repeat(graceful, used)[1]) == (401, "refresh_superseded")
    assert owner.refresh(headers={"User-Agent": PHONE}).status_code == 200


def test_an_updated_browser_is_the_same_device_and_another_device_is_not(graceful, owner):
    used = owner.refresh_token
    owner.refresh(headers={"User-Agent": PHONE})
    assert repeat(graceful, used, UPDATED)[1].status_code == 200
    assert code(repeat(graceful, used, LAPTOP)[1]) == (401, "refresh_superseded")


def test_an_ended_session_is_not_revived_by_a_repeat(graceful, owner):
    used = owner.refresh_token
    owner.refresh(headers={"User-Agent": PHONE})
    owner.logout()
    assert code(repeat(graceful, used)[1]) == (401, "logout")


def test_a_token_used_up_by_a_password_change_has_no_successor_to_repeat(graceful, owner):
    used = owner.refresh_token
    owner.post("/profile/password", json={"currentPassword": owner.password, "newPassword": "an entirely new one"})
    assert code(repeat(graceful, used)[1]) == (401, "refresh_superseded")


def test_without_a_grace_nothing_is_repeated(user, new_api):
    used = user.refresh_token
    user.refresh()
    tab = new_api()
    tab.refresh_token = used
    assert code(tab.refresh()) == (401, "refresh_superseded")
