"""`GET /.well-known/jwks.json`: what others need to verify access tokens, and nothing that signs one."""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.api import Api
from tests.support.applications import without_database
from tests.support.commands import recorded_commands
from tests.support.deploy.prefixed import PrefixedApi
from tests.support.errors import assert_one_shape
from tests.support.keys.files import new_key, variables
from tests.support.tokens import b64

PATH = "/.well-known/jwks.json"
KEY, NEXT = new_key(), new_key()
SHORT = ec.derive_private_key(379, ec.SECP256R1())  # whose x begins with a zero byte


@pytest.fixture
def keyed(app, app_with, tmp_path):
    """Builds the service with these keys."""
    return lambda *keys, **more: app_with(**variables(tmp_path / "keys.pem", *keys, **more))


@pytest.fixture
def http(keyed):
    return Api(keyed(KEY, NEXT)).http


def jwk(key):
    numbers = key.public_key().public_numbers()
    x, y = (b64(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    text = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    kid = b64(hashlib.sha256(text.encode()).digest())
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "alg": "ES256", "use": "sig"}


def test_it_has_every_key_in_the_order_of_the_file(http):
    response = http.get(PATH)
    assert (response.status_code, response.json) == (200, {"keys": [jwk(KEY), jwk(NEXT)]})
    assert response.headers["Content-Type"] == "application/jwk-set+json"


def test_a_coordinate_has_32_bytes_whatever_its_value(keyed):
    assert SHORT.public_key().public_numbers().x < 2**248
    assert Api(keyed(SHORT)).http.get(PATH).json == {"keys": [jwk(SHORT)]}


def test_no_number_of_a_private_key_is_in_it(http):
    text = http.get(PATH).text
    assert '"d"' not in text
    for key in (KEY, NEXT):
        assert b64(key.private_numbers().private_value.to_bytes(32, "big")) not in text


def test_it_costs_no_command(http):
    with recorded_commands() as commands:
        assert http.get(PATH).status_code == 200
    assert commands == []


def test_it_may_be_kept_for_ten_minutes(http):
    response = http.get(PATH)
    assert response.headers["Cache-Control"] in ("public, max-age=600", "max-age=600, public")


def test_who_has_it_already_gets_304(http, keyed):
    first = http.get(PATH)
    again = http.get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    other = Api(keyed(NEXT)).http.get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert (other.status_code, other.json) == (200, {"keys": [jwk(NEXT)]})


def test_all_workers_give_it_the_same_tag(http, keyed):
    assert http.get(PATH).headers["ETag"] == Api(keyed(KEY, NEXT)).http.get(PATH).headers["ETag"]


def test_head_is_the_same_without_the_body(http):
    got, head = http.get(PATH), http.head(PATH)
    assert (head.status_code, head.data) == (200, b"")
    same = ("Content-Type", "Content-Length", "ETag", "Cache-Control", "Access-Control-Allow-Origin")
    assert [head.headers[name] for name in same] == [got.headers[name] for name in same]


@pytest.mark.parametrize("origin", ["https://app.example.com", "https://stranger.example", "null"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_the_pages_of_every_origin_may_read_it_without_cookies(keyed, origin, method):
    http = Api(keyed(KEY, CORS_ORIGINS="https://app.example.com")).http
    response = http.open(PATH, method=method, headers={"Origin": origin})
    assert response.status_code == 200
    assert response.headers.getlist("Access-Control-Allow-Origin") == ["*"]
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_nothing_else_is_opened_to_every_origin(http):
    response = http.get("/healthz", headers={"Origin": "https://stranger.example"})
    assert "Access-Control-Allow-Origin" not in response.headers


def test_options_names_its_methods_and_no_other_reaches_it(http):
    assert set(http.options(PATH).headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert_one_shape(http.post(PATH, json={}), 405, "method_not_allowed")


def test_without_keys_it_is_404_and_no_cache_keeps_that(api):
    response = api.http.get(PATH)
    assert_one_shape(response, 404, "not_found")
    assert response.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in response.headers


def test_it_is_there_while_the_database_is_not(app_with, tmp_path):
    with without_database(app_with(prepared=False, **variables(tmp_path / "keys.pem", KEY))) as app:
        assert app.test_client().get("/profile").status_code == 503
        assert app.test_client().get(PATH).status_code == 200


def test_below_a_path_it_is_below_that_path(keyed):
    response = PrefixedApi(keyed(KEY, TRUST_PROXY=1)).http.get(PATH)
    assert response.json == {"keys": [jwk(KEY)]}


def test_a_start_reads_the_file_and_nothing_reads_it_again(keyed, tmp_path):
    http = Api(keyed(KEY)).http
    before = http.get(PATH).text
    variables(tmp_path / "keys.pem", NEXT)
    assert http.get(PATH).text == before == json.dumps({"keys": [jwk(KEY)]})
