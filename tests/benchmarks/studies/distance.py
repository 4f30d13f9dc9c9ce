"""A database that is further away: a TCP proxy, a process of its own, that delays every byte by 1 ms each way.

It takes some processor time of its own, which a machine with few cores notices: compare figures that have it alike.
"""

import asyncio
import multiprocessing
from collections import deque

from auth_service.development.mongod import free_port

DELAY = 0.001  # seconds each way


class Far:
    """A mongod behind the proxy; a context manager. It has the `url` and the `pid` of a `Mongod`."""

    def __init__(self, mongod):
        self.pid, self._target, self._port = mongod.pid, mongod.port, free_port()
        # A driver that looks at the replica set would find the mongod itself.
        self.url = f"mongodb://127.0.0.1:{self._port}/?directConnection=true"

    def __enter__(self):
        listening = multiprocessing.Event()
        self._process = multiprocessing.Process(target=run, args=(self._port, self._target, listening), daemon=True)
        self._process.start()
        assert listening.wait(10)
        return self

    def __exit__(self, *details):
        self._process.terminate()
        self._process.join()


class Late(asyncio.Protocol):
    """One side of a connection: what it receives is written to `other`, later and in order."""

    def __init__(self):
        self.other, self._waiting = None, deque()

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self._waiting.append(data)
        asyncio.get_running_loop().call_later(DELAY, self._pass_on)

    def connection_lost(self, error):
        if self.other:
            self.other.transport.close()

    def _pass_on(self):
        data = self._waiting.popleft()
        if self.other:
            self.other.transport.write(data)


class Accepted(Late):
    """The side of a client; the connection to the mongod is opened for it."""

    def __init__(self, target):
        super().__init__()
        self._target = target

    def connection_made(self, transport):
        super().connection_made(transport)
        transport.pause_reading()
        self._opening = asyncio.ensure_future(self._open())

    async def _open(self):
        _, self.other = await asyncio.get_running_loop().create_connection(Late, "127.0.0.1", self._target)
        self.other.other = self
        self.transport.resume_reading()


def run(port, target, listening):
    async def serve():
        server = await asyncio.get_running_loop().create_server(lambda: Accepted(target), "127.0.0.1", port)
        listening.set()
        await server.serve_forever()

    asyncio.run(serve())
