"""The client of a request, as far as its connection identifies it."""

import ipaddress
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Client:
    """The address, the User-Agent and the id of a request; `ip` is `"unknown"` where the address is none."""

    ip: str
    user_agent: str
    request_id: str

    @property
    def network(self) -> str:
        """The network that counters treat as one client: an IPv4 address, or an IPv6 network of 64 bits."""
        if ":" not in self.ip:
            return self.ip
        return str(ipaddress.IPv6Network((self.ip.partition("%")[0], 64), strict=False).network_address)


OPERATOR = Client(ip="unknown", user_agent="", request_id="")

# Set by a hook of the web at the start of every request; the audit trail reads it.
current: ContextVar[Client] = ContextVar("client", default=OPERATOR)
