"""The last step of a login: opens the session and records it on the account, in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pymongo.client_session import ClientSession

from auth_service.database.transactions import transaction
from auth_service.documents.records import SessionRecord, UserRecord
from auth_service.documents.session import EndReason
from auth_service.services.accounts.versions import update_unchanged
from auth_service.services.credentials.factors import Use
from auth_service.services.login.attempt import Browser, Login
from auth_service.services.login.user_locks import user_lock
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.notices import Notices, origin_of
from auth_service.services.origin import unusual_sessions
from auth_service.services.protection import known_devices
from auth_service.services.sessions.opening import SessionOpening
from auth_service.services.tokens.replays import Owner, Replays
from auth_service.services.tokens.rotation import Rotation


class OpeningStep:
    """Opens the session of a user whose credentials were checked."""

    def __init__(self, *, opening: SessionOpening, rotation: Rotation, replays: Replays, notices: Notices) -> None:
        self._opening = opening
        self._rotation = rotation
        self._replays = replays
        self._notices = notices

    def open(
        self,
        user: UserRecord,
        browser: Browser,
        *,
        amr: Sequence[str],
        changes: Mapping[str, Any] = MappingProxyType({}),
        uses: Sequence[Use] = (),
        also: Callable[[ClientSession], None] | None = None,
    ) -> Login:
        """Open a session, set `changes` on the account, and end the sessions of the presented refresh tokens.

        `amr` is how the user proved who they are (RFC 8176). In the same transaction `uses` are used up, and `also` is
        called, if given.

        Raises:
            AccountChanged: the account changed since `user` was read.
            DatabaseUnavailable: the transaction kept conflicting with others.
            ServiceError: something of `uses` was used, or what `also` raised; no session was opened.
        """
        replaced = self._replaced_sessions(user, browser)
        replacing = {session_id: owner.reason for session_id, owner in replaced.items()}
        session = self._opening.draft(user=user, client=browser.client)
        grant = self._rotation.issue(session=session)
        device = known_devices.remember(user, browser.device)
        session["amr"] = list(amr)
        update = _seen(user, session, changes)

        def work(running: ClientSession) -> Login:
            update_unchanged(user, update, transaction=running, uses=uses)
            if also:
                also(running)
            ended = self._opening.admit(session, replacing=replacing, transaction=running)
            stolen = [replaced[each].session for each, reason in ended.items() if reason is EndReason.REUSED_TOKEN]
            self._notify(session, stolen, running)
            return Login(user=user, session=session, grant=grant, ended=ended, device=device)

        with user_lock(user["_id"]):
            return transaction(work)

    def _notify(self, session: SessionRecord, stolen: Sequence[SessionRecord], running: ClientSession) -> None:
        """Tell the user what is unusual about the new `session`, and which ones were `stolen`."""
        about = [(Kind(mark), session) for mark in session["unusual"]]
        about += [(Kind.SESSION_STOLEN, each) for each in stolen]
        for kind, each in about:
            self._notices.put(kind, user_id=each["userId"], origin=origin_of(each), transaction=running)

    def _replaced_sessions(self, user: UserRecord, browser: Browser) -> dict[str, Owner]:
        """Which sessions end, by id, and why: those that the browser has a token of; the latest token decides."""
        owners: dict[str, Owner] = {}
        for token in browser.refresh_tokens:
            if owner := self._replays.owner_of(token, user_id=user["_id"]):
                owners.setdefault(owner.session_id, owner)
        return owners


def _seen(user: UserRecord, session: SessionRecord, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Mark what is unusual about `session`; the update of its account, with `changes`."""
    sighting = unusual_sessions.assess(user, session)
    session["unusual"] = [mark.value for mark in sighting.unusual]
    update: dict[str, Any] = {"$set": {"lastLoginAt": session["createdAt"], **changes, **sighting.fields}}
    if sighting.pushes:
        update["$push"] = sighting.pushes
    return update
