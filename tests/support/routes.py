"""The routes of an application, and the whole access table, read from wherever the code keeps it."""

from typing import NamedTuple

from auth_service.services.protection.rate_limits import Limit
from auth_service.web.endpoint_policy import policy_of

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
AFTER_THE_FACT = {"auth.login": (Limit.LOGIN_ACCOUNT,)}  # by endpoint


def routes(app):
    """`(method, rule)` of every route."""
    return [(method, rule) for rule in app.url_map.iter_rules() for method in METHODS if method in rule.methods]


VALUES = {
    "<user_id>": "0" * 24,
    "<role>": "admin",
    "<path:name>": "swagger-ui.css",
    "<version>": "0",
    "<view>": "sessions",
}


def concrete(rule):
    path = rule.rule
    for variable, value in VALUES.items():
        path = path.replace(variable, value)
    return path


class Access(NamedTuple):
    """What a route asks of a request, and what becomes of its answer."""

    who: str
    reads_cookie: bool = False
    limits: tuple[str, ...] = ()
    needs_database: bool = True
    logs_success: bool = True
    cacheable: bool = False
    keys: bool = True
    fresh: bool = False
    dangerous: bool = False
    owing: bool = False
    feature: str | None = None


def access_table(app):
    """`Access` by method and path."""
    with app.app_context():
        return {
            f"{method} {rule.rule}": _access(rule.endpoint, policy_of(rule.endpoint))
            for rule in app.url_map.iter_rules()
            for method in METHODS
            if method in rule.methods
        }


def _access(endpoint, policy):
    before = (policy.limit,) if policy.limit else ()
    return Access(
        who=policy.access,
        reads_cookie=policy.reads_cookie,
        limits=before + AFTER_THE_FACT.get(endpoint, ()),
        needs_database=policy.needs_database,
        logs_success=policy.logs_success,
        cacheable=policy.cacheable,
        keys=policy.keys,
        fresh=policy.fresh,
        dangerous=policy.dangerous,
        owing=policy.owing,
        feature=policy.feature,
    )
