"""A DNS server on loopback that knows one MongoDB by its SRV name, and can be away."""

import socket
import threading
from contextlib import suppress

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

NAME, MEMBER = "cluster.example.com", "db.example.com"

ASK_IT = """
import os
import dns.resolver

resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port = ["127.0.0.1"], int(os.environ["DNS_PORT"])
dns.resolver.override_system_resolver(resolver)
dns.resolver.default_resolver = resolver
"""


def ask_it(folder):
    """Let the Python processes that can import from `folder` ask the DNS server on `DNS_PORT`, and no other."""
    (folder / "sitecustomize.py").write_text(ASK_IT)
    return folder


class NameServer:
    """Names the mongod on `mongod_port` of 127.0.0.1 as the one server of `NAME`, while its context lasts."""

    def __init__(self, port, *, mongod_port):
        self._port = port
        self._records = {
            (f"_mongodb._tcp.{NAME}.", "SRV"): f"0 0 {mongod_port} {MEMBER}.",
            (f"{MEMBER}.", "A"): "127.0.0.1",
        }

    def __enter__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", self._port))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *details):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.sendto(b"", ("127.0.0.1", self._port))  # nothing is asked: it ends
        self._thread.join()
        self._socket.close()

    def _serve(self):
        while True:
            question, asker = self._socket.recvfrom(4096)
            if not question:
                return
            with suppress(OSError):
                self._socket.sendto(self._answer(question), asker)

    def _answer(self, wire):
        question = dns.message.from_wire(wire)
        answer = dns.message.make_response(question)
        asked = question.question[0]
        kind = dns.rdatatype.to_text(asked.rdtype)
        name = asked.name.to_text().lower()
        if record := self._records.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(asked.name, 1, "IN", kind, record))
        elif name not in {known for known, _ in self._records}:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()
