"""The client of a request, as far as its connection identifies it."""

import ipaddress
from contextvars import ContextVar
from dataclasses import dataclass

from auth_service.services.origin.languages import DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Client:
    """The address, the User-Agent, the id and the preferred language of a request.

    `ip` is `"unknown"` where the address is none.
    """

    ip: str
    user_agent: str
    request_id: str
    language: str = DEFAULT_LANGUAGE

    @property
    def network(self) -> str:
        """The network that counters treat as one client: an IPv4 address, or an IPv6 network of 64 bits."""
        return self.ip if ":" not in self.ip else str(self._ipv6_network(64).network_address)

    @property
    def site(self) -> str | None:
        """The IPv6 network of 48 bits around `network`, which one customer may have whole; `None` for IPv4."""
        return str(self._ipv6_network(48)) if ":" in self.ip else None

    def _ipv6_network(self, bits: int) -> ipaddress.IPv6Network:
        return ipaddress.IPv6Network((self.ip.partition("%")[0], bits), strict=False)


OPERATOR = Client(ip="unknown", user_agent="", request_id="")

# Set by a hook of the web at the start of every request; the audit trail reads it.
current: ContextVar[Client] = ContextVar("client", default=OPERATOR)
