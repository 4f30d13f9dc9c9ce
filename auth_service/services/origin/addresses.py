"""Addresses made so coarse that they name a neighbourhood and no person: IPv4 networks of 24 bits, IPv6 of 48."""

import ipaddress

KEPT_BITS = {4: 24, 6: 48}


def truncated(ip: str) -> str:
    """The first address of the network `ip` is in; what is no address is `"unknown"`. Twice changes nothing."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return "unknown"
    address = getattr(address, "ipv4_mapped", None) or address
    return str(ipaddress.ip_network((address, KEPT_BITS[address.version]), strict=False).network_address)
