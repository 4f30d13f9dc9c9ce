"""The limit of open files: raised at the start, and never reached by connections."""

import contextlib
import resource
import socket

import pytest
import requests

from auth_service.serving import open_files
from tests.support.server import Server, wait_until
from tests.support.traffic.kills import remote_ports

THREADS = 16


@pytest.fixture
def restored():
    """The limit of this process, which is as before afterwards; the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("threads", [1, 32, 64])
def test_a_worker_has_room_for_a_thousand_connections_and_what_its_threads_open(threads):
    needed = open_files.needed(threads)
    assert needed >= 1000 + 3 * threads
    assert open_files.connections(needed, threads) == 1000
    assert open_files.connections(100 * needed, threads) == 1000


@pytest.mark.parametrize(
    ("limit", "threads", "allowed"), [(1024, 32, 832), (256, 32, 64), (160, 32, 33), (64, 64, 65), (0, 1, 2)]
)
def test_a_lower_limit_allows_fewer_connections_but_one_for_each_thread(limit, threads, allowed):
    assert open_files.connections(limit, threads) == allowed


@pytest.mark.parametrize(("soft", "wanted", "raised"), [(200, 300, 300), (300, 200, 300), (200, 200, 200)])
def test_the_soft_limit_is_raised_and_never_lowered(restored, soft, wanted, raised):
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, restored))
    assert open_files.raise_limit(wanted) == raised
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (raised, restored)


def test_no_more_is_asked_for_than_the_hard_limit(restored):
    assert open_files.raise_limit(restored + 1) == restored


@pytest.mark.edge
@pytest.mark.parametrize(
    ("limits", "clients", "accepted"),
    [((160, 4096), 220, 220), ((160, 160), 220, 32), ((256, 256), 300, 128)],
    ids=["raised", "cannot be raised", "cannot be raised enough"],
)
def test_more_idle_connections_than_open_files_end_no_worker(mongod_url, worker_id, program, limits, clients, accepted):
    url = mongod_url.format(name=f"open_files_{worker_id}")
    with Server(program=program, DB_URL=url, WEB_THREADS=THREADS, open_files=limits) as server:
        (worker,) = server.workers
        with contextlib.ExitStack() as stack:
            for _ in range(clients):
                stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            wait_until(lambda: len(remote_ports(worker, server.port)) >= accepted, 10)
        assert requests.get(f"{server.url}/readyz", timeout=30).status_code == 200
        assert server.workers == [worker]
        assert "Traceback" not in server.log
        assert ("open files are allowed" in server.log) == (program == "gunicorn" and limits[1] < 1000)
