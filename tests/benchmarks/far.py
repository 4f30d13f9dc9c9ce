"""A database that is further away: a TCP proxy, a process of its own, that delays everything by 1 ms each way.

One thread, epoll and a timer of the kernel, because asyncio rounds its timers up to whole milliseconds.
`python -m tests.benchmarks.studies.distance` measures what the proxy itself costs and how much it carries.
"""

import contextlib
import ctypes
import multiprocessing
import os
import select
import socket
import time
from collections import deque

DELAY = 0.001  # seconds each way
ABSOLUTE = 1  # TFD_TIMER_ABSTIME of timerfd_settime(2)
LARGEST = 262_144  # bytes taken at once


class Far:
    """What listens on `near`'s port, a mongod for instance, behind the proxy; a context manager.

    It has the `url` and the `pid` of a `Mongod`, and `proxy`, the pid of its own process.
    """

    def __init__(self, near):
        self.pid, self._target = near.pid, near.port

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self._listener.getsockname()[1]
        # A driver that looks at the replica set would find the mongod itself.
        self.url = f"mongodb://127.0.0.1:{self.port}/?directConnection=true"
        self._process = multiprocessing.Process(target=forward, args=(self._listener, self._target), daemon=True)
        self._process.start()
        self.proxy = self._process.pid
        return self

    def __exit__(self, *details):
        self._process.terminate()
        self._process.join()
        self._listener.close()


class Timer:
    """A timer that epoll can wait for, exact to some microseconds."""

    def __init__(self):
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.number = self._libc.timerfd_create(time.CLOCK_MONOTONIC, 0)
        assert self.number >= 0, os.strerror(ctypes.get_errno())
        self._value = (ctypes.c_long * 4)()  # struct itimerspec: interval and value, each seconds and nanoseconds

    def set(self, due):
        """Expire at `due`, nanoseconds of the monotonic clock; an earlier setting is forgotten."""
        self._value[2], self._value[3] = divmod(due, 1_000_000_000)
        self._libc.timerfd_settime(self.number, ABSOLUTE, self._value, None)


class Relay:
    """Passes on what arrives on either side of each connection, `DELAY` later and in order."""

    def __init__(self, listener, target):
        self._listener, self._target = listener, ("127.0.0.1", target)
        self._others = {}  # by the number of a socket: that socket, and the other side of its connection
        self._late = deque()  # when it is due, for which socket, and what; nothing where the connection ended
        self._timer, self._epoll = Timer(), select.epoll()
        for number in (listener.fileno(), self._timer.number):
            self._epoll.register(number, select.EPOLLIN)

    def run(self):
        """Serve for ever."""
        while True:
            for number, _ in self._epoll.poll():
                if number in self._others:
                    self._take(*self._others[number])
                elif number == self._listener.fileno():
                    self._accept()
            self._pass_on()

    def _accept(self):
        pair = self._listener.accept()[0], socket.create_connection(self._target)
        for one, other in (pair, pair[::-1]):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._others[one.fileno()] = one, other
            self._epoll.register(one, select.EPOLLIN)

    def _take(self, one, other):
        try:
            data = one.recv(LARGEST)
        except OSError:
            data = b""
        if not data:
            self._epoll.unregister(one)
            del self._others[one.fileno()]
        self._late.append((time.monotonic_ns() + int(DELAY * 1e9), other, data))

    def _pass_on(self):
        while self._late and self._late[0][0] <= time.monotonic_ns():
            _, other, data = self._late.popleft()
            with contextlib.suppress(OSError):  # it was closed meanwhile
                other.sendall(data) if data else other.shutdown(socket.SHUT_WR)
        # Set for a moment that has passed, it expires at once; for 0, never.
        self._timer.set(self._late[0][0] if self._late else 0)


def forward(listener, target):
    """Be the proxy of what listens on the port `target`, until the process is ended."""
    Relay(listener, target).run()
