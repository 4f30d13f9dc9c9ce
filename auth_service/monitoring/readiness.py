"""Whether this process may use the database: it was prepared once, and has answered since.

After one failure the circuit breaker opens: requests are refused at once, instead of all waiting for the same time-out,
until a ping in the background has succeeded.
"""

import logging
import threading
from collections.abc import Callable

from auth_service.database.circuit import Circuit
from auth_service.database.faults import explain
from auth_service.errors import DatabaseUnavailable, Stopping
from auth_service.monitoring.complaints import Complaints
from auth_service.monitoring.metrics import Metrics, NullMetrics

log = logging.getLogger(__name__)

RETRY_INTERVAL = 0.5  # seconds


class Readiness:
    """Runs `prepare` until it succeeds once, and `ping` after every reported failure."""

    def __init__(
        self,
        *,
        prepare: Callable[[], None],
        ping: Callable[[], None],
        circuit: Circuit | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = metrics or NullMetrics()
        self._metrics.database_ready(False)
        self._prepare = prepare
        self._ping = ping
        self._circuit = circuit or Circuit()
        self._prepared = False
        self._is_stopping: Callable[[], bool] = lambda: False
        self._tried = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._complaints = Complaints(log)

    @property
    def ready(self) -> bool:
        """Whether the database is prepared and not known to be failing."""
        return self._prepared and not self._circuit.is_open

    def start(self) -> None:
        """Become ready in the background; idempotent."""
        if self.ready or (self._thread and self._thread.is_alive()):
            return
        with self._lock:
            if not (self._thread and self._thread.is_alive()):
                self._thread = threading.Thread(target=self._work, name="readiness", daemon=True)
                self._thread.start()

    def await_first_try(self, seconds: float) -> None:
        """Wait up to `seconds` for the first attempt, so that a new worker usually begins to serve when it is ready."""
        self.start()
        if not self._tried.wait(seconds):
            self._tried.set()  # later callers need not wait again

    def prepare(self) -> None:
        """Become ready now, in this thread.

        Raises:
            pymongo.errors.PyMongoError: the database does not answer.
        """
        self._prepare()
        self._prepared = True
        self._metrics.database_ready(self.ready)

    def check(self) -> None:
        """Return when the database is prepared and answers now.

        Raises:
            Stopping: the process is about to end.
            DatabaseUnavailable: the database is not prepared, or its circuit is open.
            pymongo.errors.PyMongoError: the database does not answer.
        """
        if self._is_stopping():
            raise Stopping
        if not self.ready:
            self.start()
            raise DatabaseUnavailable
        self._ping()

    def report_failure(self, error: Exception) -> None:
        """A command failed with `error`. If the circuit takes that for an outage, refuse at once until it is over."""
        self._circuit.notice(error)
        if not self._circuit.is_open:
            log.error("%s", explain(error))
            return
        self._complaints.make(f"the database does not answer: {explain(error)}")
        self._metrics.database_ready(False)
        self.start()

    def watch(self, is_stopping: Callable[[], bool]) -> None:
        """Let `check` fail with `Stopping` as soon as `is_stopping()` is true; requests are served as before."""
        self._is_stopping = is_stopping

    def _work(self) -> None:
        pause = threading.Event()
        while not self.ready:
            try:
                with self._circuit.trying():
                    self._step()
                self._tried.set()
            except Exception as error:  # whatever a library raises for a DNS or a certificate: it may be over soon
                self._complaints.make(f"not ready: {explain(error)}")
                self._tried.set()
                pause.wait(RETRY_INTERVAL)
        self._complaints.end()
        log.info("ready")

    def _step(self) -> None:
        if not self._prepared:
            self.prepare()
        else:
            self._ping()
        self._circuit.close()
        self._metrics.database_ready(True)
