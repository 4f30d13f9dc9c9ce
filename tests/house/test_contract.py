"""What a change of the code's layout must leave as it is: who may call what, and every setting with its default."""

import dataclasses

import pytest

from auth_service.settings.settings import Settings
from tests.support.routes import Access, access_table

PAGE = Access("all", needs_database=False, logs_success=False, feature="pages")
ACCESS = {
    "GET /.well-known/jwks.json": Access("all", needs_database=False, cacheable=True, feature="public keys"),
    "GET /": Access("all", needs_database=False, logs_success=False),
    "GET /account": PAGE,
    "GET /account/<view>": PAGE,
    "GET /admin": PAGE,
    "GET /admin/<view>": PAGE,
    "GET /assets/<version>/<path:name>": PAGE._replace(cacheable=True),
    "GET /audit": Access("admin"),
    "GET /auth-client.js": PAGE._replace(cacheable=True),
    "POST /auth/confirm": Access("user", limits=("password",), keys=False, owing=True),
    "POST /auth/invitation": Access("all", limits=("login",)),
    "POST /auth/login": Access("all", reads_cookie=True, limits=("login", "login_account")),
    "POST /auth/confirm/options": Access("user", keys=False, owing=True, feature="passkeys"),
    "POST /auth/login/options": Access("all", feature="passkeys"),
    "POST /auth/login/factor": Access("all", reads_cookie=True, feature="second factors"),
    "POST /auth/passkey": Access("all", reads_cookie=True, limits=("login",), feature="passkeys"),
    "POST /auth/passkey/options": Access("all", needs_database=False, feature="passkeys"),
    "POST /auth/logout": Access("all", reads_cookie=True),
    "POST /auth/password/forgot": Access("all", limits=("login",), feature="mail"),
    "POST /auth/password/reset": Access("all", limits=("login",), feature="mail"),
    "POST /auth/refresh": Access("all", reads_cookie=True),
    "POST /auth/register": Access("all", limits=("register",)),
    "POST /auth/register/confirm": Access("all", limits=("register",), feature="mail"),
    "GET /auth/verify": Access("user", logs_success=False),
    "GET /dev/mails": Access("all", needs_database=False, feature="mail"),
    "GET /dev/mails/<mail_id>": Access("all", needs_database=False, feature="mail"),
    "GET /docs": Access("all", needs_database=False),
    "GET /docs/assets/<path:name>": Access("all", needs_database=False, cacheable=True),
    "GET /figures": Access("admin"),
    "GET /healthz": Access("all", needs_database=False, logs_success=False),
    "GET /metrics": Access("all", needs_database=False, logs_success=False),
    "GET /openapi.json": Access("all", needs_database=False),
    "GET /profile": Access("user", owing=True),
    "GET /profile/audit": Access("user"),
    "GET /profile/export": Access("user", limits=("export",), keys=False, fresh=True),
    "GET /profile/export/schema": Access("all", needs_database=False),
    "POST /profile/email": Access("user", limits=("password",), keys=False, fresh=True, feature="mail"),
    "POST /profile/email/confirm": Access("user", keys=False, feature="mail"),
    "POST /profile/email/verification": Access("user", limits=("password",), keys=False, feature="mail"),
    "POST /profile/email/verification/confirm": Access("user", keys=False, feature="mail"),
    "GET /profile/factors": Access("user", keys=False, owing=True, feature="second factors"),
    "PATCH /profile/factors/<factor_id>": Access("user", keys=False, feature="second factors"),
    "DELETE /profile/factors/<factor_id>": Access("user", keys=False, fresh=True, feature="second factors"),
    "POST /profile/factors/passkeys": Access("user", keys=False, fresh=True, owing=True, feature="passkeys"),
    "POST /profile/factors/passkeys/options": Access("user", keys=False, fresh=True, owing=True, feature="passkeys"),
    "POST /profile/factors/totp": Access("user", keys=False, fresh=True, owing=True, feature="second factors"),
    "POST /profile/factors/totp/<factor_id>/confirm": Access("user", keys=False, owing=True, feature="second factors"),
    "POST /profile/recovery-codes": Access("user", keys=False, fresh=True, feature="second factors"),
    "POST /profile/keys": Access("user", keys=False, fresh=True),
    "POST /profile/password": Access("user", limits=("password",), keys=False),
    "GET /profile/security": Access("user", keys=False, owing=True),
    "GET /readyz": Access("all", needs_database=False, logs_success=False),
    "DELETE /sessions": Access("user"),
    "GET /sessions": Access("user"),
    "DELETE /sessions/<session_id>": Access("user"),
    "GET /sessions/history": Access("user"),
    "GET /users": Access("admin"),
    "POST /users": Access("admin"),
    "DELETE /users/<user_id>": Access("owner, admin", dangerous=True),
    "GET /users/<user_id>": Access("owner, admin"),
    "PUT /users/<user_id>/<role>": Access("admin", dangerous=True),
    "POST /users/<user_id>/invitation": Access("admin", dangerous=True),
    "POST /users/<user_id>/keys": Access("admin", keys=False, fresh=True),
    "POST /users/<user_id>/password-reset": Access("admin", keys=False, fresh=True, feature="mail"),
    "DELETE /users/<user_id>/factors": Access("admin", keys=False, fresh=True, feature="second factors"),
    "GET /users/<user_id>/factors": Access("admin", feature="second factors"),
    "DELETE /users/<user_id>/sessions": Access("admin"),
    "GET /users/<user_id>/sessions": Access("admin"),
    "DELETE /users/<user_id>/suspension": Access("admin"),
    "POST /users/<user_id>/suspension": Access("admin"),
}

# Where two values stand, the second is that of APP_ENV=development.
DEFAULTS = {
    "APP_ENV": "production",
    "APP_NAME": "auth_service",
    "PUBLIC_URL": "None",
    "HOST": ("0.0.0.0", "127.0.0.1"),
    "PORT": "3020",
    "TRUST_PROXY": "0",
    "WEB_CONCURRENCY": "2",
    "WEB_THREADS": "32",
    "STOP_DELAY": ("0:00:05", "0:00:00"),
    "LOG_LEVEL": "info",
    "LOG_VERIFY": "False",
    "API_DOCS": ("False", "True"),
    "PAGES": ("False", "True"),
    "METRICS_TOKEN": "None",
    "METRICS_BIND": "None",
    "DB_URL": "REQUIRED",
    "JWT_SECRET": "",
    "JWT_ACCESS_SECRET": "",
    "JWT_REFRESH_SECRET": "",
    "JWT_SECRET_PREVIOUS": "None",
    "JWT_KEYS_FILE": "None",
    "JWT_AUDIENCE": "None",
    "JWT_ACCESS_EXPIRES_IN": "0:05:00",
    "JWT_REFRESH_EXPIRES_IN": "14 days, 0:00:00",
    "REFRESH_RACE_WINDOW": "0:00:15",
    "REFRESH_GRACE": "0:00:00",
    "SESSION_EXPIRES_IN": "14 days, 0:00:00",
    "SESSION_ABSOLUTE_EXPIRES_IN": "30 days, 0:00:00",
    "SESSION_ABSOLUTE_EXPIRES_IN_ADMIN": "12:00:00",
    "SESSION_TOUCH_INTERVAL": "0:00:00",
    "SESSION_MAX_PER_USER": "10",
    "SESSION_HISTORY_DAYS": "90",
    "COOKIE_SECURE": ("True", "False"),
    "COOKIE_HTTP_ONLY": "True",
    "COOKIE_SAME_SITE": "strict",
    "COOKIE_REFRESH_MAX_AGE": "None",
    "CORS_ORIGINS": "()",
    "AUDIT_DAYS": "180",
    "PASSWORD_MIN_LENGTH": "8",
    "PASSWORD_BREACH_CHECK": "False",
    "PASSWORD_BREACH_URL": "https://api.pwnedpasswords.com/range/",
    "BCRYPT_ROUNDS": "12",
    "BCRYPT_CONCURRENCY": "1",
    "BCRYPT_WAIT": "0:00:02",
    "RATELIMIT_ENABLED": "True",
    "RATELIMIT_STORAGE_URL": "None",
    "RATELIMIT_REGISTER": "30/hour",
    "RATELIMIT_LOGIN": "100/5minutes",
    "RATELIMIT_LOGIN_ACCOUNT": "200/hour",
    "RATELIMIT_PASSWORD": "30/hour",
    "LOGIN_DELAY_ENABLED": "True",
    "REGISTRATION": "open",
    "REGISTER_VERIFY": "False",
    "FRESH_FOR": "0:10:00",
    "CONFIRM_DANGEROUS": "False",
    "DATA_KEY": "None",
    "DATA_KEY_PREVIOUS": "None",
    "MFA_REQUIRED_FOR": "none",
    "MAIL_URL": ("None", "file:instance/mails"),
    "MAIL_FROM": ("None", "auth_service <auth@localhost>"),
    "MAIL_TEMPLATES": "None",
    "MAIL_WORKERS": "True",
    "SEED_ADMIN_ON_START": "False",
    "ADMIN_EMAIL": "None",
    "ADMIN_PASSWORD": "None",
    "MAXMIND_ACCOUNT_ID": "None",
    "MAXMIND_LICENSE_KEY": "None",
    "GEO_DB_FILE_PATH": "None",
    "GEO_DOWNLOAD_URL": "None",
    "GEO_MAX_AGE": "7 days, 0:00:00",
    "GEO_PRIVACY_DAYS": "90",
    "IMPORT_JWT_SECRET": "None",
    "IMPORT_ACCEPT_DAYS": "14",
}


def test_the_access_table_is_this(app):
    assert access_table(app) == ACCESS


@pytest.mark.parametrize(("place", "environment"), [(0, "production"), (1, "development")])
def test_the_settings_and_their_defaults_are_these(place, environment):
    expected = {name: value if isinstance(value, str) else value[place] for name, value in DEFAULTS.items()}
    assert {name: default_of(field, environment) for name, field in settings().items()} == expected


def settings():
    """The fields of all groups by their variables."""
    groups = [group.type for group in dataclasses.fields(Settings)]
    return {field.metadata["name"]: field for group in groups for field in dataclasses.fields(group)}


def default_of(field, environment):
    default = field.metadata["default"]
    value = default({"APP_ENV": environment}) if callable(default) else default
    return "REQUIRED" if type(value) is object else str(value)
