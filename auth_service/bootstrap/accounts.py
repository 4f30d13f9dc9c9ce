"""Wires what makes, finds, changes and deletes accounts."""

from dataclasses import dataclass

from auth_service.bootstrap.core import Core
from auth_service.services.accounts.api_keys import APIKeys
from auth_service.services.accounts.creation import Creation
from auth_service.services.accounts.deletion import Deletion
from auth_service.services.accounts.directory import Directory
from auth_service.services.accounts.email.change import EmailChanges
from auth_service.services.accounts.email.verification import EmailVerification
from auth_service.services.accounts.export import Exports
from auth_service.services.accounts.invitations import Invitations
from auth_service.services.accounts.password.change import PasswordChanges
from auth_service.services.accounts.password.reset import PasswordResets
from auth_service.services.accounts.registration import Registration
from auth_service.services.accounts.roles import Roles
from auth_service.services.accounts.security import AccountSecurity
from auth_service.services.accounts.seeding import Seeding
from auth_service.services.accounts.suspension import Suspension
from auth_service.services.accounts.verified_registration import VerifiedRegistration
from auth_service.settings.accounts import OPEN
from auth_service.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Accounts:
    """The objects of the room `services/accounts`."""

    creation: Creation
    registration: Registration
    verified_registration: VerifiedRegistration
    invitations: Invitations
    directory: Directory
    roles: Roles
    deletion: Deletion
    suspension: Suspension
    api_keys: APIKeys
    exports: Exports
    password_changes: PasswordChanges
    account_security: AccountSecurity
    password_resets: PasswordResets
    email_verification: EmailVerification
    email_changes: EmailChanges
    seeding: Seeding


def build_accounts(settings: Settings, core: Core) -> Accounts:
    """Each change of an account reaches its sessions by the same objects."""
    clock, audit = core.clock, core.audit
    passwords, policy = core.credentials.passwords, core.credentials.policy
    creation = Creation(clock=clock, policy=policy, passwords=passwords, audit=audit)
    directory, is_open = Directory(), settings.registration.mode == OPEN
    return Accounts(
        creation=creation,
        registration=Registration(creation=creation, is_open=is_open),
        verified_registration=_verified_registration(core, creation, is_open=is_open),
        invitations=_invitations(core, creation),
        directory=directory,
        roles=Roles(clock=clock, audit=audit, sessions=settings.sessions),
        deletion=Deletion(clock=clock, codes=core.codes, audit=audit),
        suspension=Suspension(clock=clock, ending=core.sessions.ending, notices=core.notices, audit=audit),
        exports=Exports(notices=core.notices, audit=audit),
        api_keys=APIKeys(keys=core.sessions.keys, access=core.sessions.access, notices=core.notices, audit=audit),
        password_changes=_password_changes(core),
        account_security=AccountSecurity(clock=clock, codes=core.codes, freshness=core.freshness),
        password_resets=_password_resets(core),
        email_verification=EmailVerification(clock=clock, codes=core.codes, mails=core.mails, audit=audit),
        email_changes=_email_changes(core),
        seeding=Seeding(directory=directory, creation=creation),
    )


def _verified_registration(core: Core, creation: Creation, *, is_open: bool) -> VerifiedRegistration:
    return VerifiedRegistration(
        creation=creation,
        codes=core.codes,
        mails=core.mails,
        policy=core.credentials.policy,
        passwords=core.credentials.passwords,
        is_open=is_open,
    )


def _invitations(core: Core, creation: Creation) -> Invitations:
    return Invitations(
        clock=core.clock,
        creation=creation,
        codes=core.codes,
        policy=core.credentials.policy,
        passwords=core.credentials.passwords,
        mails=core.mails,
        audit=core.audit,
    )


def _password_changes(core: Core) -> PasswordChanges:
    return PasswordChanges(
        clock=core.clock,
        policy=core.credentials.policy,
        passwords=core.credentials.passwords,
        access=core.sessions.access,
        ending=core.sessions.ending,
        rotation=core.tokens.rotation,
        own_password=core.own_password,
        notices=core.notices,
        audit=core.audit,
    )


def _password_resets(core: Core) -> PasswordResets:
    return PasswordResets(
        clock=core.clock,
        codes=core.codes,
        policy=core.credentials.policy,
        passwords=core.credentials.passwords,
        ending=core.sessions.ending,
        mails=core.mails,
        notices=core.notices,
        audit=core.audit,
    )


def _email_changes(core: Core) -> EmailChanges:
    return EmailChanges(
        clock=core.clock,
        codes=core.codes,
        mails=core.mails,
        access=core.sessions.access,
        ending=core.sessions.ending,
        rotation=core.tokens.rotation,
        notices=core.notices,
        audit=core.audit,
    )
