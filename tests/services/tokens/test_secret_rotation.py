"""`JWT_SECRET_PREVIOUS` verifies and does not sign: a secret is changed, and nobody is logged out."""

import pytest
from flask_jwt_extended import get_jwt_identity, jwt_required

from auth_service.settings.environment import ConfigurationError
from auth_service.settings.settings import Settings
from tests.support.api import Api, moved
from tests.support.errors import assert_one_shape
from tests.support.settings import SECRET, environment
from tests.support.tokens import CLAIMS, REMOVED, changed, claims_of, refused, signature, signed

NEW = "the-secret-that-comes-after-0123456789-abcdefgh"
NEW_TOO = "another-one-for-refresh-tokens-0123456789-abcdef"
STRANGE = "a-secret-that-never-was-one-0123456789-abcdefghi"
AFTER_THE_CHANGE = {"JWT_SECRET": NEW, "JWT_SECRET_PREVIOUS": SECRET}


@pytest.fixture
def service(app, app_with):
    """Builds the service as it is restarted with other variables, on the same database."""

    def build(**variables):
        return app_with(**variables)

    return build


def is_signed_with(token, secret):
    text, _, given = token.rpartition(".")
    return given == signature(text, secret)


@pytest.fixture
def survivor(user, service):
    """Somebody who was logged in before the change."""
    return moved(user, service(**AFTER_THE_CHANGE))


# nobody is logged out


def test_an_access_token_of_the_previous_secret_is_accepted(survivor):
    assert survivor.verify().status_code == 204


def test_a_refresh_token_of_the_previous_secret_is_traded_for_tokens_of_the_present_one(survivor):
    assert survivor.refresh().status_code == 200
    assert is_signed_with(survivor.access_token, NEW)
    assert is_signed_with(survivor.refresh_token, NEW)
    assert (survivor.verify().status_code, survivor.refresh().status_code) == (204, 200)


def test_the_previous_secret_signs_nothing(survivor):
    survivor.login()
    assert is_signed_with(survivor.access_token, NEW)
    assert is_signed_with(survivor.refresh_token, NEW)


def test_who_refreshed_once_does_not_need_the_previous_secret_any_more(survivor, service):
    survivor.refresh()
    later = moved(survivor, service(JWT_SECRET=NEW))
    assert (later.verify().status_code, later.refresh().status_code) == (204, 200)


def test_secrets_of_their_own_can_follow_the_one_for_both(user, service):
    split = service(JWT_SECRET=None, JWT_ACCESS_SECRET=NEW, JWT_REFRESH_SECRET=NEW_TOO, JWT_SECRET_PREVIOUS=SECRET)
    api = moved(user, split)
    assert (api.verify().status_code, api.refresh().status_code) == (204, 200)
    assert is_signed_with(api.access_token, NEW)
    assert is_signed_with(api.refresh_token, NEW_TOO)


def test_hosts_that_change_one_after_the_other_accept_each_others_tokens(service):
    early = service(JWT_SECRET=SECRET, JWT_SECRET_PREVIOUS=NEW)  # knows the next secret and does not use it yet
    late = service(**AFTER_THE_CHANGE)
    api = Api(late).registered().logged_in()
    for host in (early, late, early):
        api = moved(api, host)
        assert (api.verify().status_code, api.refresh().status_code) == (204, 200)


def test_logout_knows_the_tokens_of_the_previous_secret(survivor):
    assert survivor.logout().status_code == 200
    assert_one_shape(survivor.verify(), 401, "logout")


def test_an_expired_token_of_the_previous_secret_is_expired(survivor, clock):
    clock.advance(minutes=6)
    assert_one_shape(survivor.verify(), 401, "token_expired")


def test_views_under_flask_jwt_extended_accept_the_previous_secret_too(user, service):
    app = service(**AFTER_THE_CHANGE)
    app.add_url_rule("/extra", view_func=jwt_required()(lambda: {"who": get_jwt_identity()}), endpoint="extra")
    api = moved(user, app)
    assert api.get("/extra").json == {"who": user.user_id}
    api.refresh()
    assert api.get("/extra").json == {"who": user.user_id}
    forged = signed(claims_of(api.access_token), secret=STRANGE)
    assert_one_shape(api.get("/extra", headers={"Authorization": f"Bearer {forged}"}), 401, "invalid_token")
    assert_one_shape(api.http.get("/extra"), 401, "token_missing")


# a used token keeps its meaning


def test_a_repeat_after_the_change_lost_a_race_and_the_session_lives(user, service, clock):
    before = moved(user, service(REFRESH_GRACE="10s"))
    used = before.refresh_token
    assert before.refresh().status_code == 200
    after = service(REFRESH_GRACE="10s", **AFTER_THE_CHANGE)
    tab = moved(before, after)
    tab.refresh_token = used
    response = tab.refresh()
    assert_one_shape(response, 401, "refresh_superseded")
    assert "Set-Cookie" not in response.headers
    owner = moved(before, after)
    assert owner.refresh().status_code == 200


def test_a_refresh_made_after_the_change_with_a_token_from_before_can_be_repeated(user, service):
    after = service(REFRESH_GRACE="10s", **AFTER_THE_CHANGE)
    owner, tab = moved(user, after), moved(user, after)
    assert (owner.refresh().status_code, tab.refresh().status_code) == (200, 200)
    assert owner.refresh_token == tab.refresh_token
    assert is_signed_with(tab.refresh_token, NEW)


def test_a_replay_after_the_change_is_theft(user, service, clock):
    used = user.refresh_token
    user.refresh()
    thief = moved(user, service(**AFTER_THE_CHANGE))
    thief.refresh_token = used
    clock.advance(seconds=16)
    assert_one_shape(thief.refresh(), 401, "refresh_reused")


# the previous secret opens nothing that the present one would not


@pytest.mark.parametrize("claim", CLAIMS)
def test_each_claim_is_required_of_the_previous_secret_too(survivor, database, claim):
    token = signed(changed(claims_of(survivor.access_token), **{claim: REMOVED}))
    refused(survivor, database, f"Bearer {token}")


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS512"}, {"alg": "HS256", "crit": ["x"], "x": 1}],
    ids=["none", "HS512", "crit"],
)
def test_a_header_that_is_not_ours_is_refused_under_the_previous_secret_too(survivor, database, header):
    refused(survivor, database, f"Bearer {signed(claims_of(survivor.access_token), header)}")


@pytest.mark.parametrize(
    "change", [{"iss": "another"}, {"type": "refresh"}, {"exp": 2**32}, {"sub": "0" * 24}], ids=str
)
def test_claims_that_are_not_ours_are_refused_under_the_previous_secret_too(survivor, database, change):
    refused(survivor, database, f"Bearer {signed(changed(claims_of(survivor.access_token), **change))}")


def test_a_third_secret_is_refused(survivor, database):
    refused(survivor, database, f"Bearer {signed(claims_of(survivor.access_token), secret=STRANGE)}")


def test_a_refresh_token_that_was_never_handed_out_is_refused_whichever_secret_signed_it(survivor):
    for secret, code in ((SECRET, "refresh_reused"), (NEW, "reused_token")):
        forged = moved(survivor, survivor.http.application)
        forged.refresh_token = signed(changed(claims_of(survivor.refresh_token), jti="forged"), secret=secret)
        assert_one_shape(forged.refresh(), 401, code)


# after a leak


def test_without_the_previous_secret_everybody_has_to_log_in_again(user, service, database):
    api = moved(user, service(JWT_SECRET=NEW))
    refused(api, database, f"Bearer {api.access_token}")
    assert_one_shape(api.refresh(), 401, "invalid_token")
    assert api.login().status_code == 200
    assert api.verify().status_code == 204


# the configuration


def problems(**variables):
    with pytest.raises(ConfigurationError) as refusal:
        Settings.from_env(environment(**variables), dotenv=None)
    return refusal.value.problems


@pytest.mark.parametrize("secret", ["x", "a" * 64, SECRET[:31], "change-me"])
def test_a_weak_previous_secret_is_refused_outside_development(secret):
    [problem] = problems(JWT_SECRET_PREVIOUS=secret)
    assert problem.startswith("JWT_SECRET_PREVIOUS is weak")
    assert secret not in problem.removeprefix("JWT_SECRET_PREVIOUS is weak")
    read = Settings.from_env(environment(APP_ENV="development", JWT_SECRET_PREVIOUS=secret), dotenv=None)
    assert read.tokens.previous_secret == secret


@pytest.mark.parametrize("app_env", ["production", "development"])
@pytest.mark.parametrize(
    "present",
    [{"JWT_SECRET": NEW}, {"JWT_ACCESS_SECRET": NEW}, {"JWT_REFRESH_SECRET": NEW}],
    ids=lambda each: next(iter(each)),
)
def test_a_previous_secret_that_still_signs_is_refused(app_env, present):
    [problem] = problems(APP_ENV=app_env, JWT_SECRET_PREVIOUS=NEW, **present)
    assert problem == "JWT_SECRET_PREVIOUS must not be a secret that signs now"


def test_an_empty_previous_secret_is_none():
    assert Settings.from_env(environment(JWT_SECRET_PREVIOUS=" "), dotenv=None).tokens.previous_secret is None


def test_the_previous_secret_does_not_show_in_repr():
    assert NEW not in repr(Settings.from_env(environment(JWT_SECRET_PREVIOUS=NEW), dotenv=None))
