"""Wires the tokens: their form, their rotation, and what a used one means."""

from dataclasses import dataclass
from datetime import timedelta

from auth_service.bootstrap.sessions import Sessions
from auth_service.clock import Clock
from auth_service.services.audit.trail import Audit
from auth_service.services.imports.tokens import ImportedTokens
from auth_service.services.mail.notices import Notices
from auth_service.services.tokens.codec import TokenCodec
from auth_service.services.tokens.replays import Replays
from auth_service.services.tokens.rotation import Rotation
from auth_service.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Tokens:
    """The objects of the room `services/tokens`, and the tokens of an imported service."""

    codec: TokenCodec
    replays: Replays
    rotation: Rotation
    imported: ImportedTokens


def build_tokens(settings: Settings, *, clock: Clock, audit: Audit, notices: Notices, sessions: Sessions) -> Tokens:
    """One codec for both kinds of token."""
    group, access = settings.tokens, sessions.access
    codec = TokenCodec(settings=group, issuer=settings.service.name, clock=clock)
    replays = Replays(
        clock=clock,
        codec=codec,
        access=access,
        ending=sessions.ending,
        notices=notices,
        audit=audit,
        window=group.race_window,
        grace=group.grace,
    )
    rotation = Rotation(
        clock=clock,
        codec=codec,
        access=access,
        replays=replays,
        audit=audit,
        lifetime=group.refresh_lifetime,
        window=group.race_window,
        key=group.refresh_secret.encode(),
    )
    period = timedelta(days=settings.imports.accept_days)
    imported = ImportedTokens(period=period, secret=settings.imports.secret)
    return Tokens(codec=codec, replays=replays, rotation=rotation, imported=imported)
