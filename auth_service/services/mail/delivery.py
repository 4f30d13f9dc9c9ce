"""Delivers the mails that are due, one after another: prepares, renders, hands over, and records what became of it."""

import logging
from datetime import timedelta
from email.utils import parseaddr

from auth_service.database.circuit import CircuitOpen, is_silence
from auth_service.database.faults import explain
from auth_service.documents.records import MailRecord
from auth_service.errors import DatabaseUnavailable
from auth_service.monitoring.metrics import Metrics
from auth_service.services.mail.message import message_of
from auth_service.services.mail.preparation import Preparation
from auth_service.services.mail.queue import MailQueue
from auth_service.services.mail.rendering import Texts, UnusableText
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
        try:
            self._deliver(mail)
        except Unreachable as failure:
            self._queue.postpone(mail, DELAYS[0], error=str(failure), counts=False)
            raise
        except Deferred as failure:
            self._defer(mail, str(failure))
        except Refused as failure:
            self._give_up(mail, str(failure))
        except UnusableText as fault:
            self._give_up(mail, f"the text cannot be made: {fault}")
        except Exception as error:  # one mail that nobody expected must not stop the others
            if isinstance(error, DatabaseUnavailable | CircuitOpen) or is_silence(error):
                raise
            self._defer(mail, explain(error))
        return True

    def _deliver(self, mail: MailRecord) -> None:
        letter = self._preparation.prepare(mail)
        if letter is None:
            self._queue.drop(mail)
            self._metrics.mail(kind=mail["kind"], outcome="dropped")
            return
        rendered = self._texts.render(letter.kind, letter.language, letter.values)
        message = message_of(letter, rendered, sender=self._sender)
        self._transport.send(message, sender=parseaddr(self._sender)[1], recipient=letter.to)
        self._queue.sent(mail)
        self._metrics.mail(kind=letter.kind, outcome="sent")
        if self._logs_codes:
            log.info("mail %r: %s", rendered.subject, letter.values.get("code", "no code"))

    def _defer(self, mail: MailRecord, error: str) -> None:
        if mail["attempts"] > len(DELAYS):
            return self._give_up(mail, error)
        self._queue.postpone(mail, DELAYS[mail["attempts"] - 1], error=error)
        self._metrics.mail(kind=mail["kind"], outcome="deferred")

    def _give_up(self, mail: MailRecord, error: str) -> None:
        self._queue.bury(mail, error=error)
        self._metrics.mail(kind=mail["kind"], outcome="dead")
        log.error("a mail of the kind %s cannot be sent: %s", mail["kind"], error)
