"""Views of others that are guarded by flask-jwt-extended's decorators: our rules and our error shape hold there too."""

import pytest
from flask import jsonify
from flask_jwt_extended import get_jwt, get_jwt_identity, jwt_required

from auth_service.errors import Forbidden
from tests.support.api import Api
from tests.support.errors import assert_one_shape
from tests.support.tokens import CLAIMS, OTHER_SECRET, REMOVED, changed, claims_of, signed

INVALID = {"message": "Invalid token", "status": 401, "code": "invalid_token", "requestId": ""}


@pytest.fixture
def api(app, app_with):
    """A client, logged in, of an application to which views were added."""
    extended = app_with()
    extended.add_url_rule("/extra", view_func=jwt_required()(who), endpoint="extra")
    extended.add_url_rule("/extra/refresh", view_func=jwt_required(refresh=True)(who), endpoint="extra_refresh")
    extended.add_url_rule("/extra/fresh", view_func=jwt_required(fresh=True)(who), endpoint="extra_fresh")
    extended.add_url_rule("/extra/optional", view_func=jwt_required(optional=True)(who), endpoint="extra_optional")
    return Api(extended).registered().logged_in()


def who():
    return jsonify(identity=get_jwt_identity(), claims=get_jwt())


def refuse():
    raise Forbidden


def with_token(api, token, path="/extra"):
    return api.get(path, headers={"Authorization": f"Bearer {token}"})


def test_a_good_token_is_accepted_and_names_the_user(api):
    response = api.get("/extra")
    assert (response.status_code, response.json["identity"]) == (200, api.user_id)
    assert response.json["claims"]["sid"] == api.session_id


def test_it_slides_the_session_like_any_other_request(api, clock, database):
    before = database.sessions.find_one()["expiresAt"]
    clock.advance(minutes=1)
    api.get("/extra")
    assert database.sessions.find_one()["expiresAt"] > before


def test_a_missing_token_is_401_in_our_shape(api):
    assert_one_shape(api.http.get("/extra"), 401, "token_missing")


@pytest.mark.parametrize("claim", CLAIMS)
def test_each_claim_is_required_here_too(api, claim):
    token = signed(changed(claims_of(api.access_token), **{claim: REMOVED}))
    body = assert_one_shape(with_token(api, token), 401, "invalid_token")
    assert {**body, "requestId": ""} == INVALID


def test_a_bad_signature_is_401_in_our_words_and_not_422(api):
    token = signed(claims_of(api.access_token), secret=OTHER_SECRET)
    body = assert_one_shape(with_token(api, token), 401, "invalid_token")
    assert {**body, "requestId": ""} == INVALID


@pytest.mark.parametrize("token", ["x", "a.b.c", "..", "x" * 5000, "\xff", "a b"])
def test_what_is_no_token_is_401_in_our_shape(api, token):
    body = assert_one_shape(with_token(api, token), 401, "invalid_token")
    assert {**body, "requestId": ""} == INVALID


@pytest.mark.parametrize("header", ["Basic YTpi", "", "JWT a.b.c"])
def test_another_scheme_is_401_in_our_shape(api, header):
    assert_one_shape(api.get("/extra", headers={"Authorization": header}), 401, "token_missing")


@pytest.mark.parametrize(
    "change",
    [{"exp": 2**32}, {"iss": "another"}, {"sid": "0" * 32}, {"sub": "0" * 24}, {"type": "refresh"}, {"exp": "soon"}],
    ids=str,
)
def test_claims_that_are_not_ours_are_refused(api, change):
    token = signed(changed(claims_of(api.access_token), **change))
    assert_one_shape(with_token(api, token), 401, "invalid_token")


def test_an_expired_token_is_401_token_expired(api):
    claims = claims_of(api.access_token)
    token = signed(changed(claims, iat=claims["iat"] - 600, exp=claims["exp"] - 600))
    assert_one_shape(with_token(api, token), 401, "token_expired")


def test_a_token_with_padding_is_refused(api):
    assert_one_shape(with_token(api, api.access_token + "="), 401, "invalid_token")


def test_an_ended_session_is_refused_with_its_reason(api):
    api.logout()
    assert_one_shape(api.get("/extra"), 401, "logout")


def test_a_deleted_users_token_is_refused(api):
    api.delete(f"/users/{api.user_id}")
    assert_one_shape(api.get("/extra"), 401, "invalid_token")


def test_a_refresh_token_opens_neither_kind_of_view(api):
    for path in ("/extra", "/extra/refresh"):
        assert_one_shape(with_token(api, api.refresh_token, path), 401, "invalid_token")


def test_an_access_token_opens_no_view_for_refresh_tokens(api):
    assert_one_shape(api.get("/extra/refresh"), 401, "invalid_token")


def test_no_token_is_fresh(api):
    assert_one_shape(api.get("/extra/fresh"), 403, "forbidden")


def test_a_view_may_refuse_for_want_of_permission(app_with, database):
    extended = app_with()
    extended.add_url_rule("/extra/refused", view_func=refuse, endpoint="extra_refused")
    assert_one_shape(extended.test_client().get("/extra/refused"), 403, "forbidden")
    assert database.audit_events.count_documents({"type": "forbidden"}) == 0


def test_an_optional_token_may_be_missing_and_must_be_good(api):
    assert api.http.get("/extra/optional").json == {"identity": None, "claims": {}}
    assert api.get("/extra/optional").json["identity"] == api.user_id
    api.logout()
    assert_one_shape(api.get("/extra/optional"), 401, "logout")


def test_neither_cookie_nor_query_carries_a_token(api):
    browser = api.http.application.test_client(use_cookies=False)
    cookie = {"Cookie": f"access_token_cookie={api.access_token}"}
    for response in (browser.get("/extra", headers=cookie), browser.get(f"/extra?jwt={api.access_token}")):
        assert_one_shape(response, 401, "token_missing")
