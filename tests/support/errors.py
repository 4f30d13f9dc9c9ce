"""The one shape of every refusal, and which refusals there are."""

from auth_service import errors


def every_refusal():
    """`(code, status, message)` of every error, each reason of a session's end included."""
    found = {(errors.ServiceError.code, errors.ServiceError.status, errors.ServiceError.message)}
    waiting = errors.ServiceError.__subclasses__()
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if error is errors.SessionEnded:
            found |= {(reason, error.status, message) for reason, message in error.messages.items()}
        elif error.__module__.startswith(errors.__name__):
            found.add((error.code, error.status, error.message))
    return found


def code(response):
    """The status of an answer and the code of its error, `None` where it is none."""
    return response.status_code, (response.json or {}).get("code")


def assert_one_shape(response, status, code):
    """Check everything that all errors have in common, and return the body."""
    body = response.json
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert set(body) - {"errors"} == {"message", "status", "code", "requestId"}
    assert isinstance(body["message"], str)
    assert len(body["message"]) > 5
    assert len(body["requestId"]) > 0
    assert response.headers["X-Request-ID"] == body["requestId"]
    assert response.headers.getlist("WWW-Authenticate") == (["Bearer"] if status == 401 else [])
    assert response.content_type == "application/json"
    return body
