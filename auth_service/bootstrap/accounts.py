"""Wires what makes, finds, changes and deletes accounts."""

from dataclasses import dataclass

from auth_service.bootstrap.core import Core
from auth_service.services.accounts.deletion import Deletion
from auth_service.services.accounts.directory import Directory
from auth_service.services.accounts.password_change import PasswordChanges
from auth_service.services.accounts.registration import Registration
from auth_service.services.accounts.roles import Roles
from auth_service.services.accounts.seeding import Seeding
from auth_service.services.accounts.suspension import Suspension
from auth_service.settings.sessions import SessionSettings


@dataclass(frozen=True, slots=True)
class Accounts:
    """The objects of the room `services/accounts`."""

    registration: Registration
    directory: Directory
    roles: Roles
    deletion: Deletion
    suspension: Suspension
    password_changes: PasswordChanges
    seeding: Seeding


def build_accounts(settings: SessionSettings, core: Core) -> Accounts:
    """Each change of an account reaches its sessions by the same objects."""
    clock, audit = core.clock, core.audit
    passwords, policy = core.credentials.passwords, core.credentials.policy
    registration = Registration(clock=clock, policy=policy, passwords=passwords, audit=audit)
    directory = Directory()
    password_changes = PasswordChanges(
        clock=clock,
        policy=policy,
        passwords=passwords,
        access=core.sessions.access,
        ending=core.sessions.ending,
        rotation=core.tokens.rotation,
        throttle=core.protection.throttle,
        audit=audit,
    )
    return Accounts(
        registration=registration,
        directory=directory,
        roles=Roles(clock=clock, audit=audit, sessions=settings),
        deletion=Deletion(clock=clock, audit=audit),
        suspension=Suspension(clock=clock, ending=core.sessions.ending, audit=audit),
        password_changes=password_changes,
        seeding=Seeding(directory=directory, registration=registration),
    )
