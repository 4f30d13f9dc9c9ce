"""Counts each call of a limited route that needs a session for its user, wherever the user calls from."""

from auth_service.web.context import principal, this_request
from auth_service.web.edge.rate_limits import count
from auth_service.web.endpoint_policy import Access, policy

COUNTED = ("GET", "POST")


def count_for_user() -> None:
    """The hook before every request to a blueprint, behind the one that verifies the session.

    Raises:
        RateLimited: it is one too many.
    """
    declared = policy()
    if declared.limit is not None and declared.access is not Access.PUBLIC and this_request().method in COUNTED:
        count(declared.limit, principal().user_id)
