"""Wires second factors and passkeys; without their settings, what refuses them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auth_service.bootstrap.core import Core
from auth_service.services.credentials.challenges import Challenges
from auth_service.services.credentials.sealing import seal_by
from auth_service.services.factors.app_enrolment import AppEnrolment
from auth_service.services.factors.changes import FactorChanges
from auth_service.services.factors.enrolment import Enrolment
from auth_service.services.factors.keeping import FactorKeeping
from auth_service.services.factors.passkey_enrolment import PasskeyEnrolment
from auth_service.services.factors.requirement import Requirement
from auth_service.services.factors.verification import FactorVerification
from auth_service.services.protection.factor_tries import FactorTries
from auth_service.settings.settings import Settings

if TYPE_CHECKING:
    from auth_service.services.credentials.passkeys import Passkeys
    from auth_service.services.credentials.relying_party import RelyingParty


@dataclass(frozen=True, slots=True)
class Factors:
    """The objects of the room `services/factors`, and the counters of tries."""

    requirement: Requirement
    tries: FactorTries
    party: "RelyingParty | None"
    verification: FactorVerification
    app_enrolment: AppEnrolment
    passkey_enrolment: PasskeyEnrolment
    keeping: FactorKeeping


def build_factors(settings: Settings, core: Core) -> Factors:
    """All changes of factors go one way."""
    clock, audit, notices, access = core.clock, core.audit, core.notices, core.sessions.access
    requirement, tries = Requirement(settings.factors.required_for), FactorTries(clock=clock)
    seal = seal_by(settings.factors.key, settings.factors.previous_key)
    party, passkeys = _passkeys(settings, core)
    changes = FactorChanges(clock=clock, ending=core.sessions.ending, audit=audit)
    verification = FactorVerification(clock=clock, seal=seal, passkeys=passkeys, notices=notices, audit=audit)
    enrolment = Enrolment(
        clock=clock, changes=changes, access=access, rotation=core.tokens.rotation, notices=notices, audit=audit
    )
    return Factors(
        requirement=requirement,
        tries=tries,
        party=party,
        verification=verification,
        app_enrolment=AppEnrolment(
            clock=clock,
            issuer=settings.service.name,
            seal=seal,
            enrolment=enrolment,
            verification=verification,
            audit=audit,
        ),
        passkey_enrolment=PasskeyEnrolment(party=party, passkeys=passkeys, enrolment=enrolment),
        keeping=FactorKeeping(requirement=requirement, changes=changes, access=access, notices=notices, audit=audit),
    )


def _passkeys(settings: Settings, core: Core) -> "tuple[RelyingParty, Passkeys] | tuple[None, None]":
    """Import the library of passkeys, 2.2 MiB of memory in each worker, only where there are any."""
    host, origin = settings.service.passkey_host, settings.service.public_url
    if not settings.factors.enabled or host is None or origin is None:
        return None, None
    from auth_service.services.credentials.passkeys import Passkeys  # noqa: PLC0415
    from auth_service.services.credentials.relying_party import RelyingParty  # noqa: PLC0415

    challenges = Challenges(clock=core.clock, secrets=core.secrets)
    party = RelyingParty(name=settings.service.name, host=host, origin=origin, challenges=challenges)
    return party, Passkeys(party=party)
