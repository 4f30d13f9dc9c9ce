"""The environment the tests run the service with."""

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
