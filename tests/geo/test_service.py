"""The service as it ships, its file fetched by itself while it answers"""

import pytest
import requests

from tests.support.geo.files import MAXMINDS_OWN, PUBLISHED
from tests.support.geo.server import GeoServer, gzipped
from tests.support.server import Server, wait_until

pytestmark = pytest.mark.edge

PERSON = {"email": "ada@example.com", "password": "correct horse battery"}


@pytest.fixture
def variables(app, db_url, folder):
    return {"DB_URL": db_url, "WEB_CONCURRENCY": 2, "TRUST_PROXY": 1, "GEO_DB_FILE_PATH": folder.path}


def location_from(service, address):
    """The place of a session that was opened from this address."""
    answer = requests.post(f"{service.url}/auth/login", json=PERSON, headers={"X-Forwarded-For": address}, timeout=20)
    bearer = {"Authorization": f"Bearer {answer.json()['accessToken']}"}
    return requests.get(f"{service.url}/profile", headers=bearer, timeout=20).json()["session"]["location"]


def test_a_service_that_starts_without_the_file_fetches_it_once_and_knows_places(variables, folder):
    with GeoServer(gzipped(MAXMINDS_OWN.read_bytes())) as mirror:
        with Server(**variables, GEO_DOWNLOAD_URL=f"{mirror.url}/city.mmdb.gz") as service:
            assert len(service.workers) == 2
            requests.post(f"{service.url}/auth/register", json=PERSON, timeout=20)
            wait_until(lambda: folder.file, 20)
            for address, place in PUBLISHED.items():
                assert location_from(service, address) == place
        assert mirror.downloads == ["/city.mmdb.gz"]
    assert "the geo database is GeoIP2-City" in service.output
    assert folder.is_tidy


def test_a_server_that_never_answers_keeps_nobody_waiting_and_no_process_alive(variables, folder):
    with GeoServer(silent=True) as mirror, Server(**variables, GEO_DOWNLOAD_URL=f"{mirror.url}/city") as service:
        wait_until(lambda: mirror.seen, 20)
        requests.post(f"{service.url}/auth/register", json=PERSON, timeout=20)
        assert [location_from(service, "89.160.20.112") for _ in range(5)] == ["unknown"] * 5
        service.process.terminate()
        assert service.process.wait(25) == 0  # gunicorn would wait 30 s for a thread that does not end
    assert folder.is_tidy
