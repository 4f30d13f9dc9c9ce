"""Fixtures around a geo file: its folder, a clock, and updates from a server on loopback."""

import logging
from datetime import datetime, timedelta, timezone

import pytest

from auth_service.geo.description import describe
from auth_service.geo.source import open_source
from auth_service.geo.store import Store
from auth_service.geo.updates import Updates
from auth_service.outbound.http import TimeLimits
from auth_service.settings.settings import Settings
from tests.support.geo.server import ACCOUNT, KEY, GeoServer, edition, mmdb
from tests.support.settings import environment

CALM = TimeLimits(connect=5, read=10, total=30)


class Folder:
    """Where the file is, and what else lies there."""

    def __init__(self, path):
        self.path = path / "not" / "yet" / "city.mmdb"

    @property
    def names(self):
        return {each.name for each in self.path.parent.iterdir()}

    def put(self, data):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(data)

    @property
    def is_tidy(self):
        return self.names <= {"city.mmdb", "city.mmdb.lock", "city.mmdb.json"}

    @property
    def file(self):
        return describe(self.path)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


class Time:
    """A clock to hand in."""

    def __init__(self):
        self.moment = datetime.now(timezone.utc)

    def __call__(self):
        return self.moment

    def advance(self, **duration):
        self.moment += timedelta(**duration)


@pytest.fixture
def now():
    return Time()


@pytest.fixture(scope="session")
def city_data():
    """The bytes of a city database."""
    return mmdb()


@pytest.fixture
def server(city_data):
    with GeoServer(edition(city_data)) as running:
        yield running


def geo_settings(**variables):
    return Settings.from_env(environment(**variables), dotenv=None).geo


@pytest.fixture
def updates(folder, now):
    """Makes the updates of the file from a server: with account and key, with the key alone, or from any URL."""

    def make(server, *, account=ACCOUNT, key=KEY, url=None, limits=CALM):
        settings = geo_settings(MAXMIND_ACCOUNT_ID=account, MAXMIND_LICENSE_KEY=key, GEO_DOWNLOAD_URL=url)
        source = open_source(settings, maxmind=server.url if server else "http://127.0.0.1:1")
        return Updates(Store(folder.path), source, now=now, max_age=timedelta(days=7), limits=limits)

    return make


@pytest.fixture
def log(caplog):
    """All that is logged, at debug, also by the libraries; the key may be in none of it."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "auth_service")
    yield caplog
    assert KEY not in caplog.text
