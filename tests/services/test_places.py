"""Where an address is"""

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from auth_service.app import create_app
from auth_service.config import Settings
from auth_service.services.places import NullPlaces, open_places
from tests.support.api import Api
from tests.support.settings import environment

BERLIN = {
    "city": {"names": {"en": "Berlin", "de": "Berlin"}},
    "subdivisions": [{"iso_code": "BE", "names": {"en": "State of Berlin", "de": "Land Berlin"}}],
    "country": {"iso_code": "DE", "names": {"en": "Germany", "de": "Deutschland"}},
}
LONDON = {
    "city": {"names": {"en": "London"}},
    "subdivisions": [{"names": {"en": "England"}}, {"names": {"en": "Greater London"}}],
    "country": {"names": {"en": "United Kingdom"}},
}
KNOWN = {
    "81.2.69.0/24": BERLIN,
    "81.2.70.0/24": {"country": BERLIN["country"]},
    "81.2.71.0/24": {"city": BERLIN["city"], "country": BERLIN["country"]},
    "81.2.72.0/24": {"location": {"latitude": 1.0, "longitude": 2.0}},
    "81.2.73.0/24": LONDON,
    "2a02:100::/32": BERLIN,
    "10.0.0.0/8": BERLIN,
    "192.168.0.0/16": BERLIN,
    "127.0.0.0/8": BERLIN,
}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("places") / "city.mmdb"
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="GeoLite2-City", languages=["en"])
    for network, record in KNOWN.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    return str(path)


@pytest.fixture
def places(file):
    opened = open_places(file)
    yield opened
    opened._reader.close()


@pytest.mark.parametrize(
    ("ip", "place"),
    [
        ("81.2.69.142", "Berlin, State of Berlin, Germany"),
        ("2a02:100::1", "Berlin, State of Berlin, Germany"),
        ("81.2.73.1", "London, Greater London, United Kingdom"),
    ],
)
def test_a_known_address_is_city_region_country(places, ip, place):
    assert places.locate(ip) == place


@pytest.mark.parametrize(("ip", "place"), [("81.2.70.1", "Germany"), ("81.2.71.1", "Berlin, Germany")])
def test_parts_that_are_not_known_are_left_out(places, ip, place):
    assert places.locate(ip) == place


@pytest.mark.parametrize("ip", ["81.2.72.1", "8.8.8.8", "2001:4860:4860::8888"])
def test_an_address_without_a_place_is_unknown(places, ip):
    assert places.locate(ip) == "unknown"


@pytest.mark.parametrize("ip", ["10.0.0.1", "192.168.1.1", "127.0.0.1", "::1", "fe80::1", "0.0.0.0", "169.254.1.1"])
def test_a_private_address_is_unknown_whatever_the_file_says(places, ip):
    assert places.locate(ip) == "unknown"


@pytest.mark.parametrize("ip", ["", "unknown", "x", "1.2.3", "999.1.1.1", "81.2.69.142 ", "81.2.69.142:80", "\u0660"])
def test_garbage_is_unknown(places, ip):
    assert places.locate(ip) == "unknown"


@pytest.mark.parametrize("path", [None, "", "missing.mmdb", "/nowhere/at/all.mmdb", "."])
def test_without_a_file_every_place_is_unknown(path):
    places = open_places(path)
    assert isinstance(places, NullPlaces)
    assert places.locate("81.2.69.142") == "unknown"


def test_a_session_shows_the_place_of_its_address(app, db_url, clock, file):
    settings = Settings.from_env(environment(DB_URL=db_url, GEO_DB_FILE_PATH=file), dotenv=None)
    other = create_app(settings, clock=clock)
    other.extensions["auth_service"].services.readiness.prepare()
    api = Api(other).registered()
    api.login(environ_overrides={"REMOTE_ADDR": "81.2.69.142"})
    assert api.profile().json["session"]["location"] == "Berlin, State of Berlin, Germany"
    other.extensions["auth_service"].services.sessions._places._reader.close()
