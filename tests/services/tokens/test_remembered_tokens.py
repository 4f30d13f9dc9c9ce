"""The claims of a genuine access token are remembered, and nothing else is: each request is judged anew."""

import pytest

from auth_service.clock import SystemClock
from auth_service.errors import InvalidToken, TokenExpired
from auth_service.services.tokens import codec as web_tokens
from auth_service.services.tokens.codec import TokenCodec
from auth_service.settings.settings import Settings
from tests.support.keys.authenticated import AUTHENTICATED
from tests.support.settings import SECRET, environment

OTHER_SECRET = "another-secret-of-the-same-length-0123456789-abcd"
SUB, SID = "0" * 24, "a" * 32


def tokens_of(secret=SECRET, clock=None, **variables):
    settings = Settings.from_env(environment(JWT_SECRET=secret, **variables), dotenv=None)
    return TokenCodec(settings=settings.tokens, issuer=settings.service.name, clock=clock or SystemClock())


def remembered(tokens):
    return tokens._genuine_access.cache_info()


def test_a_token_is_decoded_once(user, app):
    tokens = app.extensions["auth_service"].services.codec
    user.verify()
    before = remembered(tokens)
    assert [user.verify().status_code for _ in range(3)] == [204] * 3
    after = remembered(tokens)
    assert (after.hits - before.hits, after.misses - before.misses) == (3, 0)


def test_a_remembered_token_is_refused_once_its_session_has_ended(user, database, clock):
    assert user.verify().status_code == 204
    database.sessions.update_one({}, {"$set": {"endedAt": clock.now(), "reason": "revoked_by_admin"}})
    assert (user.verify().status_code, user.verify().json["code"]) == (401, "revoked_by_admin")


def test_a_remembered_token_is_refused_after_logging_out(user):
    assert user.verify().status_code == 204
    user.logout()
    assert user.verify().json["code"] == "logout"


def test_a_remembered_token_brings_the_role_of_now(admin, user):
    assert user.verify().headers["X-Auth-Role"] == "user"
    assert admin.put(f"/users/{user.user_id}/admin").status_code == 200
    assert user.verify().headers["X-Auth-Role"] == "admin"


def test_a_remembered_token_is_refused_when_it_has_expired(user, clock):
    assert user.verify().status_code == 204
    clock.advance(minutes=5)
    assert user.verify().json["code"] == "token_expired"


def test_a_remembered_token_is_refused_when_it_comes_from_the_future(clock):
    tokens = tokens_of(clock=clock)
    token = tokens.encode_access(sub=SUB, sid=SID, authentication=AUTHENTICATED)
    tokens.verify_access(token)
    clock.advance(minutes=-1)
    with pytest.raises(InvalidToken):
        tokens.verify_access(token)
    clock.reset()


def test_refusals_are_not_remembered():
    tokens = tokens_of()
    forged = tokens_of(OTHER_SECRET).encode_access(sub=SUB, sid=SID, authentication=AUTHENTICATED)
    for text in (forged, "a.b.c", "x" * 5000) * 2:
        with pytest.raises(InvalidToken):
            tokens.verify_access(text)
    assert remembered(tokens).currsize == 0


def test_an_expired_token_stays_expired_whoever_may_still_read_it(clock):
    tokens = tokens_of(clock=clock)
    token = tokens.encode_access(sub=SUB, sid=SID, authentication=AUTHENTICATED)
    clock.advance(minutes=6)
    assert tokens.verify_access(token, even_expired=True).sid == SID
    with pytest.raises(TokenExpired):
        tokens.verify_access(token)
    clock.reset()


def test_a_refresh_token_is_neither_remembered_nor_taken_for_an_access_token(user, app):
    tokens = app.extensions["auth_service"].services.codec
    before = remembered(tokens).currsize
    refresh_token = user.refresh_token
    assert tokens.verify_refresh(refresh_token).sub == user.user_id
    with pytest.raises(InvalidToken):
        tokens.verify_access(refresh_token)
    assert remembered(tokens).currsize == before


def test_only_so_many_are_remembered(monkeypatch):
    monkeypatch.setattr(web_tokens, "REMEMBERED", 8)
    tokens = tokens_of()
    for _ in range(40):
        tokens.verify_access(tokens.encode_access(sub=SUB, sid=SID, authentication=AUTHENTICATED))
    assert remembered(tokens).currsize == 8


def test_applications_share_nothing(app, app_with):
    first, second = (app_with(JWT_SECRET=key).extensions["auth_service"].services for key in (SECRET, OTHER_SECRET))
    token = first.codec.encode_access(sub=SUB, sid=SID, authentication=AUTHENTICATED)
    assert first.codec.verify_access(token).sid == SID
    with pytest.raises(InvalidToken):
        second.codec.verify_access(token)


def test_a_token_of_the_previous_secret_is_refused_where_that_is_given_up():
    token = tokens_of(OTHER_SECRET).encode_access(sub=SUB, sid=SID, authentication=AUTHENTICATED)
    assert tokens_of(JWT_SECRET_PREVIOUS=OTHER_SECRET).verify_access(token).sid == SID
    with pytest.raises(InvalidToken):
        tokens_of().verify_access(token)
