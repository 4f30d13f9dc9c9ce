"""A service that nginx serves below a path, as docs/deploy.md says it, with clients whose cookie jars obey `Path`.

Run by `make edge`.
"""

import re

import pytest
import requests

from tests.support.deploy.edge import Edge
from tests.support.server import ROOT, Server

pytestmark = pytest.mark.edge

PREFIX = "/identity"
ADA = {"email": "ada@example.com", "password": "correct horse battery"}


@pytest.fixture(scope="module")
def edge(mongod_url, worker_id, program, tmp_path_factory):
    """nginx before one of the servers, with the lines that docs/deploy.md adds."""
    section = (ROOT / "docs" / "deploy.md").read_text().partition("## Below a path")[2].partition("\n## ")[0]
    mapping, locations = re.findall(r"```nginx\n(.*?)```", section, re.DOTALL)
    added = [(r'(?m)^ +default "";\n', rf"\g<0>{mapping}"), (r"(?m)^        location / \{\n", rf"{locations}\n\g<0>")]
    url, folder = mongod_url.format(name=f"below_{worker_id}"), tmp_path_factory.mktemp("edge")
    with Server(program=program, DB_URL=url, TRUST_PROXY=1) as server:
        requests.post(f"{server.url}/auth/register", json=ADA)
        with Edge(folder, service_port=server.port, added=added) as edge:
            yield edge


@pytest.fixture
def client(edge):
    return edge.client()


@pytest.fixture
def below(edge):
    return edge.url + PREFIX


def log_in(client, below, **options):
    """The headers that present the access token of a new session."""
    answer = client.post(f"{below}/auth/login", json=ADA, **options)
    assert answer.status_code == 200
    return {"Authorization": f"Bearer {answer.json()['accessToken']}"}


def paths(client):
    return {(cookie.name, cookie.path) for cookie in client.cookies}


def test_a_session_is_refreshed_and_a_logout_by_the_cookie_ends_it(client, below):
    bearer = log_in(client, below)
    assert client.post(f"{below}/auth/refresh").status_code == 200
    assert client.get(f"{below}/profile", headers=bearer).status_code == 200
    assert client.post(f"{below}/auth/logout").status_code == 200
    assert client.get(f"{below}/profile", headers=bearer).json()["code"] == "logout"
    assert paths(client) == {("knownDevice", f"{PREFIX}/auth")}


# granian makes one variable of both spellings, and the last one wins; nginx drops names with an underscore.
@pytest.mark.parametrize(
    "header", ["X-Forwarded-Prefix", "X_Forwarded_Prefix", "X-Forwarded_Prefix", "SCRIPT_NAME", "Script-Name"]
)
@pytest.mark.parametrize("prefix", ["", PREFIX])
def test_what_a_client_claims_about_the_path_does_not_count(client, edge, prefix, header):
    log_in(client, edge.url + prefix, headers={header: "/claimed"})
    assert paths(client) == {(name, f"{prefix}/auth") for name in ("refreshToken", "knownDevice")}


def test_the_description_and_the_page_are_found_below_the_path(client, below):
    assert client.get(f"{below}/openapi.json").json()["servers"] == [{"url": PREFIX}]
    for address in re.findall(r"""(?:src|href|data-\w+)=["']([^"']+)""", client.get(f"{below}/docs").text):
        assert address.startswith(PREFIX)
        assert client.get(below.removesuffix(PREFIX) + address).status_code == 200


def test_the_metrics_are_not_found_below_the_path(client, below):
    answer = client.get(f"{below}/metrics")
    assert (answer.status_code, "application/json" in answer.headers["Content-Type"]) == (404, False)
