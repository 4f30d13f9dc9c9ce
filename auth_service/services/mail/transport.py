"""Hands letters over: the role of a transport, and what can go wrong with it."""

from email.message import EmailMessage
from typing import Protocol


class MailFailure(Exception):
    """A mail was not handed over. The text is for the operator, and holds nothing of the mail."""


class Refused(MailFailure):
    """The server refuses this mail for good."""


class Deferred(MailFailure):
    """The server does not take this mail now."""


class Unreachable(MailFailure):
    """The server takes no mail at all: it does not answer, or does not accept us. It says nothing about this mail."""


class Transport(Protocol):
    """Hands over messages."""

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Hand `message` over for the canonical address `recipient`.

        Raises:
            MailFailure: it was not taken, or nobody knows whether it was.
        """

    def check(self) -> None:
        """Return when mail would be taken.

        Raises:
            MailFailure: it would not.
        """
