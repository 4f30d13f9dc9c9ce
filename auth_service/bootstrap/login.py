"""Wires the steps of a login, the confirmation of one, and the logout."""

from dataclasses import dataclass

from auth_service.bootstrap.core import Core
from auth_service.bootstrap.factors import Factors
from auth_service.monitoring.metrics import Metrics
from auth_service.services.login.confirmation import Confirmation
from auth_service.services.login.logins import Logins
from auth_service.services.login.logout import Logout
from auth_service.services.login.opening import OpeningStep
from auth_service.services.login.passkey import PasskeyStep
from auth_service.services.login.password import PasswordStep
from auth_service.services.login.second_factor import SecondFactorStep
from auth_service.services.login.ticket import Tickets


@dataclass(frozen=True, slots=True)
class Login:
    """The objects of the room `services/login`."""

    logins: Logins
    logout: Logout
    confirmation: Confirmation


def build_login(core: Core, factors: Factors, *, metrics: Metrics) -> Login:
    """The steps in the order they are taken."""
    password = PasswordStep(
        passwords=core.credentials.passwords,
        throttle=core.protection.throttle,
        rate_limits=core.protection.rate_limits,
        audit=core.audit,
    )
    tokens, sessions = core.tokens, core.sessions
    opening = OpeningStep(
        opening=sessions.opening, rotation=tokens.rotation, replays=tokens.replays, notices=core.notices
    )
    return Login(
        logins=Logins(
            password=password,
            second_factor=SecondFactorStep(
                tickets=Tickets(clock=core.clock, secrets=core.secrets),
                tries=factors.tries,
                verification=factors.verification,
                party=factors.party,
                audit=core.audit,
            ),
            passkey=PasskeyStep(verification=factors.verification, party=factors.party, audit=core.audit),
            opening=opening,
            audit=core.audit,
        ),
        logout=Logout(codec=tokens.codec, replays=tokens.replays, ending=sessions.ending, metrics=metrics),
        confirmation=Confirmation(
            access=sessions.access,
            freshness=core.freshness,
            own_password=core.own_password,
            verification=factors.verification,
            party=factors.party,
            tries=factors.tries,
            audit=core.audit,
        ),
    )
