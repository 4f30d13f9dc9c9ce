"""A gunicorn worker whose threads wait for requests themselves, few at a time.

gthread's main thread waits for all connections and hands each request to a pool and back. That is two changes of
threads a request, and as many threads at work as there are callers, all waiting for the interpreter. Here a thread, a
lane, takes the next connection that has something to read, serves it and goes on, and only `LANES` do so at a time. One
that is at the same request for longer than `STUCK`, because it hashes, or the database or the client is slow, no longer
counts: another is started, up to gunicorn's `threads`. How requests are read and answered, accepting and stopping stay
gthread's.
"""

import select
import threading
import time
from typing import Any

from gunicorn.workers import gthread

LANES = 2
STUCK = 0.02  # seconds


class Waiting:
    """Connections whose next request has not come yet. Whoever takes one out has it for themselves."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._connections: dict[int, Any] = {}

    def add(self, connection: Any, *, until: float) -> None:
        """Wait for a connection, till the moment `until` of the monotonic clock."""
        connection.timeout = until
        descriptor, once = connection.sock.fileno(), select.EPOLLIN | select.EPOLLONESHOT
        self._connections[descriptor] = connection
        try:
            self._epoll.modify(descriptor, once)
        except FileNotFoundError:  # a new one; the system forgets those that are closed
            self._epoll.register(descriptor, once)

    def next(self) -> Any | None:
        """The next one with something to read, or that was hung up; `None` when somebody else took it."""
        for descriptor, _ in self._epoll.poll(maxevents=1):
            return self._connections.pop(descriptor, None)
        return None

    def take_expired(self, now: float) -> list[Any]:
        """Those that were waited for till `now` or less."""
        expired = [descriptor for descriptor, each in list(self._connections.items()) if each.timeout <= now]
        return [each for descriptor in expired if (each := self._connections.pop(descriptor, None))]

    def cap(self, until: float) -> None:
        """Wait for none longer than `until`."""
        for connection in list(self._connections.values()):
            connection.timeout = min(connection.timeout, until)


class LaneWorker(gthread.ThreadWorker):  # type: ignore[misc]
    """gthread's worker, save for who waits and who serves."""

    def init_process(self) -> None:
        """Called in the worker's process, and returns when it ends."""
        self._waiting = Waiting()
        self._lanes: set[threading.Thread] = set()
        self._busy: dict[threading.Thread, float] = {}  # since when; a lane that waits is not in it
        self._wanted, self._leaving_lock = LANES, threading.Lock()
        super().init_process()

    def run(self) -> None:
        """Serve until told to stop."""
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        super().run()

    def enqueue_req(self, conn: Any) -> None:
        """A new connection: wait for its request as long as gthread does."""
        conn.data_ready = True  # when it is taken out
        self._waiting.add(conn, until=time.monotonic() + gthread.DEFAULT_WORKER_DATA_TIMEOUT + self.cfg.keepalive)

    def murder_keepalived(self, force: bool = False) -> None:
        """Close what was waited for long enough, or everything."""
        for conn in self._waiting.take_expired(float("inf") if force else time.monotonic()):
            conn.close()
            self._count_out()

    def _cap_keepalive(self, deadline: float) -> None:
        self._waiting.cap(deadline)

    def _watch(self) -> None:
        """See to it that `LANES` lanes are not stuck."""
        while True:
            longest = time.monotonic() - STUCK
            stuck = sum(since < longest for since in list(self._busy.values()))
            self._wanted = min(LANES + stuck, self.cfg.threads)
            for _ in range(self._wanted - len(self._lanes)):
                lane = threading.Thread(target=self._run_lane, name="lane", daemon=True)
                self._lanes.add(lane)
                lane.start()
            time.sleep(STUCK)

    def _run_lane(self) -> None:
        lane = threading.current_thread()
        try:
            while not self._may_leave(lane):
                if conn := self._waiting.next():
                    self._busy[lane] = time.monotonic()
                    self._serve(conn)
                    del self._busy[lane]
        finally:
            self._busy.pop(lane, None)
            self._lanes.discard(lane)

    def _may_leave(self, lane: threading.Thread) -> bool:
        """Whether there is a lane too many, and this one may be the one that leaves."""
        if len(self._lanes) <= self._wanted:
            return False
        with self._leaving_lock:
            if len(self._lanes) <= self._wanted:
                return False
            self._lanes.discard(lane)
            return True

    def _serve(self, conn: Any) -> None:
        goes_on = self.handle(conn)
        while goes_on and conn.parser.unreader.buf.getvalue():  # read already: the system would not tell of it
            goes_on = self.handle(conn)
        if goes_on:
            longest = self.cfg.keepalive if self.alive else min(self.cfg.keepalive, gthread.STOP_KEEPALIVE_LINGER)
            self._waiting.add(conn, until=time.monotonic() + longest)
        else:
            conn.close(graceful=True)  # which may wait for the client
            self.method_queue.defer(self._count_out)

    def _count_out(self) -> None:
        """A connection less. The main thread alone counts them."""
        self.nr_conns -= 1
