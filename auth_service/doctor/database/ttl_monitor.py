"""Checks that MongoDB's TTL monitor runs, which removes documents whose `purgeAt` has passed."""

from mongoengine.connection import get_db
from pymongo.errors import OperationFailure

from auth_service.doctor.findings import Finding, ok, problem, warning

CHECK = "TTL monitor"
SWITCH_ON = "db.adminCommand({setParameter: 1, ttlMonitorEnabled: true})"


def examine() -> list[Finding]:
    """Whether it is on; a warning where the user of `DB_URL` may not read that parameter."""
    try:
        answer = get_db().client.admin.command({"getParameter": 1, "ttlMonitorEnabled": 1})
    except OperationFailure:
        sentence = "the user of DB_URL may not read whether it is on: an administrator can check ttlMonitorEnabled"
        return [warning(CHECK, sentence)]
    if answer["ttlMonitorEnabled"]:
        return [ok(CHECK, "on")]
    return [problem(CHECK, f"off, so expired documents are never removed: switch it on with `{SWITCH_ON}`")]
