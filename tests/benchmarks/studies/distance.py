"""What the proxy of `make bench` costs and carries: `python -m tests.benchmarks.studies.distance`.

`wrk` asks a server that does nothing, directly and through the proxy. One round trip through it is what a database
command is to it. Over few connections the times are the delay; over many, the proxy's one core is the limit.
"""

import argparse
import asyncio
import multiprocessing
import os
import socket
import sys
import tempfile
from types import SimpleNamespace

from tests.benchmarks.far import DELAY, Far
from tests.benchmarks.load import Request, play
from tests.benchmarks.processes import processor_seconds

CONNECTIONS = (1, 4, 16, 64, 256)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=3)
    seconds = parser.parse_args().seconds
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    server = multiprocessing.Process(target=serve, args=(listener,), daemon=True)
    server.start()
    port = listener.getsockname()[1]
    with Far(SimpleNamespace(pid=server.pid, port=port)) as far, tempfile.TemporaryDirectory() as folder:
        print(f"{'connections':>11}{'direct':>12}{'far':>12}{'p50 ms':>9}{'p99 ms':>9}{'proxy us a round trip':>24}")
        for clients in CONNECTIONS:
            print(row(clients, port, far, seconds, folder), flush=True)
    server.terminate()
    print(f"the delay is {2e3 * DELAY:.1f} ms a round trip")
    return 0


def row(clients, port, far, seconds, folder):
    """What that many connections see, directly and through the proxy."""
    asked = {"clients": clients, "seconds": seconds, "folder": folder}
    script = [Request("GET", "/", {"Host": "localhost"})]
    direct = play(f"http://127.0.0.1:{port}", script, **asked)
    before = processor_seconds([far.proxy])
    seen = play(f"http://127.0.0.1:{far.port}", script, **asked)
    cost = 1e6 * (processor_seconds([far.proxy]) - before) / seen["requests"]
    return f"{clients:11}{direct['rate']:10.0f}/s{seen['rate']:10.0f}/s{seen['p50']:9.2f}{seen['p99']:9.2f}{cost:24.0f}"


class Nothing(asyncio.Protocol):
    """Answers whatever it receives."""

    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        self._transport.write(ANSWER)


def serve(listener):
    """Answer on `listener`, until the process is ended."""

    async def forever():
        server = await asyncio.get_running_loop().create_server(Nothing, sock=listener)
        await server.serve_forever()

    os.nice(5)  # the proxy is measured, not this
    asyncio.run(forever())


if __name__ == "__main__":
    sys.exit(main())
