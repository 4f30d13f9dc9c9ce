"""Sessions unlike those before: marked and written down, never refused; and what is left of where a session was"""

import pytest

from auth_service.services.origin.impossible_travel import kilometres
from auth_service.services.origin.unusual_sessions import MOST_DEVICES
from tests.support.geo.files import MAXMINDS_OWN

SWEDEN, ENGLAND, CHINA, NOWHERE = "89.160.20.112", "2.125.160.216", "175.16.199.1", "127.0.0.1"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)
EVENTS = ["new_device", "new_place", "impossible_travel"]


@pytest.fixture(scope="module")
def shared_app(app_with):
    """An application that knows the places of MaxMind's own test database."""
    return app_with(GEO_DB_FILE_PATH=MAXMINDS_OWN, SESSION_MAX_PER_USER=3)


@pytest.fixture
def log_in(new_api, clock):
    """Logs one account in from an address with a browser; what is unusual about the session."""
    new_api().registered("user@example.com")

    def run(address, browser=FIREFOX, **later):
        clock.advance(**later)
        api = new_api().called("user@example.com")
        response = api.login(headers={"User-Agent": browser}, environ_overrides={"REMOTE_ADDR": address})
        assert response.status_code == 200
        run.api = api
        return api.profile().json["session"].get("unusual", [])

    return run


def events(database):
    found = database.audit_events.find({"type": {"$in": EVENTS}}).sort("_id", 1)
    return [(event["type"], event["sessionId"]) for event in found]


def test_the_first_login_of_an_account_is_usual(log_in, database):
    assert log_in(SWEDEN) == []
    assert events(database) == []


def test_the_same_device_family_and_country_are_usual_whatever_the_version(log_in, database):
    log_in(SWEDEN)
    assert log_in(SWEDEN, FIREFOX.replace("140", "141")) == []
    assert events(database) == []


def test_only_a_session_that_is_unusual_says_so(log_in):
    log_in(SWEDEN)
    assert "unusual" not in log_in.api.profile().json["session"]
    log_in(SWEDEN, PHONE)
    shown = {session["device"]: session.get("unusual") for session in log_in.api.get("/sessions").json["sessions"]}
    assert shown == {"Desktop": None, "Mobile": ["new_device"]}
    log_in.api.logout()
    log_in(SWEDEN)
    assert log_in.api.get("/sessions/history").json["sessions"][0]["unusual"] == ["new_device"]


def test_a_device_family_never_seen_is_marked_once(log_in, database):
    log_in(SWEDEN)
    assert log_in(SWEDEN, PHONE) == ["new_device"]
    assert events(database) == [("new_device", log_in.api.session_id)]
    assert log_in(SWEDEN, PHONE) == []


def test_a_country_never_seen_is_marked_once(log_in, database):
    log_in(SWEDEN)
    assert log_in(ENGLAND, hours=5) == ["new_place"]
    assert events(database) == [("new_place", log_in.api.session_id)]
    assert log_in(ENGLAND) == []
    assert log_in(SWEDEN, hours=5) == []


def test_an_address_without_a_place_is_no_new_place(log_in):
    log_in(SWEDEN)
    assert log_in(NOWHERE) == []


def test_faster_than_a_thousand_kilometres_an_hour_is_impossible_also_between_known_countries(log_in, database):
    log_in(SWEDEN)
    log_in(CHINA, days=1)
    log_in(SWEDEN, days=1)
    assert log_in(CHINA, hours=6) == ["impossible_travel"]  # 6,900 km
    assert events(database)[-1] == ("impossible_travel", log_in.api.session_id)
    assert log_in(SWEDEN, hours=7) == []


def test_an_unknown_place_between_does_not_hide_the_way(log_in):
    log_in(SWEDEN)
    log_in(NOWHERE)
    assert log_in(CHINA, minutes=5) == ["new_place", "impossible_travel"]


def test_everything_at_once_refuses_nobody(log_in):
    log_in(SWEDEN)
    assert log_in(CHINA, "curl/8.5.0") == EVENTS


def test_the_owner_finds_it_in_their_own_audit_trail(log_in):
    log_in(SWEDEN)
    log_in(CHINA)
    shown = log_in.api.get("/profile/audit?type=impossible_travel").json["events"]
    assert [event["sessionId"] for event in shown] == [log_in.api.session_id]


def test_what_is_remembered_is_bounded(log_in, database):
    for number in range(MOST_DEVICES + 3):
        log_in(SWEDEN, f"client{'x' * number}/1.0")
    user = database.users.find_one({"email": "user@example.com"})
    assert len(user["seenDevices"]) == MOST_DEVICES
    assert user["seenCountries"] == ["SE"]
    assert user["lastPlace"]["coordinates"] == [58.4, 15.6]


def test_an_account_that_logged_in_before_any_of_this_was_kept_is_not_startled(log_in, database):
    log_in(SWEDEN)
    database.users.update_one({}, {"$unset": {"seenDevices": 1, "seenCountries": 1, "lastPlace": 1}})
    assert log_in(CHINA, PHONE) == []


def test_the_distance_is_that_over_the_globe():
    assert kilometres((58.4, 15.6), (43.9, 125.3)) == pytest.approx(6938, abs=1)
    assert kilometres((0, 179.5), (0, -179.5)) == pytest.approx(111, abs=1)
    assert kilometres((90, 0), (-90, 0)) == pytest.approx(20015, abs=5)
    assert kilometres((1.5, 2.5), (1.5, 2.5)) == 0


# what is left of an ended session


def logout(api, clock):
    api.logout()


def revoked(api, clock):
    api.delete("/sessions?all=true")


def ran_out(api, clock):
    clock.advance(days=20)
    api.refresh()


def theft(api, clock):
    used = api.refresh_token
    api.refresh()
    clock.advance(minutes=1)
    api.refresh_token = used
    assert api.refresh().json["code"] == "refresh_reused"


def another_login_with_its_cookie(api, clock):
    api.login(environ_overrides={"REMOTE_ADDR": CHINA})


@pytest.mark.parametrize(
    "end", [logout, revoked, ran_out, theft, another_login_with_its_cookie], ids=lambda end: end.__name__
)
def test_when_a_session_ends_its_address_is_truncated_and_its_coordinates_go(log_in, database, clock, end):
    log_in(SWEDEN)
    session_id = log_in.api.session_id
    before = database.sessions.find_one({"sessionId": session_id})
    assert (before["ip"], before["coordinates"]) == (SWEDEN, [58.4, 15.6])
    end(log_in.api, clock)
    after = database.sessions.find_one({"sessionId": session_id})
    assert after["ip"] == "89.160.20.0"
    assert {"coordinates", "truncatedIp"} & set(after) == set()
    assert after["reason"]
    assert (after["location"], after["countryCode"]) == ("Link\u00f6ping, \u00d6sterg\u00f6tland County, Sweden", "SE")


def test_what_gives_way_to_the_cap_is_truncated_too(log_in, database):
    for address in (SWEDEN, ENGLAND, CHINA, SWEDEN, ENGLAND):
        log_in(address, seconds=1)
    ended = database.sessions.find({"reason": "cap"}).sort("endedAt", 1)
    assert [session["ip"] for session in ended] == ["89.160.20.0", "2.125.160.0"]
    assert database.sessions.count_documents({"coordinates": {"$exists": True}}) == 3


def test_an_ipv6_address_keeps_48_bits_and_a_session_from_before_none(log_in, database):
    log_in("2001:db8:1:2::7")
    log_in.api.logout()
    assert database.sessions.find_one({"reason": "logout"})["ip"] == "2001:db8:1::"
    log_in(SWEDEN)
    database.sessions.update_many({}, {"$unset": {"truncatedIp": 1}})
    log_in.api.logout()
    assert database.sessions.find_one({}, sort=[("createdAt", -1)])["ip"] == "unknown"


def test_the_history_shows_the_truncated_address(log_in):
    log_in(SWEDEN)
    log_in.api.logout()
    log_in(SWEDEN)
    (shown,) = log_in.api.get("/sessions/history").json["sessions"]
    assert shown["ip"] == "89.160.20.0"


def test_an_ipv4_client_of_a_socket_for_both_kinds_is_an_ipv4_client(log_in):
    log_in(f"::ffff:{SWEDEN}")
    session = log_in.api.profile().json["session"]
    assert (session["ip"], session["location"].rpartition(", ")[2]) == (SWEDEN, "Sweden")
