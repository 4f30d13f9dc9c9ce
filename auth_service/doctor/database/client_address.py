"""Checks that sessions carry the addresses of their clients, and not that of a proxy in front of the service."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from auth_service.doctor.findings import Finding, ok, warning
from auth_service.documents.session import Session
from auth_service.settings.service import ServiceSettings

CHECK = "client address"
UNKNOWN = "unknown"
SAMPLE = 100  # sessions
TOO_MANY_UNKNOWN = 5  # one session in five without an address is a warning


def examine(settings: ServiceSettings) -> list[Finding]:
    """Assess the most recent sessions that have not ended: the address of an ended session is truncated."""
    found = Session._get_collection().find({}, {"ip": 1, "userId": 1, "endedAt": 1}).sort("_id", -1).limit(SAMPLE)
    return [assess([record for record in found if not record.get("endedAt")], settings)]


def assess(recent: Sequence[Mapping[str, Any]], settings: ServiceSettings) -> Finding:
    """Whether `TRUST_PROXY` fits the addresses of `recent` sessions, newest first."""
    if not recent:
        return ok(CHECK, "there are no sessions yet; ask again after some logins")
    addresses = [record["ip"] for record in recent]
    hops, newest = settings.trusted_proxies, f"the newest session came from {addresses[0]}"
    unknown = addresses.count(UNKNOWN)
    if unknown * TOO_MANY_UNKNOWN >= len(addresses):
        return warning(CHECK, f"{unknown} of the last {len(addresses)} sessions have none, {newest}: {_of_none(hops)}")
    shared = {address for address in addresses if address != UNKNOWN}
    people = len({record["userId"] for record in recent})
    if people > 1 and len(shared) == 1 and not _is_public(*shared) and not settings.development:
        sentence = f"the last sessions of {people} users all came from {addresses[0]}: {_of_one(hops)}"
        return warning(CHECK, sentence)
    return ok(CHECK, f"{newest}; if that is not where the person is, TRUST_PROXY={hops} is wrong")


def _of_none(hops: int) -> str:
    """Why sessions have no address; of one with a port, or in brackets, the address is taken."""
    if not hops:
        return "its connections have no address, as on a Unix socket; let the service listen on TCP"
    return (
        f"with TRUST_PROXY={hops}, value {hops} from the right of X-Forwarded-For was no IP address, but a name, a word"
        " such as unknown, or empty; let that proxy append the address it is called from"
    )


def _of_one(hops: int) -> str:
    """Why sessions have the address of a proxy."""
    if not hops:
        return "a proxy is probably in front, and TRUST_PROXY=0 is too low; set it to the number of proxies"
    return (
        f"probably a proxy's. Either more than TRUST_PROXY={hops} proxies are in front, or X-Forwarded-For has fewer"
        " values than that: then let each proxy append one, or lower TRUST_PROXY"
    )


def _is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False
