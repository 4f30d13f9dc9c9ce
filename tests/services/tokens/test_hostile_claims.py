"""Access tokens with a genuine signature and other claims: each is 401 with one constant body."""

import pytest

from tests.support.tokens import CLAIMS, LIFETIME, REMOVED, changed, claims_of, refused, signed

NOT_TEXT = [None, True, 5, 1.5, [], ["x"], {}, {"$ne": None}, {"$gt": ""}, ""]
NO_TIMES = [None, True, False, "", "9999999999", "soon", 1.5, 9999999999.5, -1, -(2**63), 2**33, 2**63, 10**300, [], {}]


@pytest.fixture
def claims(user):
    return claims_of(user.access_token)


def test_a_token_has_exactly_the_seven_claims(claims):
    assert set(claims) == set(CLAIMS)
    assert (claims["iss"], claims["type"], claims["exp"] - claims["iat"]) == ("auth_service", "access", LIFETIME)


# the claims


@pytest.mark.parametrize("claim", CLAIMS)
def test_each_claim_is_required(user, database, claims, claim):
    refused(user, database, f"Bearer {signed(changed(claims, **{claim: REMOVED}))}")


@pytest.mark.parametrize("claim", ["iss", "sub", "sid", "type"])
@pytest.mark.parametrize("value", NOT_TEXT, ids=repr)
def test_a_claim_of_text_must_be_text(user, database, claims, claim, value):
    refused(user, database, f"Bearer {signed(changed(claims, **{claim: value}))}")


@pytest.mark.parametrize("value", [value for value in NOT_TEXT if value != ""], ids=repr)
def test_a_tokens_own_name_must_be_text(user, database, claims, value):
    refused(user, database, f"Bearer {signed(changed(claims, jti=value))}")


@pytest.mark.parametrize("claim", ["iat", "exp"])
@pytest.mark.parametrize("value", NO_TIMES, ids=repr)
def test_a_time_must_be_a_whole_number_of_seconds(user, database, claims, claim, value):
    refused(user, database, f"Bearer {signed(changed(claims, **{claim: value}))}")


@pytest.mark.parametrize("claim", ["iat", "exp"])
def test_a_time_that_is_a_float_of_the_right_value_is_refused(user, database, claims, claim):
    refused(user, database, f"Bearer {signed(changed(claims, **{claim: float(claims[claim])}))}")


@pytest.mark.parametrize(
    "text", ["[]", "null", "5", '"x"', "{", "", "{}", "[" * 1000, '{"exp": NaN}', '{"exp": 1e999}']
)
def test_claims_that_are_no_object_are_refused(user, database, text):
    refused(user, database, f"Bearer {signed(text)}")


@pytest.mark.parametrize("issuer", ["auth_servic", "auth_service2", "AUTH_SERVICE", "https://attacker.example", "*"])
def test_a_foreign_issuer_is_refused(user, database, claims, issuer):
    refused(user, database, f"Bearer {signed(changed(claims, iss=issuer))}")


@pytest.mark.parametrize("kind", ["refresh", "Access", "", "reset", "id"])
def test_another_type_of_token_is_refused(user, database, claims, kind):
    refused(user, database, f"Bearer {signed(changed(claims, type=kind))}")


def test_a_token_from_the_future_is_refused(user, database, claims):
    later = changed(claims, iat=claims["iat"] + 60, exp=claims["exp"] + 60)
    refused(user, database, f"Bearer {signed(later)}")


@pytest.mark.parametrize("longer", [1, 3600, 10 * 365 * 86400])
def test_a_token_that_lives_longer_than_configured_is_refused(user, database, claims, longer):
    refused(user, database, f"Bearer {signed(changed(claims, exp=claims['exp'] + longer))}")


@pytest.mark.parametrize(("seconds", "status"), [(5, 204), (6, 401)])
def test_a_clock_that_runs_ahead_is_forgiven_five_seconds(user, claims, clock, seconds, status):
    clock.freeze()
    now = int(clock.now().timestamp())
    token = signed(changed(claims, iat=now + seconds, exp=now + seconds + LIFETIME))
    assert user.verify(headers={"Authorization": f"Bearer {token}"}).status_code == status


def test_a_token_that_expires_before_it_was_issued_is_refused(user, claims):
    token = signed(changed(claims, iat=claims["iat"], exp=claims["iat"] - 1))
    assert user.verify(headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_not_yet_valid_is_refused(user, database, claims):
    refused(user, database, f"Bearer {signed(changed(claims, nbf=claims['exp'] - 1))}")


def test_a_token_for_another_audience_is_refused(user, database, claims):
    refused(user, database, f"Bearer {signed(changed(claims, aud='another-service'))}")


def test_another_users_id_with_ones_own_session_is_refused(user, admin, database, claims):
    refused(user, database, f"Bearer {signed(changed(claims, sub=admin.user_id))}")
    refused(user, database, f"Bearer {signed(changed(claims, sub=admin.user_id))}", path="/users")


@pytest.mark.parametrize("sub", ["x", "0" * 23, "0" * 25, "A" * 24, "g" * 24, "0" * 24 + "\n", "\u0660" * 24])
def test_a_subject_that_is_no_user_id_is_refused(user, database, claims, sub):
    refused(user, database, f"Bearer {signed(changed(claims, sub=sub))}")


@pytest.mark.parametrize("sid", ["0" * 32, "x", "$ne", "\u0000", "\ud800", "x" * 500])
def test_a_session_that_does_not_exist_is_refused(user, database, claims, sid):
    refused(user, database, f"Bearer {signed(changed(claims, sid=sid))}")
