"""The thread that sends mail in each worker process, and in the operator's command that does nothing else."""

import atexit
import logging
import random
import threading
import time
from collections.abc import Callable

from auth_service.database.faults import explain
from auth_service.monitoring.complaints import Complaints
from auth_service.services.mail.delivery import Delivery
from auth_service.services.mail.transport import Unreachable

log = logging.getLogger(__name__)

PAUSE, SPREAD = 5.0, 0.2  # seconds between two looks at an idle queue, and by which part it varies
LOOKS = (0.05, 0.2, 1.0)  # seconds after a mail was put: its transaction commits within moments
FINISHED_WITHIN = 8.0  # seconds for the mail under way when the process ends
LONGEST_REST = 60.0  # seconds between two attempts at a server that takes no mail


class MailWorker:
    """Delivers until `is_stopping()`; `filled` is set when a mail was put in this process."""

    def __init__(self, *, delivery: Delivery, filled: threading.Event, is_ready: Callable[[], bool]) -> None:
        self._delivery = delivery
        self._filled = filled
        self._is_ready = is_ready
        self._is_stopping: Callable[[], bool] = lambda: False
        self._is_ending = threading.Event()
        self._delivering = threading.Lock()
        self._complaints = Complaints(log)
        self._rest = PAUSE

    def start(self, is_stopping: Callable[[], bool]) -> None:
        """Deliver in a thread of its own, until the process ends.

        The end waits for the mail under way, but not that of a worker of granian, which calls no exit handlers: there
        `STOP_DELAY` has to be enough, else the mail is sent once more.
        """
        self._is_stopping = is_stopping
        atexit.register(self.finish)
        threading.Thread(target=self.run, name="mail", daemon=True).start()

    def finish(self, within: float = FINISHED_WITHIN) -> None:
        """Begin no further mail, and wait so many seconds for the one under way: cut off, it would be sent twice."""
        self._is_ending.set()
        if self._delivering.acquire(timeout=within):
            self._delivering.release()

    def run(self) -> None:
        """Deliver in this thread, until the process is about to end."""
        while not self._stops():
            if self._deliver_due():
                self._wait()

    def deliver_due(self) -> int:
        """Deliver all mails that are due now, and return how many those were.

        Raises:
            Unreachable: the server takes no mail at all.
            pymongo.errors.PyMongoError: the database does not answer.
        """
        count = 0
        while self._deliver_next():
            count += 1
        return count

    def _deliver_next(self) -> bool:
        with self._delivering:
            return not self._stops() and self._delivery.deliver_next()

    def _stops(self) -> bool:
        """Whether no further mail is begun."""
        return self._is_ending.is_set() or self._is_stopping()

    def _deliver_due(self) -> bool:
        """Deliver what is due; after a failure, rest, and return false."""
        try:
            if self._is_ready():
                self.deliver_due()
        except Unreachable as failure:
            self._complaints.make(f"mail cannot be sent: {failure}")
            time.sleep(self._rest)
            self._rest = min(self._rest * 2, LONGEST_REST)
            return False
        except Exception as error:  # of the database, mostly; whatever it is, the thread must not end
            self._complaints.make(f"the queue of mails cannot be read: {explain(error)}")
            time.sleep(PAUSE)
            return False
        self._rest = PAUSE
        if self._complaints.end():
            log.info("mail is sent again")
        return True

    def _wait(self) -> None:
        """Wait until a mail was put here, or one may have been elsewhere; then look several times."""
        if not self._filled.wait(PAUSE * random.uniform(1 - SPREAD, 1 + SPREAD)):  # nosec B311 # no secret
            return
        self._filled.clear()
        for seconds in LOOKS:
            time.sleep(seconds)
            if not self._deliver_due():
                return
