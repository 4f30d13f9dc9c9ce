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
    hops, newest = f"TRUST_PROXY={settings.trusted_proxies}", f"the newest session came from {addresses[0]}"
    unknown = addresses.count(UNKNOWN)
    if unknown * TOO_MANY_UNKNOWN >= len(addresses):
        advice = f"let the service listen on TCP and the proxy send X-Forwarded-For, now {hops}"
        return warning(CHECK, f"{unknown} of the last {len(addresses)} sessions have none, {newest}: {advice}")
    shared = {address for address in addresses if address != UNKNOWN}
    people = len({record["userId"] for record in recent})
    if people > 1 and len(shared) == 1 and not _is_public(*shared) and not settings.development:
        advice = f"a proxy is probably in front, and {hops} is too low"
        return warning(CHECK, f"the last sessions of {people} users all came from {addresses[0]}: {advice}")
    return ok(CHECK, f"{newest}; if that is not where the person is, {hops} is wrong")


def _is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False
