"""Bytes that are barely HTTP, sent to gunicorn over a bare socket: no 5xx, and the next request is served."""

import pytest
import requests

from tests.support.server import Server
from tests.support.traffic.raw_requests import REQUESTS, answer

# Odd, and nothing wrong with them.


SERVED = {"two thousand forwarders", "a quoted cookie at logout"}
# gunicorn's own answer, as RFC 9112 section 6.1 asks for a transfer coding it does not know; the app is never asked.


NOT_IMPLEMENTED = {"an unknown transfer encoding"}


@pytest.fixture(scope="module")
def server(mongod_url, worker_id):
    with Server(DB_URL=mongod_url.format(name=f"hostile_{worker_id}"), WEB_CONCURRENCY=1, TRUST_PROXY=1) as server:
        yield server


@pytest.mark.parametrize("name", REQUESTS)
def test_barely_http_is_refused_and_the_next_request_is_served(server, name):
    status = answer(server.port, REQUESTS[name])
    if name in NOT_IMPLEMENTED:
        assert status == 501
    elif name in SERVED:
        assert status == 200
    else:
        assert status == 0 or 400 <= status < 500
    assert requests.get(f"{server.url}/readyz").status_code == 200
