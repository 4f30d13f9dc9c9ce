"""Bytes that are barely HTTP, sent over a bare socket: no 5xx, and the next request is served."""

import pytest
import requests

from tests.support.server import Server
from tests.support.traffic.raw_requests import REQUESTS, answer

SERVED = {"two thousand forwarders", "a quoted cookie at logout"}  # odd, and nothing wrong with them
# gunicorn's own answer, as RFC 9112 section 6.1 asks for a transfer coding it does not know; the app is never asked.
NOT_IMPLEMENTED = {("gunicorn", "an unknown transfer encoding")}


@pytest.fixture(scope="module")
def server(mongod_url, worker_id, program):
    with Server(
        program=program, DB_URL=mongod_url.format(name=f"hostile_{worker_id}"), WEB_CONCURRENCY=1, TRUST_PROXY=1
    ) as server:
        yield server


@pytest.mark.parametrize("name", REQUESTS)
def test_barely_http_is_refused_and_the_next_request_is_served(server, name):
    status = answer(server.port, REQUESTS[name])
    if (server.program, name) in NOT_IMPLEMENTED:
        assert status == 501
    elif name in SERVED:
        assert status == 200
    else:
        assert status == 0 or 400 <= status < 500
    assert requests.get(f"{server.url}/readyz").status_code == 200
