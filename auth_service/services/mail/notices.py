"""Tells people by mail what happened to their account: when, on which device and where, unless an admin did it."""

from dataclasses import dataclass

from bson import ObjectId
from pymongo.client_session import ClientSession

from auth_service.clock import Clock
from auth_service.documents.records import SessionRecord
from auth_service.geo.places import UNKNOWN, Places
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.queue import MailQueue
from auth_service.services.mail.values import in_words
from auth_service.services.origin import devices
from auth_service.services.origin.client import Client, current


@dataclass(frozen=True, slots=True)
class Origin:
    """The device, such as `Firefox 132 on Windows`, and the place of whoever did it."""

    device: str
    place: str


UNTOLD = Origin(device=UNKNOWN, place=UNKNOWN)  # an admin's, which is not the user's to know


class Notices:
    """Queues notices. They say where something was done from: by default, where the current request comes from."""

    def __init__(self, *, clock: Clock, mails: MailQueue, places: Places) -> None:
        self._clock = clock
        self._mails = mails
        self._places = places

    def put(
        self,
        kind: Kind,
        *,
        user_id: ObjectId | None = None,
        to: str | None = None,
        origin: Origin | None = None,
        transaction: ClientSession | None = None,
        **values: str,
    ) -> None:
        """Queue a notice to a user or an address, inside `transaction` when one is given.

        Args:
            kind: which text.
            user_id: whom it is about, and who gets it.
            to: who gets it, where that is the canonical address of no user.
            origin: where it was done from, if not from where the current request comes.
            transaction: that of its cause.
            values: what else the text mentions.
        """
        if not self._mails.is_open:
            return
        origin = origin or self._of(current.get())
        described = {"when": in_words(self._clock.now()), "device": origin.device, "place": origin.place}
        self._mails.put(kind, user_id=user_id, to=to, values={**described, **values}, transaction=transaction)

    def _of(self, client: Client) -> Origin:
        device = devices.recognise(client.user_agent)
        return Origin(device=_named(device.browser, device.os), place=str(self._places.locate(client.ip)))


def origin_of(session: SessionRecord) -> Origin:
    """Where a session was opened from."""
    return Origin(device=_named(session["browser"], session["os"]), place=session["location"])


def _named(browser: str, system: str) -> str:
    return " on ".join(part for part in (browser, system) if part != devices.UNKNOWN) or UNKNOWN
