"""Checks that the database answers, and reports commands of other checks that it refuses or does not answer."""

from collections.abc import Callable

from pymongo.errors import PyMongoError

from auth_service.database import connection
from auth_service.database.faults import explain
from auth_service.doctor.findings import Finding, problem

CHECK = "database"


def examine() -> list[Finding]:
    """A problem where the database does not answer; nothing where it does."""
    return examined(CHECK, _ping)


def examined(check: str, examine: Callable[[], list[Finding]]) -> list[Finding]:
    """The findings of `examine`, or a problem of `check` where the database refused a command or did not answer it."""
    try:
        return examine()
    except PyMongoError as error:
        return [problem(check, f"the database of DB_URL cannot be used: {explain(error)}")]


def _ping() -> list[Finding]:
    connection.ping()
    return []
