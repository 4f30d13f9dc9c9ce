"""The answers that hand out tokens: the access token in the body, the refresh token in its cookie."""

from typing import Any

from flask import Response, g, jsonify

from auth_service.services.rotation import Grant
from auth_service.web import cookies
from auth_service.web.context import tokens


def with_tokens(grant: Grant, *, message: str, **members: Any) -> Response:
    """The answer to a login or a refresh."""
    g.subject = sub, sid = str(grant.user_id), grant.session_id
    access_token = tokens().access(sub=sub, sid=sid)
    response = jsonify({"message": message, "accessToken": access_token, **members})
    cookies.set_refresh_token(response, grant.refresh_token, expires_at=grant.expires_at)
    return response
