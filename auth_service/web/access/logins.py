"""What every login takes from the browser, and what it answers."""

from flask import Response

from auth_service.services.login.attempt import Browser, Login
from auth_service.web.access import known_device
from auth_service.web.access.tokens import presented_refresh_tokens, with_tokens
from auth_service.web.context import client
from auth_service.web.schemas.user import UserSchema


def browser() -> Browser:
    """The browser that logs in, with what its cookies present."""
    presented = tuple(presented_refresh_tokens())
    return Browser(client=client(), refresh_tokens=presented, device=known_device.presented())


def logged_in(login: Login) -> Response:
    """The answer of a login: the user, an access token, and the cookies of the refresh token and the device."""
    response = with_tokens(login.grant, message="Login successful", user=UserSchema().dump(login.user))
    known_device.remember(response, login.device)
    return response
