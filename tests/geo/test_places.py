"""Where an address is"""

from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from auth_service.geo.places import CityPlaces, NullPlaces
from auth_service.geo.reader import CityReader
from tests.support.api import Api
from tests.support.geo.files import MAXMINDS_OWN, PUBLISHED

BERLIN = {
    "city": {"names": {"en": "Berlin", "de": "Berlin"}},
    "subdivisions": [{"iso_code": "BE", "names": {"en": "State of Berlin", "de": "Land Berlin"}}],
    "country": {"iso_code": "DE", "names": {"en": "Germany", "de": "Deutschland"}},
    "location": {"latitude": 52.5244, "longitude": 13.4105},
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
    return CityPlaces(CityReader(Path(file)))


@pytest.mark.parametrize(
    ("ip", "place"),
    [
        ("81.2.69.142", "Berlin, State of Berlin, Germany"),
        ("2a02:100::1", "Berlin, State of Berlin, Germany"),
        ("81.2.73.1", "London, England, United Kingdom"),
    ],
)
def test_a_known_address_is_city_region_country(places, ip, place):
    assert str(places.locate(ip)) == place


@pytest.mark.parametrize(("ip", "place"), [("81.2.70.1", "Germany"), ("81.2.71.1", "Berlin, Germany")])
def test_parts_that_are_not_known_are_left_out(places, ip, place):
    assert str(places.locate(ip)) == place


@pytest.mark.parametrize("ip", ["81.2.72.1", "8.8.8.8", "2001:4860:4860::8888"])
def test_an_address_without_a_place_is_unknown(places, ip):
    assert str(places.locate(ip)) == "unknown"


@pytest.mark.parametrize("ip", ["10.0.0.1", "192.168.1.1", "127.0.0.1", "::1", "fe80::1", "0.0.0.0", "169.254.1.1"])
def test_a_private_address_is_unknown_whatever_the_file_says(places, ip):
    assert str(places.locate(ip)) == "unknown"


@pytest.mark.parametrize("ip", ["", "unknown", "x", "1.2.3", "999.1.1.1", "81.2.69.142 ", "81.2.69.142:80", "\u0660"])
def test_garbage_is_unknown(places, ip):
    assert str(places.locate(ip)) == "unknown"


@pytest.mark.parametrize(
    "ip", ["::ffff:81.2.69.142", "::ffff:10.0.0.1", "fe80::1%eth0", "2a02:100::1%eth0", "64:ff9b::1"]
)
def test_what_is_not_quite_an_ipv6_address_of_its_own_is_unknown(places, ip):
    assert str(places.locate(ip)) == "unknown"


def test_a_place_has_names_a_country_code_and_coarse_coordinates(places):
    place = places.locate("81.2.69.142")
    assert (place.city, place.region, place.country, place.country_code) == (
        *("Berlin", "State of Berlin", "Germany"),
        "DE",
    )
    assert place.coordinates == (52.5, 13.4)


def test_a_place_without_coordinates_has_none(places):
    assert places.locate("81.2.73.1").coordinates is None


@pytest.mark.parametrize("path", ["missing.mmdb", "/nowhere/at/all.mmdb", ".", "a\0b"])
def test_without_a_file_every_place_is_unknown(path):
    for places in (NullPlaces(), CityPlaces(CityReader(Path(path)))):
        assert str(places.locate("81.2.69.142")) == "unknown"


def test_maxminds_own_test_database_is_read_as_it_is():
    places = CityPlaces(CityReader(MAXMINDS_OWN))
    assert {ip: str(places.locate(ip)) for ip in PUBLISHED} == PUBLISHED


def test_a_session_shows_the_place_of_its_address_and_stores_it_in_parts(app, app_with, file, database):
    other = app_with(GEO_DB_FILE_PATH=file)
    api = Api(other).registered()
    api.login(environ_overrides={"REMOTE_ADDR": "81.2.69.142"})
    assert api.profile().json["session"]["location"] == "Berlin, State of Berlin, Germany"
    stored = database.sessions.find_one()
    assert (stored["city"], stored["region"], stored["country"], stored["countryCode"], stored["coordinates"]) == (
        *("Berlin", "State of Berlin", "Germany", "DE"),
        [52.5, 13.4],
    )
