"""Ten rotations of keys in fast-forward, with `jose` as a verifier that looks once an hour. Run by `make gateways`."""

import subprocess

import pytest

from tests.support.deploy.edge import program
from tests.support.keys.files import ORIGIN, new_key
from tests.support.keys.rotation import Hosts, Person, rotate
from tests.support.server import ROOT

pytestmark = [pytest.mark.gateways, pytest.mark.timeout(600)]

SCRIPT = ROOT / "tests" / "gateways" / "node" / "verifier.mjs"


class Jose:
    """`jose` in a process of its own, at the time of the test's clock."""

    def __init__(self, process, url, clock):
        self._process, self._url, self._clock = process, url, clock

    def look(self):
        assert self._ask(f"look {self._url}") == "looked"

    def subject(self, token):
        return self._ask(f"{ORIGIN} {self._clock.now().isoformat()} {token}")

    def _ask(self, line):
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


@pytest.fixture
def hosts(app, app_with, clock, tmp_path):
    return Hosts(app_with, clock, tmp_path)


@pytest.fixture
def jose(hosts, clock):
    command = [program("node"), str(SCRIPT)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with hosts.published() as url, subprocess.Popen(command, **pipes) as process:
        yield Jose(process, url, clock)
        process.stdin.close()


def test_no_genuine_token_is_refused_in_ten_rotations(hosts, jose):
    people = [Person(hosts, number) for number in range(4)]
    verified = sum(rotate(hosts, people, [jose], hours=2) for _ in range(10))
    assert verified == 10 * 3 * 4 * len(people)


def test_a_key_that_signs_before_it_is_published_is_what_it_refuses(hosts, jose):
    person = Person(hosts, 0)
    hosts.is_open = True
    jose.look()
    hosts.change([new_key()])
    hosts.restart(0)
    person.refresh()
    assert jose.subject(person.access_token) == "ERR_JWKS_NO_MATCHING_KEY"
