"""Refusals that pass by themselves: the client waits and tries again."""

from auth_service.errors.base import ServiceError


class RateLimited(ServiceError):
    """Too many calls of this kind from this network, or for this account or session; `limit` are allowed."""

    status, code, message = 429, "rate_limited", "Too many requests"

    def __init__(self, *, limit: int, retry_after: int) -> None:
        self.limit = limit
        super().__init__(retry_after=retry_after)


class LoginDelayed(ServiceError):
    """Too many wrong passwords; the next try is taken after `Retry-After`."""

    status, code, message = 429, "login_delayed", "Too many failed attempts"


class LoginBusy(ServiceError):
    """More passwords are waiting to be checked than can be in time; nothing is known of this one."""

    status, code, message = 503, "login_busy", "Too many logins at once"

    def __init__(self) -> None:
        super().__init__(retry_after=1)


class Stopping(ServiceError):
    """The process is about to end: send no more to it. Only `/readyz` says so; what is sent all the same is served."""

    status, code, message = 503, "stopping", "The service is stopping"

    def __init__(self) -> None:
        super().__init__(retry_after=1)


class DatabaseUnavailable(ServiceError):
    """The database does not answer, or is not prepared yet; nothing is known of what it would have said."""

    status, code, message = 503, "database_unavailable", "The database is not available"

    def __init__(self) -> None:
        super().__init__(retry_after=1)
