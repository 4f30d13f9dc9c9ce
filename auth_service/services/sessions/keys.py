"""API keys: sessions of programs. Each request presents the key itself, so there is nothing to refresh."""

from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_urlsafe
from typing import cast

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.documents.records import SessionRecord, UserRecord
from auth_service.documents.session import KEY, Session
from auth_service.services.origin.client import Client
from auth_service.services.sessions import key_form
from auth_service.services.sessions.active import KEYS, is_active, unended
from auth_service.services.sessions.opening import SessionOpening

MOST_KEYS = 20  # of one user


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new key's session, and what its program presents; it is shown once and never stored."""

    session: SessionRecord
    secret: str = field(repr=False)


class SessionKeys:
    """Drafts the sessions of keys, and counts them."""

    def __init__(self, *, opening: SessionOpening) -> None:
        self._opening = opening

    def draft(self, *, user: UserRecord, name: str, lifetime: timedelta, client: Client) -> NewKey:
        """A new key of `user` that works for `lifetime`, however little it is used; not yet stored."""
        session, secret = self._opening.draft(user=user, client=client), token_urlsafe(32)
        expires_at = session["createdAt"] + lifetime
        kept = session["purgeAt"] - session["absoluteExpiresAt"]
        limits = {"expiresAt": expires_at, "absoluteExpiresAt": expires_at, "purgeAt": expires_at + kept}
        described = {"kind": KEY, "name": name, "keyHash": key_form.digest(secret)}
        record = cast(SessionRecord, {**session, **limits, **described})
        return NewKey(session=record, secret=key_form.written(session["sessionId"], secret))

    def admit(self, key: NewKey, *, transaction: ClientSession) -> bool:
        """Store a key, unless the user has `MOST_KEYS` active ones; whether it was stored.

        The caller must have written the user's document in the same transaction, which makes the bound exact.
        """
        user_id: ObjectId = key.session["userId"]
        read = unended(user_id, limit=MOST_KEYS, scope=KEYS, transaction=transaction)
        now = key.session["createdAt"]
        if len([each for each in read if is_active(each, now)]) >= MOST_KEYS:
            return False
        Session._get_collection().insert_one(key.session, session=transaction)
        return True
