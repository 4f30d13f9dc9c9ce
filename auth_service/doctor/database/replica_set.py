"""Checks that the database is a replica set, which transactions need, with enough members for a failover."""

from typing import Any

from auth_service.database.connection import hello
from auth_service.doctor.findings import Finding, ok, problem, warning

CHECK = "replica set"
FEWEST_MEMBERS = 3  # with fewer, the loss of one leaves no majority


def examine(*, development: bool) -> list[Finding]:
    """Assess the server that answers for `DB_URL`; in development one member is enough."""
    return [assess(hello(), development=development)]


def assess(answer: dict[str, Any], *, development: bool) -> Finding:
    """What kind of server gave this `answer` to the command `hello`, and of how many members."""
    if answer.get("msg") == "isdbgrid":
        return ok(CHECK, "a sharded cluster")
    if "setName" not in answer:
        return problem(CHECK, "a standalone server has no transactions: make it a replica set (`--replSet`)")
    members = sum(len(answer.get(kind, ())) for kind in ("hosts", "passives", "arbiters"))
    size = f"{answer['setName']} has {members} member{'' if members == 1 else 's'}"
    if members < FEWEST_MEMBERS and not development:
        return warning(CHECK, f"{size}: the loss of one stops the service; run {FEWEST_MEMBERS}")
    return ok(CHECK, size)
