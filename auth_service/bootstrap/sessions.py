"""Wires what opens, verifies, lists and ends sessions."""

from dataclasses import dataclass
from datetime import timedelta

from auth_service.clock import Clock
from auth_service.geo.places import Places
from auth_service.services.audit.trail import Audit
from auth_service.services.sessions.access import SessionAccess
from auth_service.services.sessions.ending import SessionEnding
from auth_service.services.sessions.lists import SessionLists
from auth_service.services.sessions.opening import SessionOpening
from auth_service.settings.sessions import SessionSettings


@dataclass(frozen=True, slots=True)
class Sessions:
    """The objects of the room `services/sessions`."""

    access: SessionAccess
    opening: SessionOpening
    ending: SessionEnding
    lists: SessionLists


def build_sessions(settings: SessionSettings, *, clock: Clock, audit: Audit, places: Places) -> Sessions:
    """All of them end sessions by the same object."""
    ending = SessionEnding(clock=clock, audit=audit, history=timedelta(days=settings.history_days))
    return Sessions(
        access=SessionAccess(clock=clock, ending=ending, settings=settings),
        opening=SessionOpening(clock=clock, places=places, ending=ending, settings=settings),
        ending=ending,
        lists=SessionLists(clock=clock, ending=ending),
    )
