"""With `JWT_KEYS_FILE` access tokens are signed with ES256; everything else of tokens stays, byte for byte."""

import json

import jwt
import pytest
from flask_jwt_extended import get_jwt_identity, jwt_required
from mongoengine.connection import get_db

from tests.support.api import Api, moved
from tests.support.applications import services_of
from tests.support.errors import assert_one_shape
from tests.support.keys.authenticated import AUTHENTICATED
from tests.support.keys.files import ORIGIN, new_key, variables
from tests.support.settings import SECRET
from tests.support.tokens import b64, claims_of, signature, signed

KEY, NEXT = new_key(), new_key()
USER, SESSION = "0123456789abcdef01234567", "e2833ab262b740b3887b0432f8809b7a"


@pytest.fixture
def service(app, app_with, tmp_path):
    """Builds the service as it is restarted with these keys, on the same database; without one, as without a file."""

    def build(*keys, **more):
        return app_with(**(variables(tmp_path / "keys.pem", *keys, **more) if keys else more))

    return build


def header_of(token):
    return jwt.get_unverified_header(token)


# the form


def test_without_keys_a_token_is_this_text_and_no_other(services, clock):
    clock.freeze()
    now = int(clock.now().timestamp())
    token = services.codec.encode_access(sub=USER, sid=SESSION, authentication=AUTHENTICATED)
    jti = claims_of(token)["jti"]
    text = (
        f'{{"iss":"auth_service","sub":"{USER}","sid":"{SESSION}","type":"access",'
        f'"iat":{now},"exp":{now + 300},"jti":"{jti}"}}'
    )
    start = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + b64(text.encode())
    assert token == f"{start}.{signature(start, SECRET)}"


def test_a_token_has_the_claims_of_rfc_9068_and_no_others(service, clock):
    clock.freeze()
    api = Api(service(KEY, NEXT, APP_NAME="notes")).registered().logged_in()
    keys = services_of(api.http.application).signing_keys
    assert header_of(api.access_token) == {"alg": "ES256", "typ": "at+jwt", "kid": keys.ids[0]}
    claims, now = claims_of(api.access_token), int(clock.now().timestamp())
    session = api.session_id
    assert len(claims.pop("jti")) == 32
    assert claims == {
        "iss": ORIGIN,
        "sub": api.user_id,
        "sid": session,
        "aud": ORIGIN,
        "client_id": "notes",
        "iat": now,
        "exp": now + 300,
        "auth_time": now,
        "amr": ["pwd"],
    }


def test_a_token_says_when_and_how_its_user_last_proved_who_they_are(service, clock):
    clock.freeze()
    api, opened = Api(service(KEY)).registered().logged_in(), int(clock.now().timestamp())
    clock.advance(seconds=100)
    api.refresh()
    assert claims_of(api.access_token)["auth_time"] == opened
    assert api.post("/auth/confirm", json={"password": api.password}).status_code == 200
    api.refresh()
    assert claims_of(api.access_token)["auth_time"] == opened + 100
    get_db().sessions.update_one({}, {"$set": {"amr": ["pwd", "otp", "mfa"]}})
    api.refresh()
    assert claims_of(api.access_token)["amr"] == ["pwd", "otp", "mfa"]


def test_a_session_of_before_was_opened_by_a_password(service):
    api = Api(service(KEY)).registered().logged_in()
    get_db().sessions.update_one({}, {"$unset": {"amr": 1}})
    api.refresh()
    assert claims_of(api.access_token)["amr"] == ["pwd"]


def test_others_verify_it_with_the_published_keys_alone(service):
    api = Api(service(KEY, JWT_AUDIENCE="notes")).registered().logged_in()
    published = jwt.PyJWKSet.from_dict(services_of(api.http.application).signing_keys.published())
    key = published[header_of(api.access_token)["kid"]]
    claims = jwt.decode(api.access_token, key, algorithms=["ES256"], issuer=ORIGIN, audience="notes")
    assert claims["sub"] == api.user_id


def test_a_session_goes_on_as_without_keys(service):
    api = Api(service(KEY)).registered().logged_in()
    first = api.access_token
    assert (api.verify().status_code, api.profile().status_code, api.refresh().status_code) == (204, 200, 200)
    assert api.access_token != first
    assert api.logout().status_code == 200
    assert_one_shape(api.verify(), 401, "logout")


def test_a_token_expires(service, clock):
    api = Api(service(KEY)).registered().logged_in()
    clock.advance(minutes=5)
    assert_one_shape(api.verify(), 401, "token_expired")
    assert api.logout().status_code == 200


def test_a_refresh_token_keeps_its_form(service):
    api = Api(service(KEY)).registered().logged_in()
    text, _, given = api.refresh_token.rpartition(".")
    assert (header_of(api.refresh_token), given) == ({"alg": "HS256", "typ": "JWT"}, signature(text, SECRET))
    assert list(claims_of(api.refresh_token)) == ["iss", "sub", "sid", "type", "iat", "exp", "jti", "gen"]
    assert claims_of(api.refresh_token)["iss"] == "auth_service"


@pytest.mark.parametrize("keys", [(), (KEY,)], ids=["without keys", "with keys"])
def test_a_refresh_can_be_repeated_within_the_grace(service, keys):
    app = service(*keys, REFRESH_GRACE="10s")
    api = Api(app).registered().logged_in()
    other = moved(api, app)
    assert (api.refresh().status_code, other.refresh().status_code) == (200, 200)
    assert api.refresh_token == other.refresh_token
    assert (api.verify().status_code, other.verify().status_code) == (204, 204)


# the change over


@pytest.fixture
def survivor(user, service):
    """Somebody who was logged in before there were keys."""
    return moved(user, service(KEY))


def test_changing_over_logs_nobody_out(survivor):
    assert header_of(survivor.access_token)["alg"] == "HS256"
    assert survivor.verify().status_code == 204
    assert survivor.refresh().status_code == 200
    assert header_of(survivor.access_token)["alg"] == "ES256"
    assert (survivor.verify().status_code, survivor.refresh().status_code) == (204, 200)


def test_a_token_of_the_secret_is_good_for_one_lifetime_after_the_start_and_no_longer(survivor, clock):
    start = clock.now()
    times = {"iat": int(start.timestamp()) + 299, "exp": int(start.timestamp()) + 599}
    of_another_host = {"Authorization": f"Bearer {signed({**claims_of(survivor.access_token), **times})}"}
    clock.freeze(start)
    clock.advance(seconds=298)
    assert survivor.verify(headers=of_another_host).status_code == 204
    clock.advance(seconds=2)
    assert_one_shape(survivor.verify(headers=of_another_host), 401, "invalid_token")
    assert survivor.refresh().status_code == 200


def test_the_previous_secret_verifies_during_the_change(user, service):
    other = SECRET.replace("0", "x")
    api = moved(user, service(KEY, JWT_SECRET=other, JWT_SECRET_PREVIOUS=SECRET))
    assert (api.verify().status_code, api.refresh().status_code) == (204, 200)


def test_changing_back_logs_nobody_out(service):
    api = Api(service(KEY)).registered().logged_in()
    api = moved(api, service())
    assert_one_shape(api.verify(), 401, "invalid_token")
    assert (api.refresh().status_code, api.verify().status_code) == (200, 204)


def test_while_hosts_differ_a_refresh_works_on_each(service):
    old, new = service(), service(KEY)
    api = Api(old).registered().logged_in()
    for host in (new, old, new, old):
        api = moved(api, host)
        assert (api.refresh().status_code, api.verify().status_code) == (200, 204)


# the change of keys


def test_a_key_that_comes_second_verifies_and_signs_nothing(service):
    api = Api(service(KEY)).registered().logged_in()
    first = header_of(api.access_token)["kid"]
    host = moved(api, service(KEY, NEXT))
    assert (host.verify().status_code, host.refresh().status_code) == (204, 200)
    assert header_of(host.access_token)["kid"] == first
    early = moved(host, service(NEXT, KEY))
    assert early.refresh().status_code == 200
    assert header_of(early.access_token)["kid"] != first
    assert moved(early, service(KEY, NEXT)).verify().status_code == 204


def test_a_key_that_is_gone_verifies_nothing(service):
    api = Api(service(KEY)).registered().logged_in()
    after = moved(api, service(NEXT))
    assert_one_shape(after.verify(), 401, "invalid_token")
    assert (after.refresh().status_code, after.verify().status_code) == (200, 204)


def test_views_under_flask_jwt_extended_accept_both_forms(user, service):
    app = service(KEY)
    app.add_url_rule("/extra", view_func=jwt_required()(lambda: {"who": get_jwt_identity()}), endpoint="extra")
    api = moved(user, app)
    assert api.get("/extra").json == {"who": user.user_id}
    api.refresh()
    assert api.get("/extra").json == {"who": user.user_id}
    head, claims, end = api.access_token.split(".")
    forged = json.dumps({**claims_of(api.access_token), "sub": "0" * 24})
    for token in (f"{head}.{b64(forged.encode())}.{end}", signed(forged, {"alg": "ES256"}), f"{head}.{claims}.{end}x"):
        refused = api.get("/extra", headers={"Authorization": f"Bearer {token}"})
        assert_one_shape(refused, 401, "invalid_token")
