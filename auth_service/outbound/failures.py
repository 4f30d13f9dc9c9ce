"""Why there is no usable response. No text holds a part of the request: a URL may hold a secret."""


class OutboundFailed(Exception):
    """There is no usable response. The text names the kind of failure and holds nothing of the request."""


class TimeIsUp(OutboundFailed):
    """The total time is over, or the client was cut."""


class TooManyRequests(OutboundFailed):
    """All slots are taken."""


class TooLarge(OutboundFailed):
    """The body is longer than allowed."""


def failure(error: Exception, *, is_cut: bool) -> OutboundFailed:
    """The failure that `error` of a library means; after a cut it only shows that the time is over."""
    return TimeIsUp("cut off") if is_cut else OutboundFailed(_kind(error))


def _kind(error: BaseException) -> str:
    """The name of the exception that libraries wrapped in their own."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return type(error).__name__
