"""The policy of a route, declared at the route itself: who may call it, and how the hooks around a request treat it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from flask import current_app
from flask.sansio.app import App

from auth_service.services.protection.rate_limits import Limit
from auth_service.web.context import this_request

EXTENSION = "auth_service.endpoint_policies"
LOGINS, REFRESHES = "logins", "refreshes"


class Feature(StrEnum):
    """What an installation may not have: its routes then answer 404."""

    MAIL = "mail"
    PUBLIC_KEYS = "public keys"
    FACTORS = "second factors"
    PASSKEYS = "passkeys"
    PAGES = "pages"


class Access(StrEnum):
    """Who may call a route; all but `PUBLIC` need a bearer token with an active session."""

    PUBLIC = "all"
    USER = "user"
    OWNER_OR_ADMIN = "owner, admin"  # the owner is the user whose id is `user_id` in the path
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class EndpointPolicy:
    """What the hooks need to know of a route.

    Attributes:
        access: who may call it.
        reads_cookie: whether a POST reads the refresh cookie. Other sites must not send it, nor one with a `limit`.
        takes_body: whether its parser asks for a JSON body, and answers 415 by itself.
        limit: the rate limit that counts each POST, of a public route for the client's network, of others for the user.
        needs_database: whether it is refused while the database does not answer.
        logs_success: whether an answer below 400 is worth a line of the log at the level info.
        keys: whether an API key may call it.
        fresh: whether its user must have logged in, or confirmed who they are, within `FRESH_FOR`; no API key may.
        dangerous: whether it is `fresh` where `CONFIRM_DANGEROUS` is true.
        owing: whether a session may call it that owes a second factor.
        feature: the part of the service that must be set up for it.
        cacheable: whether an answer may be stored by caches, if it says for how long.
        counted_as: the counter of outcomes that each POST of it belongs to, `logins` or `refreshes`.
    """

    access: Access
    reads_cookie: bool = False
    takes_body: bool = False
    limit: Limit | None = None
    needs_database: bool = True
    logs_success: bool = True
    keys: bool = True
    fresh: bool = False
    dangerous: bool = False
    owing: bool = False
    feature: Feature | None = None
    cacheable: bool = False
    counted_as: str | None = None


UNDECLARED = EndpointPolicy(Access.USER)  # of routes that were added to a finished application, and of no route at all


def declare(app: App, endpoint: str, policy: EndpointPolicy) -> None:
    """Keep the policy of a route of `app`."""
    _policies(app)[endpoint] = policy


def require_complete(app: App) -> None:
    """Return when every route of `app` has a policy.

    Raises:
        RuntimeError: one has none.
    """
    missing = sorted({rule.endpoint for rule in app.url_map.iter_rules()} - _policies(app).keys())
    if missing:
        raise RuntimeError(f"routes without a policy: {', '.join(missing)}")


def policy_of(endpoint: str | None) -> EndpointPolicy:
    """The policy of a route of the current application."""
    policies: dict[str, EndpointPolicy] = current_app.extensions[EXTENSION]
    return policies.get(endpoint or "", UNDECLARED)


def policy() -> EndpointPolicy:
    """The policy of the current request's route."""
    return policy_of(this_request().endpoint)


def _policies(app: App) -> dict[str, EndpointPolicy]:
    return cast(dict[str, EndpointPolicy], app.extensions.setdefault(EXTENSION, {}))
