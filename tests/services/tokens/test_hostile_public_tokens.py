"""With keys: access tokens that the service did not issue are 401 with one constant body, and change nothing."""

import base64
import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.api import Api
from tests.support.applications import services_of
from tests.support.keys.files import (
    ORDER,
    ORIGIN,
    es256,
    new_key,
    pem,
    public_der,
    public_pem,
    raw,
    variables,
)
from tests.support.settings import SECRET
from tests.support.tokens import (
    HEADERS,
    KEYS_OF_THE_ATTACKER,
    LIFETIME,
    OTHER_SECRET,
    REMOVED,
    b64,
    changed,
    claims_of,
    refused,
    signed,
)

KEY, NEXT, STRANGE = new_key(), new_key(), new_key()
CLAIMS = ("iss", "sub", "sid", "aud", "client_id", "iat", "exp", "jti", "auth_time", "amr")
NOT_TEXT = [None, True, 5, 1.5, [], ["x"], {}, {"$ne": None}, ""]
NO_TIMES = [None, True, "", "9999999999", 1.5, -1, 2**33, 2**63, 10**300, [], {}]


@pytest.fixture(scope="module")
def keyed(app_with, tmp_path_factory):
    return app_with(**variables(tmp_path_factory.mktemp("keys") / "keys.pem", KEY, NEXT))


@pytest.fixture
def api(app, keyed):
    """Somebody who is logged in at a service with keys."""
    return Api(keyed).registered().logged_in()


@pytest.fixture
def kid(keyed):
    return services_of(keyed).signing_keys.ids[0]


@pytest.fixture
def header(kid):
    return {"alg": "ES256", "typ": "at+jwt", "kid": kid}


@pytest.fixture
def claims(api):
    return claims_of(api.access_token)


@pytest.fixture
def hmac_claims(claims):
    """The claims of a token of the time before the keys."""
    kept = {name: claims[name] for name in ("sub", "sid", "iat", "exp", "jti")}
    return {"iss": "auth_service", "type": "access", **kept}


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hmac_with(secret, claims, header):
    """A token under the HMAC of these bytes."""
    text = f"{b64(compact(header))}.{b64(compact(claims))}"
    return f"{text}.{b64(hmac.digest(secret, text.encode(), 'sha256'))}"


def compact(members, colon=":"):
    return json.dumps(members, separators=(",", colon)).encode()


def accepted(api, token):
    return api.verify(headers={"Authorization": f"Bearer {token}"}).status_code == 204


# what shows that the refusals below are for the right reason


def test_tokens_made_by_hand_are_accepted_in_both_forms_and_with_every_key(api, keyed, claims, hmac_claims, header):
    assert accepted(api, es256(claims, header, KEY))
    assert accepted(api, es256(claims, {**header, "kid": services_of(keyed).signing_keys.ids[1]}, NEXT))
    assert accepted(api, signed(hmac_claims))


def test_a_second_text_of_a_signature_is_the_same_token(api, header, claims):
    text, _, signature_ = es256(claims, header, KEY).rpartition(".")
    number = int.from_bytes(unb64(signature_), "big")
    r, s = number >> 256, number % 2**256
    assert accepted(api, f"{text}.{raw(r, ORDER - s)}")
    assert api.logout().status_code == 200
    assert not accepted(api, f"{text}.{raw(r, ORDER - s)}")


def test_keys_that_a_genuine_tokens_header_names_are_ignored(api, database, claims, header):
    for more in ("jku", "x5u", "jwk"):
        named = {**header, more: KEYS_OF_THE_ATTACKER[more][more]}
        assert accepted(api, es256(claims, named, KEY))
        refused(api, database, f"Bearer {es256(claims, named, STRANGE)}")


# which key


@pytest.mark.parametrize(
    "secret",
    [public_pem(KEY), public_pem(KEY).strip(), public_der(KEY), pem(KEY), b"", SECRET.encode(), OTHER_SECRET.encode()],
    ids=["PEM", "PEM without its last line break", "DER", "private PEM", "nothing", "the secret", "another secret"],
)
@pytest.mark.parametrize("algorithm", ["HS256", "ES256", "none"])
def test_no_secret_verifies_a_token_that_names_a_key(api, database, claims, hmac_claims, kid, secret, algorithm):
    for payload in (claims, hmac_claims):
        for typ in ("at+jwt", "JWT"):
            refused(api, database, f"Bearer {hmac_with(secret, payload, {'alg': algorithm, 'typ': typ, 'kid': kid})}")


@pytest.mark.parametrize("with_kid", [True, False])
def test_nothing_that_is_published_is_a_secret(api, keyed, database, hmac_claims, kid, with_kid):
    (jwk, _) = services_of(keyed).signing_keys.published()["keys"]
    texts = [public_pem(KEY), public_der(KEY), compact(jwk), compact(jwk, ": "), jwk["x"].encode(), jwk["y"].encode()]
    texts += [unb64(jwk["x"]), unb64(jwk["x"]) + unb64(jwk["y"]), b"\4" + unb64(jwk["x"]) + unb64(jwk["y"])]
    named = {"kid": kid} if with_kid else {}
    for text in texts:
        refused(api, database, f"Bearer {hmac_with(text, hmac_claims, {'alg': 'HS256', **named})}")


def test_a_token_without_a_key_is_of_the_secret_or_refused(api, database, claims, hmac_claims, header):
    for payload in (claims, hmac_claims):
        refused(api, database, f"Bearer {es256(payload, changed(header, kid=REMOVED), KEY)}")
    refused(api, database, f"Bearer {signed(claims)}")
    refused(api, database, f"Bearer {signed(claims, {'alg': 'HS256', 'typ': 'at+jwt'})}")


@pytest.mark.parametrize(
    "kid",
    ["", "x", "../../dev/null", "x" * 10_000, "x" * 1000, None, True, 5, [], {}, {"$ne": None}, ["x"], "\x00", "é"],
    ids=lambda each: repr(each)[:20],
)
def test_a_key_that_there_is_not_is_refused(api, database, claims, header, kid):
    refused(api, database, f"Bearer {es256(claims, {**header, 'kid': kid}, KEY)}")
    refused(api, database, f"Bearer {signed(claims, {**header, 'alg': 'HS256', 'kid': kid})}")


def test_the_id_of_another_key_is_refused(api, keyed, database, claims, header):
    refused(api, database, f"Bearer {es256(claims, header, NEXT)}")
    for kid in services_of(keyed).signing_keys.ids:
        refused(api, database, f"Bearer {es256(claims, {**header, 'kid': kid}, STRANGE)}")
        refused(api, database, f"Bearer {es256(claims, {**header, 'kid': kid.swapcase()}, KEY)}")


def test_another_curve_and_another_kind_of_key_are_refused(api, database, claims, header):
    text = es256(claims, header, KEY).rpartition(".")[0]
    one = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    refused(api, database, f"Bearer {text}.{b64(one.private_numbers().d.to_bytes(256, 'big'))}")
    for alg in (
        "ES384",
        "ES512",
        "ES256K",
        "RS256",
        "PS256",
        "EdDSA",
        "Ed25519",
        "es256",
        "HS256",
        "none",
        None,
        ["ES256"],
    ):
        refused(api, database, f"Bearer {es256(claims, {**header, 'alg': alg}, KEY)}")


# the signature


@pytest.mark.parametrize(
    ("r", "s"),
    [(0, 0), (1, 1), (0, 1), (1, 0), (ORDER, ORDER), (ORDER, 0), (0, ORDER), (ORDER - 1, 1), (2**256 - 1, 2**256 - 1)],
)
def test_a_signature_of_these_numbers_is_refused(api, database, claims, header, r, s):
    text = es256(claims, header, KEY).rpartition(".")[0]
    refused(api, database, f"Bearer {text}.{raw(r, s)}")


def test_a_signature_in_another_spelling_is_refused(api, database, claims, header):
    token = es256(claims, header, KEY)
    text, _, given = token.rpartition(".")
    others = [given[:-1] + character for character in "ABCDEFGH" if character not in "AQgw"]
    der = b64(b"\x30\x44" + unb64(given))
    for end in (*others, given + "=", given + "==", given[:-1], given + "A", given[:43], "", der, given.upper()):
        refused(api, database, f"Bearer {text}.{end}")
    assert accepted(api, token)


def test_changed_claims_under_the_old_signature_are_refused(api, admin, database, claims):
    head, _, end = api.access_token.split(".")
    payload = b64(compact(changed(claims, sub=admin.user_id)))
    refused(api, database, f"Bearer {head}.{payload}.{end}")


# the header


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_header_that_is_not_ours_is_refused_though_the_key_is_right(api, database, claims, hmac_claims, kid, header):
    refused(api, database, f"Bearer {signed(hmac_claims, header)}")
    named = {**header, "kid": kid, "typ": "at+jwt"} if isinstance(header, dict) else header
    if named != {"alg": "ES256", "typ": "at+jwt", "kid": kid}:
        refused(api, database, f"Bearer {es256(claims, named, KEY)}")


@pytest.mark.parametrize("typ", ["JWT", "AT+JWT", "application/at+jwt", "at+jwt ", "", None, REMOVED, ["at+jwt"], {}])
def test_another_type_is_refused(api, database, claims, header, typ):
    refused(api, database, f"Bearer {es256(claims, changed(header, typ=typ), KEY)}")


@pytest.mark.parametrize("crit", [["unknown"], ["exp"], ["kid"], [], "exp", None, {}, ["b64"]], ids=repr)
def test_what_is_called_critical_is_refused(api, database, claims, header, crit):
    refused(api, database, f"Bearer {es256(claims, {**header, 'crit': crit, 'unknown': 1, 'b64': False}, KEY)}")


# the claims


@pytest.mark.parametrize("claim", CLAIMS)
def test_each_claim_is_required(api, database, claims, header, claim):
    refused(api, database, f"Bearer {es256(changed(claims, **{claim: REMOVED}), header, KEY)}")


@pytest.mark.parametrize("claim", ["iss", "sub", "sid", "aud", "client_id"])
@pytest.mark.parametrize("value", [*NOT_TEXT, "another", [ORIGIN], ORIGIN.upper(), f"{ORIGIN}/"], ids=repr)
def test_a_claim_with_another_value_is_refused(api, database, claims, header, claim, value):
    refused(api, database, f"Bearer {es256(changed(claims, **{claim: value}), header, KEY)}")


@pytest.mark.parametrize("claim", ["iat", "exp", "auth_time"])
@pytest.mark.parametrize("value", NO_TIMES, ids=repr)
def test_a_time_must_be_a_whole_number_of_seconds(api, database, claims, header, claim, value):
    refused(api, database, f"Bearer {es256(changed(claims, **{claim: value}), header, KEY)}")


@pytest.mark.parametrize("amr", [None, "pwd", {}, 1, [1], [None], [["pwd"]], [""], ["a b"], ["x" * 65]], ids=repr)
def test_methods_must_be_a_list_of_names(api, database, claims, header, amr):
    refused(api, database, f"Bearer {es256({**claims, 'amr': amr}, header, KEY)}")


@pytest.mark.parametrize(
    "more", [{"type": "access"}, {"gen": 0}, {"role": "admin"}, {"nbf": 0}, {"acr": "1"}, {"cnf": {}}], ids=repr
)
def test_a_claim_that_the_service_does_not_issue_is_refused(api, database, claims, header, more):
    refused(api, database, f"Bearer {es256({**claims, **more}, header, KEY)}")


def test_a_longer_life_than_any_token_has_is_refused(api, database, claims, header):
    refused(api, database, f"Bearer {es256(changed(claims, exp=claims['iat'] + LIFETIME + 1), header, KEY)}")
    refused(
        api, database, f"Bearer {es256(changed(claims, iat=claims['iat'] + 60, exp=claims['exp'] + 60), header, KEY)}"
    )


def test_a_refresh_token_is_no_access_token_and_the_reverse(api, database):
    refused(api, database, f"Bearer {api.refresh_token}")
    api.refresh_token = api.access_token
    assert api.http.post("/auth/refresh").json["code"] == "invalid_token"


@pytest.mark.parametrize("text", ["[]", "null", "5", '"x"', "{", "", "{}", "[" * 1000, '{"exp": NaN}'])
def test_a_payload_that_is_no_object_of_claims_is_refused(api, database, header, text):
    refused(api, database, f"Bearer {es256(text, header, KEY)}")


def test_an_oversized_token_is_refused(api, database, claims, header):
    refused(api, database, f"Bearer {es256(claims, {**header, 'x': 'x' * 2000}, KEY)}")
