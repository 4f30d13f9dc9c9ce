"""Delivers the mails that are due, one after another: prepares, renders, hands over, and records what became of it."""

import logging
from datetime import timedelta
from email.utils import parseaddr

from jinja2 import TemplateError

from auth_service.documents.records import MailRecord
from auth_service.monitoring.metrics import Metrics
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.message import message_of
from auth_service.services.mail.preparation import Letter, Preparation
from auth_service.services.mail.queue import MailQueue
from auth_service.services.mail.rendering import Texts
from auth_service.services.mail.transport import Deferred, Refused, Transport, Unreachable

log = logging.getLogger(__name__)

DELAYS = [timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=4)]


class Delivery:
    """Delivers by `transport`, from the mailbox `sender`; `logs_codes` in development, where nobody gets them."""

    def __init__(
        self,
        *,
        queue: MailQueue,
        preparation: Preparation,
        texts: Texts,
        transport: Transport,
        sender: str,
        metrics: Metrics,
        logs_codes: bool = False,
    ) -> None:
        self._queue = queue
        self._preparation = preparation
        self._texts = texts
        self._transport = transport
        self._sender = sender
        self._metrics = metrics
        self._logs_codes = logs_codes

    def deliver_next(self) -> bool:
        """Deliver the next mail that is due; whether there was one.

        Raises:
            Unreachable: the server takes no mail at all; the mail is due again a moment later.
            pymongo.errors.PyMongoError: the database does not answer; the mail is due again when its lease is over.
        """
        mail = self._queue.claim()
        if mail is None:
            return False
        letter = self._preparation.prepare(mail)
        if letter is None:
            self._queue.drop(mail)
            self._metrics.mail(kind=mail["kind"], outcome="dropped")
            return True
        self._hand_over(mail, letter)
        return True

    def _hand_over(self, mail: MailRecord, letter: Letter) -> None:
        try:
            message = message_of(letter, self._texts.render(letter), sender=self._sender)
            self._transport.send(message, sender=parseaddr(self._sender)[1], recipient=letter.to)
        except Unreachable as failure:
            self._queue.postpone(mail, DELAYS[0], error=str(failure), counts=False)
            raise
        except Deferred as failure:
            self._defer(mail, letter.kind, str(failure))
        except Refused as failure:
            self._give_up(mail, letter.kind, str(failure))
        except TemplateError as failure:
            self._give_up(mail, letter.kind, f"the text cannot be made: {type(failure).__name__}")
        else:
            self._queue.sent(mail)
            self._metrics.mail(kind=letter.kind, outcome="sent")
            if self._logs_codes:
                log.info("mail %r: %s", message["Subject"], letter.values.get("code", "no code"))

    def _defer(self, mail: MailRecord, kind: Kind, error: str) -> None:
        if mail["attempts"] > len(DELAYS):
            return self._give_up(mail, kind, error)
        self._queue.postpone(mail, DELAYS[mail["attempts"] - 1], error=error)
        self._metrics.mail(kind=kind, outcome="deferred")

    def _give_up(self, mail: MailRecord, kind: Kind, error: str) -> None:
        self._queue.bury(mail, error=error)
        self._metrics.mail(kind=kind, outcome="dead")
        log.error("a mail of the kind %s cannot be sent: %s", kind, error)
