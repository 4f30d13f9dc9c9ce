"""Services that verify by themselves: those of docs/verify.md, and one in another language. Run by `make gateways`."""

import jwt
import pytest

from tests.support.gateways.gateways import node, python
from tests.support.keys.files import new_key, public_pem
from tests.support.tokens import b64, changed, claims_of, signed

pytestmark = pytest.mark.gateways

NOBODY = "http://127.0.0.1:9/jwks.json"  # a port that nothing listens on
WAYS = {
    "Flask": lambda folder, **environ: python(folder, "Flask, with the keys", "keys_flask", **environ),
    "FastAPI": lambda folder, **environ: python(folder, "FastAPI, with the keys", "keys_fastapi", **environ),
    "Node": node,
}


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


@pytest.fixture
def service_of_ours(way, tmp_path, environ):
    """A service that verifies by the keys of the running auth_service."""
    with WAYS[way](tmp_path, **environ) as process:
        yield process


def code_of(answer):
    body = answer.json()
    return body.get("code") or body.get("detail")


def ask(process, token=None, **options):
    return process.ask("/notes", token=token, **options)


def test_a_genuine_token_says_who_is_calling(service_of_ours, way, person):
    answer = ask(service_of_ours, person.access_token)
    assert answer.status_code == 200
    if way == "Node":
        expected = {"user": person.user_id, "session": claims_of(person.access_token)["sid"]}
        assert answer.json() == expected
    else:
        added = ask(service_of_ours, person.access_token, method="POST", json={"text": "Buy milk"})
        assert added.status_code == 201
        assert ask(service_of_ours, person.access_token).json() == {"notes": ["Buy milk"]}


def test_every_other_token_is_refused(service_of_ours, person, forge):
    claims, header = claims_of(person.access_token), jwt.get_unverified_header(person.access_token)
    strange = new_key()
    past = changed(claims, iat=claims["iat"] - 400, exp=claims["exp"] - 400)
    forgeries = {
        "another key": forge(claims, header, strange),
        "HS256 with a public key": signed(claims, {**header, "alg": "HS256"}, secret=public_pem(strange).decode()),
        "none": f"{b64(b'{}')}.{person.access_token.split('.')[1]}.",
        "another type": forge(claims, {**header, "typ": "JWT"}),
        "another issuer": forge(changed(claims, iss="https://other.example"), header),
        "another audience": forge(changed(claims, aud="https://other.example"), header),
        "a key nobody knows": forge(claims, {**header, "kid": "nobody"}, strange),
        "rubbish": "x.y.z",
    }
    assert ask(service_of_ours, forge(claims, header)).status_code == 200
    for reason, token in forgeries.items():
        answer = ask(service_of_ours, token)
        assert (answer.status_code, code_of(answer)) == (401, "invalid_token"), reason
    expired = ask(service_of_ours, forge(past, header))
    assert (expired.status_code, code_of(expired)) == (401, "token_expired")
    missing = ask(service_of_ours)
    assert (missing.status_code, code_of(missing)) == (401, "token_missing")


def test_while_the_keys_cannot_be_had_nobody_is_let_in_and_nobody_logged_out(way, tmp_path, environ, person):
    with WAYS[way](tmp_path, **{**environ, "AUTH_KEYS_URL": NOBODY}) as process:
        assert ask(process, person.access_token).status_code == 503


@pytest.mark.parametrize(("heading", "module"), [("Flask", "notes_flask"), ("FastAPI", "notes_fastapi")])
def test_the_examples_that_ask_know_a_logout_at_once(heading, module, tmp_path, service, person):
    with python(tmp_path, heading, module, VERIFY_URL=f"{service.url}/auth/verify") as process:
        added = ask(process, person.access_token, method="POST", json={"text": "Buy milk"})
        assert added.status_code == 201
        assert ask(process, person.access_token).json()["notes"][0]["text"] == "Buy milk"
        person.logout()
        answer = ask(process, person.access_token)
        assert (answer.status_code, code_of(answer)) == (401, "logout")
