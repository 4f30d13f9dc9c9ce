"""The active sessions of an account with more than one page of them."""

import pytest

from auth_service.services.sessions.lists import MOST_LISTED
from tests.support.database.large_accounts import enlarge

PATHS = ("/sessions", "/users/{id}/sessions")


@pytest.fixture(params=PATHS)
def pages(request, user, admin):
    """Reads the list, one page or all of them, as its user or as an admin."""
    api = user if request.param == "/sessions" else admin
    path = request.param.format(id=user.user_id)

    def page(cursor=None):
        response = api.get(path, query_string={} if cursor is None else {"cursor": cursor})
        assert response.status_code == 200, response.json
        return response.json

    return page


def ids(page):
    return [each["sessionId"] for each in page["sessions"]]


@pytest.mark.parametrize("count", [1, MOST_LISTED - 1, MOST_LISTED])
def test_one_page_has_no_cursor(pages, user, database, count):
    enlarge(database, user.user_id, count - 1)
    page = pages()
    assert set(page) == {"message", "sessions"}
    assert len(page["sessions"]) == count


@pytest.mark.parametrize("count", [MOST_LISTED + 1, 2 * MOST_LISTED, 2 * MOST_LISTED + 1])
def test_the_pages_hold_every_session_once_the_last_opened_first(pages, user, database, count):
    enlarge(database, user.user_id, count - 1)
    shown, page = [], pages()
    while cursor := page["cursor"]:
        assert len(page["sessions"]) == MOST_LISTED
        shown += ids(page)
        page = pages(cursor)
    shown += ids(page)
    opened = [each["sessionId"] for each in database.sessions.find({"userId": {"$exists": True}}).sort("_id", -1)]
    mine = [each for each in opened if each in set(shown)]
    assert (len(shown), set(shown[:MOST_LISTED])) == (count, set(mine[:MOST_LISTED]))
    assert sorted(shown) == sorted(set(shown))


def test_a_page_begins_with_the_last_seen(pages, user, database):
    enlarge(database, user.user_id, MOST_LISTED)
    seen = [each["lastSeenAt"] for each in pages()["sessions"]]
    assert seen == sorted(seen, reverse=True)


def test_what_is_opened_or_ended_meanwhile_does_not_shift_the_next_page(pages, user, new_api, database):
    enlarge(database, user.user_id, MOST_LISTED)
    page = pages()
    user.delete(f"/sessions/{ids(page)[-1]}")
    enlarge(database, user.user_id, 5)
    assert ids(pages(page["cursor"])) == [user.session_id]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("cursor", ["", "x", "0", "e30", "A" * 65])
def test_a_cursor_of_somebody_elses_making_is_400(user, admin, path, cursor):
    response = admin.get(f"{path.format(id=user.user_id)}?cursor={cursor}")
    assert (response.status_code, response.json["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("path", PATHS)
def test_other_parameters_change_nothing(user, admin, path):
    assert admin.get(f"{path.format(id=user.user_id)}?_=1").status_code == 200
