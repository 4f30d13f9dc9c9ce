"""The whole access table of an application, read from wherever the code keeps it."""

from typing import NamedTuple

from auth_service.web.access import permissions
from auth_service.web.edge import cross_site, database_gate, rate_limits, response_headers
from auth_service.web.log import access_log

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
AFTER_THE_FACT = {"auth.login": ("login_account",), "auth.refresh": ("refresh",)}


class Access(NamedTuple):
    """What a route asks of a request, and what becomes of its answer."""

    who: str
    reads_cookie: bool = False
    limits: tuple[str, ...] = ()
    needs_database: bool = True
    logs_success: bool = True
    cacheable: bool = False


def access_table(app):
    """`Access` by method and path."""
    return {
        f"{method} {rule.rule}": _access(rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in METHODS
        if method in rule.methods
    }


def _access(endpoint, method):
    limits = tuple(name for name, _ in rate_limits.RULES.get(endpoint, ()))
    return Access(
        who=permissions.audience(endpoint),
        reads_cookie=endpoint in cross_site.READS_COOKIE and method == "POST",
        limits=limits + AFTER_THE_FACT.get(endpoint, ()),
        needs_database=endpoint not in database_gate.WITHOUT_DATABASE,
        logs_success=endpoint not in access_log.UNINTERESTING | {access_log.VERIFY},
        cacheable=endpoint in response_headers.STORABLE,
    )
