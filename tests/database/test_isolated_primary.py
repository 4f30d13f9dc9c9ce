"""A primary that is cut off from the others, and does not know yet what its successor has decided."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.support.peers.replica_set import ReplicaSet
from tests.support.remote import Remote
from tests.support.server import Server, frozen, wait_until
from tests.support.tokens import changed, claims_of, signed

pytestmark = [pytest.mark.edge, pytest.mark.timeout(300)]

FAST = "/dev/shm"  # memory, where there is such a thing
LONG = 120  # seconds for which it still takes itself for the primary


@pytest.fixture(scope="module")
def replicas():
    with (
        tempfile.TemporaryDirectory(dir=FAST if Path(FAST).is_dir() else None) as folder,
        ReplicaSet(Path(folder)) as replicas,
    ):
        keep_primary(replicas)
        yield replicas


def keep_primary(replicas):
    """Let the primary take itself for one for `LONG` without a word from the others."""
    with MongoClient(replicas.url) as client:
        config = client.admin.command("replSetGetConfig")["config"]
        config["settings"]["electionTimeoutMillis"] = LONG * 1000
        client.admin.command("replSetReconfig", {**config, "version": config["version"] + 1})


@pytest.fixture(scope="module")
def server(replicas):
    with Server(DB_URL=replicas.url.replace("/?", "/isolated?"), WEB_CONCURRENCY=1) as server:
        yield server


@pytest.fixture
def isolated(replicas):
    """Freezes the other members, as a network that is cut does."""
    primary = replicas.primary
    others = [member for member in replicas.members if member is not primary]
    with ExitStack() as stack:
        yield lambda: [stack.enter_context(frozen(member.pid)) for member in others]


def person(server, email):
    """Somebody who is logged in; after another test the members have to find together first."""
    person = Remote(server.url, email)
    wait_until(lambda: person.register().status_code in (201, 409), 60)
    wait_until(lambda: person.login().status_code == 200, 60)
    return person


def of_the_successor(token):
    """What another primary would have issued for it."""
    return signed(changed(claims_of(token), gen=1, jti="0" * 32))


def test_it_calls_no_token_invalid_that_its_successor_may_have_issued(server, isolated):
    ada, bob = person(server, "ada@example.com"), person(server, "bob@example.com")
    later = ada.with_token(of_the_successor(ada.refresh_token))
    unknown = bob.with_token(signed(changed(claims_of(bob.refresh_token), sid="f" * 32)))
    isolated()
    assert {each.refresh().status_code for each in (later, unknown)} == {503}


def test_once_it_is_not_isolated_the_same_tokens_are_refused_for_what_they_are(server):
    ada, bob = person(server, "eve@example.com"), person(server, "mia@example.com")
    later = ada.with_token(of_the_successor(ada.refresh_token))
    unknown = bob.with_token(signed(changed(claims_of(bob.refresh_token), sid="f" * 32)))
    answers = [each.refresh() for each in (later, unknown)]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (401, "refresh_reused"),
        (401, "invalid_token"),
    ]
