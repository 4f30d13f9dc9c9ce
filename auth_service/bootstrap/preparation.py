"""What makes a database ready for this service, at every start and again when it comes late."""

import logging
from collections.abc import Sequence

from auth_service.clock import Clock
from auth_service.database import indexes, transactions
from auth_service.database.migrations import Migrations
from auth_service.errors import InvalidRequest
from auth_service.services.accounts.seeding import Seeding
from auth_service.services.tokens.published_keys import PublishedKeys
from auth_service.services.tokens.signing_secrets import SigningSecrets
from auth_service.settings.accounts import AdminSettings
from auth_service.settings.settings import Settings

log = logging.getLogger(__name__)


class Preparation:
    """Indexes, migrations of an empty database, what signs tokens, the first admin: each once, or again."""

    def __init__(
        self,
        *,
        migrations: Migrations,
        seeding: Seeding,
        signing_secrets: SigningSecrets,
        published_keys: PublishedKeys,
        admin: AdminSettings,
    ) -> None:
        self.migrations = migrations
        self._seeding = seeding
        self._signing_secrets = signing_secrets
        self._published_keys = published_keys
        self._admin = admin

    def run(self) -> None:
        """Do what is missing.

        Raises:
            pymongo.errors.PyMongoError: the database does not answer, or cannot run transactions.
        """
        transactions.require_transactions()
        indexes.ensure_small_indexes()
        self.migrations.settle()
        self._signing_secrets.record()
        self._published_keys.record()
        self._seed_admin()

    def _seed_admin(self) -> None:
        """Create the first admin while there is none. Whatever refuses it, the service is ready without it."""
        admin = self._admin
        if not (admin.seed_on_start and admin.email and admin.password) or self._seeding.first_admin():
            return
        try:
            seeded = self._seeding.seed_admin(email=admin.email, password=admin.password)
        except InvalidRequest as error:
            log.error("the first admin was not created: %s", error)
            return
        if not seeded.is_admin:
            log.warning(
                "ADMIN_EMAIL is a plain user's, who stays one: see `.venv/bin/python -m auth_service users role --help`"
            )


def build_preparation(settings: Settings, *, clock: Clock, seeding: Seeding, key_ids: Sequence[str]) -> Preparation:
    """The preparation of the database of these settings, by a process with these keys."""
    return Preparation(
        migrations=Migrations(clock=clock, url=settings.database.url),
        seeding=seeding,
        signing_secrets=SigningSecrets(clock=clock, settings=settings.tokens),
        published_keys=PublishedKeys(clock=clock, ids=key_ids),
        admin=settings.admin,
    )
