"""Wires the protection against abuse: rate limits, and delays after wrong passwords."""

from dataclasses import dataclass

from auth_service.clock import Clock
from auth_service.services.protection.counters import open_counters
from auth_service.services.protection.login_throttle import LoginThrottle, NullLoginThrottle
from auth_service.services.protection.rate_limits import NullRateLimits, RateLimits
from auth_service.settings.protection import RateLimitSettings


@dataclass(frozen=True, slots=True)
class Protection:
    """The objects of the room `services/protection`."""

    rate_limits: RateLimits
    throttle: LoginThrottle


def build_protection(settings: RateLimitSettings, *, clock: Clock) -> Protection:
    """Null objects where the settings switch a protection off."""
    return Protection(
        rate_limits=_rate_limits(settings),
        throttle=LoginThrottle(clock=clock) if settings.login_delay else NullLoginThrottle(clock=clock),
    )


def _rate_limits(settings: RateLimitSettings) -> RateLimits:
    if not settings.enabled:
        return NullRateLimits()
    return RateLimits(storage=open_counters(settings.storage_url), settings=settings)
