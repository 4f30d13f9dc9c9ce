"""The text at the head of the API's description, in Markdown: how to send the tokens, and every error."""

from collections.abc import Iterator

from auth_service import errors

AUTHORIZE = """\
### Authorize

1. Open `POST /auth/login` and press **Try it out**. The `accessToken` is in the body of the answer, the refresh token
   in a cookie.
2. Press **Authorize**, and put the access token into the box **bearer**. This page then sends it with each call, as
   `Authorization: Bearer …`.
3. An access token is valid for minutes. `POST /auth/refresh` answers the next one, which goes into the same box.

The browser keeps the cookie and sends it by itself, so there is nothing to fill in for it.
"""
ERRORS = """\
### Errors

Every error is a JSON object with `message`, `status`, `code` and `requestId`. `message` is for people. `code` is for
programs, and does not change. Some answers with status 400 also have `errors`: lists of messages by field.

<details><summary>All codes</summary>

| Status | Code | Message |
|---|---|---|
"""


def introduction() -> str:
    """The whole text."""
    rows = sorted(_refusals(), key=lambda refusal: refusal[0])
    table = "".join(f"| {status} | `{code}` | {message} |\n" for status, code, message in rows)
    return f"{AUTHORIZE}\n{ERRORS}{table}\n</details>\n"


def _refusals() -> Iterator[tuple[int, str, str]]:
    """`(status, code, message)` of everything in `errors.py`; each reason of a session's end is a code."""
    for error in vars(errors).values():
        if error is errors.SessionEnded:
            yield from ((error.status, reason, message) for reason, message in error.messages.items())
        elif isinstance(error, type) and issubclass(error, errors.ServiceError):
            yield error.status, error.code, error.message
