"""Wires the tokens: their form, their rotation, and what a used one means."""

from dataclasses import dataclass
from datetime import timedelta

from auth_service.bootstrap.sessions import Sessions
from auth_service.clock import Clock
from auth_service.services.audit.trail import Audit
from auth_service.services.imports.tokens import ImportedTokens
from auth_service.services.mail.notices import Notices
from auth_service.services.tokens.codec import TokenCodec
from auth_service.services.tokens.key_file import KeyFileUnusable, read
from auth_service.services.tokens.public_form import PublicForm
from auth_service.services.tokens.replays import Replays
from auth_service.services.tokens.rotation import Rotation
from auth_service.services.tokens.signing_keys import SigningKeys
from auth_service.settings.environment import ConfigurationError
from auth_service.settings.sessions import TokenSettings
from auth_service.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Tokens:
    """The objects of the room `services/tokens`, and the tokens of an imported service; no keys without a file."""

    keys: SigningKeys | None
    codec: TokenCodec
    replays: Replays
    rotation: Rotation
    imported: ImportedTokens


def build_tokens(settings: Settings, *, clock: Clock, audit: Audit, notices: Notices, sessions: Sessions) -> Tokens:
    """One codec for both kinds of token.

    Raises:
        ConfigurationError: the file of keys cannot be used.
    """
    group, access, keys = settings.tokens, sessions.access, read_keys(settings.tokens)
    codec = TokenCodec(
        settings=group, issuer=settings.service.name, clock=clock, public=_public_form(settings, keys) if keys else None
    )
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
    return Tokens(keys=keys, codec=codec, replays=replays, rotation=rotation, imported=imported)


def read_keys(settings: TokenSettings) -> SigningKeys | None:
    """The keys of `JWT_KEYS_FILE`; `None` where it is not set.

    Raises:
        ConfigurationError: the file cannot be used.
    """
    if not settings.keys_file:
        return None
    try:
        return SigningKeys(read(settings.keys_file))
    except KeyFileUnusable as error:
        raise ConfigurationError([f"JWT_KEYS_FILE {error}"]) from None


def _public_form(settings: Settings, keys: SigningKeys) -> PublicForm:
    """Access tokens of these keys; `rules` has seen to it that there is an issuer."""
    issuer = settings.service.public_url or ""
    return PublicForm(
        keys=keys,
        issuer=issuer,
        audience=settings.tokens.audience or issuer,
        client_id=settings.service.name,
        lifetime=settings.tokens.access_lifetime,
    )
