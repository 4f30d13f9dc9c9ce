"""Private keys stay where they are read: no answer and no other module holds one."""

import re

import pytest

from tests.support.api import Api
from tests.support.keys.files import new_key, pem, variables
from tests.support.routes import concrete
from tests.support.server import ROOT
from tests.support.tokens import b64

KEYS = [new_key(), new_key()]
PRIVATE = re.compile(r"private_bytes|private_numbers|load_pem_private_key")


@pytest.fixture
def admin_with_keys(app, app_with, services, tmp_path):
    app = app_with(**variables(tmp_path / "keys.pem", *KEYS))
    api = Api(app).called("admin@example.com")
    services.seeding.seed_admin(email=api.email, password=api.password)
    return api.logged_in()


def test_no_answer_of_any_route_holds_a_number_of_a_private_key(admin_with_keys):
    api = admin_with_keys
    numbers = [key.private_numbers().private_value for key in KEYS]
    secrets = [b64(number.to_bytes(32, "big")) for number in numbers] + [str(number) for number in numbers]
    secrets += [line for key in KEYS for line in pem(key).decode().splitlines() if "-----" not in line]
    for rule in api.http.application.url_map.iter_rules():
        for method in ("GET", "OPTIONS", "POST"):
            with api.http.open(
                concrete(rule), method=method, headers={"Authorization": f"Bearer {api.access_token}"}
            ) as answer:
                text = f"{answer.headers}{answer.get_data(as_text=True)}"
                assert not any(secret in text for secret in secrets), rule
        if rule.rule == "/auth/logout":
            api.logged_in()


def test_the_published_keys_have_no_private_member(admin_with_keys):
    answer = admin_with_keys.http.get("/.well-known/jwks.json")
    assert len(answer.json["keys"]) == 2
    assert '"d"' not in answer.text
    for key in answer.json["keys"]:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}


def test_one_module_alone_reads_and_writes_private_keys():
    modules = (ROOT / "auth_service").rglob("*.py")
    found = {path.relative_to(ROOT).as_posix() for path in modules if PRIVATE.search(path.read_text())}
    assert found == {"auth_service/services/tokens/key_file.py"}
