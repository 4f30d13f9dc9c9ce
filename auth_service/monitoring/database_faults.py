"""Explains to the operator why the database of `DB_URL` cannot be used, and what to do, without the URL's secrets."""

import re

from pymongo.errors import OperationFailure, ServerSelectionTimeoutError

AUTHENTICATION_FAILED, UNAUTHORIZED, AUTHENTICATION_UNKNOWN = 18, 13, 8000  # MongoDB's error codes; 8000 is Atlas's

WRONG_CREDENTIALS = (
    "DB_URL: MongoDB refused its user name or password. Check both, percent-encoded, and authSource, the database that"
    " the user was made in"
)
NO_CREDENTIALS = "DB_URL: MongoDB asks for a user name and a password, and there are none in it"
NO_PERMISSION = (
    "DB_URL: its user may not do what the service needs. Give it the role readWrite on the database: {refused}"
)


def explain(error: Exception) -> str:
    """The meaning of `error` in one line, which is the same for the same cause."""
    if isinstance(error, OperationFailure):
        if (refusal := _refusal(error)) is not None:
            return refusal
    elif isinstance(error, ServerSelectionTimeoutError):
        if "'codeName': 'AuthenticationFailed'" in str(error):  # the last error of the server, quoted by pymongo
            return WRONG_CREDENTIALS
        return f"DB_URL: no answer from {_silent_servers(str(error))}"
    return f"{type(error).__name__}: {_in_short(str(error))}"


def _refusal(error: OperationFailure) -> str | None:
    message = str((error.details or {}).get("errmsg", error))
    if error.code in (AUTHENTICATION_FAILED, AUTHENTICATION_UNKNOWN):
        return WRONG_CREDENTIALS
    if error.code == UNAUTHORIZED and "requires authentication" in message:
        return NO_CREDENTIALS
    if error.code == UNAUTHORIZED:
        return NO_PERMISSION.format(refused=message.partition(" to execute command")[0])
    return None


def _in_short(text: str) -> str:
    """`text` without the server's full reply, whose timestamps change."""
    return " ".join(text.partition(", full error:")[0].split())


def _silent_servers(text: str) -> str:
    """The error of each server, without the description of the topology, whose id changes."""
    complaints = text.partition(", Timeout:")[0].partition(" (configured timeouts:")[0]
    return re.sub(r"\s+", " ", complaints)
