"""Truncates addresses to networks that identify no person: 24 bits of IPv4, 48 of IPv6."""

import ipaddress

KEPT_BITS = {4: 24, 6: 48}


def truncated(ip: str) -> str:
    """The first address of the network of `ip`, or `"unknown"` if it is not an address; idempotent."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return "unknown"
    address = getattr(address, "ipv4_mapped", None) or address
    return str(ipaddress.ip_network((address, KEPT_BITS[address.version]), strict=False).network_address)
