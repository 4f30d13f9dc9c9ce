"""The environment the tests run the service with, and settings made of it."""

import pytest

from auth_service.settings.environment import ConfigurationError
from auth_service.settings.settings import Settings

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz-test-secret"


def environment(**changes):
    """A complete environment, with `changes`; `None` takes a variable out."""
    variables = {
        "APP_ENV": "test",
        "DB_URL": "mongodb://127.0.0.1:1/nowhere",
        "JWT_SECRET": SECRET,
        "BCRYPT_ROUNDS": "4",
        "LOG_LEVEL": "warning",
        "API_DOCS": "true",
        "WEB_THREADS": "64",
        "STOP_DELAY": "0",
        "RATELIMIT_ENABLED": "false",
        "LOGIN_DELAY_ENABLED": "false",
        **changes,
    }
    return {name: str(value) for name, value in variables.items() if value is not None}


def settings(**changes):
    """The settings of a complete environment, with limits and delays at their defaults."""
    changes = {"RATELIMIT_ENABLED": None, "LOGIN_DELAY_ENABLED": None, **changes}
    return Settings.from_env(environment(**changes), dotenv=None)


def problems(**changes):
    """What is wrong with the environment."""
    with pytest.raises(ConfigurationError) as refusal:
        settings(**changes)
    return refusal.value.problems
