"""The one shape of every refusal."""


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
