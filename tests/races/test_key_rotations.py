"""Keys are rotated under load: no genuine token is refused, by the service or by others who look once an hour."""

import jwt
import pytest
from joserfc.errors import JoseError

from tests.support.keys.files import new_key
from tests.support.keys.rotation import Hosts, JoserfcVerifier, Person, PyJWTVerifier, ids, rotate

ROTATIONS = [
    (1, 1),
    pytest.param(10, 24, marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
]


@pytest.fixture
def hosts(app, app_with, clock, tmp_path):
    return Hosts(app_with, clock, tmp_path)


@pytest.fixture
def verifiers(hosts):
    with hosts.published() as url:
        yield [PyJWTVerifier(url), JoserfcVerifier(url)]


@pytest.fixture
def people(hosts):
    return [Person(hosts, number) for number in range(4)]


@pytest.mark.parametrize(("rotations", "hours"), ROTATIONS)
def test_no_genuine_token_is_refused_in_a_rotation(hosts, people, verifiers, rotations, hours):
    first = ids(hosts)[0]
    verified = sum(rotate(hosts, people, verifiers, hours=hours) for _ in range(rotations))
    assert verified == rotations * 3 * (len(hosts.apps) + hours) * len(people) * len(verifiers)
    assert ids(hosts)[0] == ids(hosts)[1] != first


def test_a_key_that_signs_before_it_is_published_is_what_they_refuse(hosts, people, verifiers):
    """Without this, the test above would prove nothing."""
    hosts.is_open = True
    for verifier in verifiers:
        verifier.look()
    hosts.is_open = False
    hosts.change([new_key()])
    for number in range(len(hosts.apps)):
        hosts.restart(number)
    people[0].refresh()
    for verifier in verifiers:
        with pytest.raises((jwt.PyJWKClientError, JoseError)):
            verifier.subject(people[0].access_token)
