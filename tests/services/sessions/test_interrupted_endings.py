"""An ending that was interrupted: what is in use is out by then, and the next call goes on."""

from datetime import timedelta

import pytest

from auth_service.documents.session import EndReason
from auth_service.services.accounts.deletion import Deletion
from auth_service.services.audit.trail import Audit
from auth_service.services.codes.codes import Codes
from auth_service.services.sessions import active as active_sessions
from auth_service.services.sessions.active import BATCH, Scope
from auth_service.services.sessions.ending import SessionEnding
from auth_service.services.sessions.mass_ending import MassEnding
from tests.support.database.large_accounts import SESSIONS, active, clear, enlarge

HALF = SESSIONS // 2


class Interrupted(Exception):
    """The process died."""


class FullTrail(Audit):
    """An audit trail in which a process dies once its first batch is through."""

    def record_ended(self, session_ids, **more):
        raise Interrupted


@pytest.fixture
def account(user, new_api, database):
    """A user who uses two sessions, one opened first and one amid others that are idle."""
    enlarge(database, user.user_id, HALF)
    used = new_api().called(user.email)
    assert used.login().status_code == 200
    used.user_id = user.user_id
    enlarge(database, user.user_id, SESSIONS - HALF)
    yield user, used
    clear(database)


@pytest.fixture
def trail(clock):
    return FullTrail(clock=clock, retention=timedelta(days=1))


@pytest.fixture
def ending(clock, trail):
    return SessionEnding(clock=clock, audit=trail, history=timedelta(days=30))


def statuses(account):
    return [each.verify().status_code for each in account]


@pytest.mark.parametrize("reason", [EndReason.REVOKED_BY_USER, EndReason.REVOKED_BY_ADMIN, EndReason.PASSWORD_CHANGED])
def test_what_is_in_use_is_out_after_the_first_batch_and_the_next_ending_goes_on(
    account, ending, services, database, reason
):
    unended = active(database, account[0].user_id)
    owner = database.sessions.find_one({"sessionId": account[0].session_id})["userId"]
    with pytest.raises(Interrupted):
        ending.end_all(user_id=owner, reason=reason)
    assert statuses(account) == [401, 401]
    assert active(database, owner) == unended - BATCH
    assert services.session_lists.end_all(user_id=str(owner), reason=reason) == unended - BATCH
    assert active(database, owner) == 0


def test_the_spared_session_goes_on(account, ending, database):
    owner = database.sessions.find_one({"sessionId": account[0].session_id})["userId"]
    with pytest.raises(Interrupted):
        ending.end_all(user_id=owner, reason=EndReason.PASSWORD_CHANGED, scope=Scope(sparing=account[0].session_id))
    assert statuses(account) == [204, 401]


def test_where_those_in_use_cannot_be_found_in_time_all_end_all_the_same(account, database, monkeypatch):
    monkeypatch.setattr(active_sessions, "PATIENCE", 1e-6)
    unended = active(database, account[0].user_id)
    assert account[0].delete("/sessions").json["ended"] == unended - 1
    assert statuses(account) == [204, 401]


def test_a_deletion_takes_what_is_in_use_first_and_can_be_repeated(account, clock, trail, services, admin, database):
    user_id, codes = account[0].user_id, Codes(clock=clock, secrets=[])
    with pytest.raises(Interrupted):
        Deletion(clock=clock, codes=codes, audit=trail).delete(user_id=user_id, actor_id=user_id)
    assert statuses(account) == [401, 401]
    assert admin.get(f"/users/{user_id}").status_code == 200
    services.deletion.delete(user_id=user_id, actor_id=user_id)
    assert admin.get(f"/users/{user_id}").status_code == 404
    assert active(database, user_id) == 0


def test_ending_the_sessions_of_all_goes_on(account, clock, ending, operations, database, db_url):
    unended = active(database, account[0].user_id)
    with pytest.raises(Interrupted):
        MassEnding(clock=clock, ending=ending, url=db_url).end_all()
    assert operations.mass_ending.end_all() == unended - BATCH
    assert statuses(account) == [401, 401]
