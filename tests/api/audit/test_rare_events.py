"""A page of a rare type of event, among many of one user."""

import pytest

from auth_service.services.audit.events import EventType
from tests.support.database.large_accounts import clear, enlarge, examined

MANY = 2_000
RARE = "type=password_changed"
SEVERAL = "&".join(
    f"type={each}" for each in EventType if each not in (EventType.REFRESH, EventType.REGISTER, EventType.LOGIN)
)


@pytest.fixture
def busy(user, database):
    """A user with many events, three of which are of a rare type."""
    enlarge(database, user.user_id, 0, events=MANY)
    body = {"currentPassword": "a wrong guess", "newPassword": "a wholly different one"}
    assert [user.post("/profile/password", json=body).status_code for _ in range(3)] == [403] * 3
    yield user
    clear(database)


@pytest.mark.parametrize("types", [RARE, SEVERAL], ids=["one type", "several"])
@pytest.mark.parametrize("path", ["/audit?user={}&", "/profile/audit?"])
def test_it_examines_no_more_than_it_shows_and_one(busy, admin, database, path, types):
    api = busy if path.startswith("/profile") else admin
    first = path.format(busy.user_id) + types + "&limit=2"
    cursor = api.get(first).json["cursor"]
    for page in (first, f"{first}&cursor={cursor}"):
        shown = len(api.get(page).json["events"])
        seen = examined(database, lambda page=page: api.get(page), "audit_events")
        assert shown == (2 if page == first else 1)
        assert max(each.documents for each in seen) <= shown + 1 + types.count("&")
