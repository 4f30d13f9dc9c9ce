"""Ids in paths that name nothing: one table of all routes that have an id, and what each answers to whom."""

import pytest

from tests.support.api import Api
from tests.support.errors import assert_one_shape
from tests.support.routes import routes

NOBODY = "0123456789abcdef01234567"
INVALID, UNKNOWN, FORBIDDEN = (400, "invalid_id"), (404, "user_not_found"), (403, "forbidden")
NO_SESSION = (404, "session_not_found")
NO_FACTOR = (404, "factor_not_found")

# What a malformed id and one that nobody has are answered, to an admin, and what both are, to a plain user; `None` is
# the same as to an admin.
TABLE = {
    "GET /users/<user_id>": (INVALID, UNKNOWN, FORBIDDEN),
    "DELETE /users/<user_id>": (INVALID, UNKNOWN, FORBIDDEN),
    "PUT /users/<user_id>/<role>": (INVALID, UNKNOWN, FORBIDDEN),
    "GET /users/<user_id>/factors": (INVALID, UNKNOWN, FORBIDDEN),
    "DELETE /users/<user_id>/factors": (INVALID, UNKNOWN, FORBIDDEN),
    "PATCH /profile/factors/<factor_id>": (INVALID, NO_FACTOR, None),
    "DELETE /profile/factors/<factor_id>": (INVALID, NO_FACTOR, None),
    "POST /profile/factors/totp/<factor_id>/confirm": (INVALID, NO_FACTOR, None),
    "GET /users/<user_id>/sessions": (INVALID, UNKNOWN, FORBIDDEN),
    "DELETE /users/<user_id>/sessions": (INVALID, UNKNOWN, FORBIDDEN),
    "POST /users/<user_id>/invitation": (INVALID, UNKNOWN, FORBIDDEN),
    "POST /users/<user_id>/keys": (INVALID, UNKNOWN, FORBIDDEN),
    "POST /users/<user_id>/password-reset": (INVALID, UNKNOWN, FORBIDDEN),
    "POST /users/<user_id>/suspension": (INVALID, UNKNOWN, FORBIDDEN),
    "DELETE /users/<user_id>/suspension": (INVALID, UNKNOWN, FORBIDDEN),
    "DELETE /sessions/<session_id>": (NO_SESSION, NO_SESSION, NO_SESSION),
}

BODIES = {
    "POST /users/<user_id>/keys": {"name": "report"},
    "PATCH /profile/factors/<factor_id>": {"name": "Phone"},
    "POST /profile/factors/totp/<factor_id>/confirm": {"code": "123456"},
}

MALFORMED = {
    "one character": "x",
    "a digit": "1",
    "a word": "me",
    "short": "0123456789abcdef0123456",
    "long": "0123456789abcdef012345678",
    "not hexadecimal": "0123456789abcdef0123456g",
    "no hexadecimal digit at all": "g" * 24,
    "twelve characters": "abcdefghijkl",
    "the form of a session's id": "0" * 32,
    "letters beyond ASCII": "\u00e9" * 24,
    "NUL": "%00",
    "NUL behind": "0123456789abcdef01234567%00",
    "line break behind": "0123456789abcdef01234567%0a",
    "space before": "%200123456789abcdef01234567",
    "unicode digits": "%D9%A0" * 24,
    "full-width digits": "%EF%BC%90" * 24,
    "emoji": "%F0%9F%94%91",
    "no UTF-8": "%ff%fe",
    "a surrogate": "%ED%A0%80",
    "dots": "...",
    "an operator": "$ne",
    "an operator in JSON": "%7B%22$ne%22:null%7D",
    "ObjectId()": "ObjectId('0123456789abcdef01234567')",
    "a UUID": "01234567-89ab-cdef-0123-456789abcdef",
    "a minus": "-1",
    "a percent sign": "%25",
    "a broken escape": "%zz",
    "a template": "{{7*7}}",
    "semicolon": "0123456789abcdef01234567;x=1",
    "very long": "0" * 20_000,
    "very long and wild": "%F0%9F%94%91" * 3000,
}


def call(api, route, identifier):
    """Send the call of a row of the table with an id."""
    method, path = route.split()
    path = path.replace("<role>", "admin")
    for variable in ("<user_id>", "<session_id>", "<factor_id>"):
        path = path.replace(variable, identifier)
    options = {"json": BODIES[route]} if route in BODIES else {}
    return getattr(api, method.lower())(path, **options)


@pytest.fixture
def new_api(factor_app):
    """Makes clients of a service that has every route."""
    return lambda: Api(factor_app)


@pytest.fixture(autouse=True)
def nothing_changes(admin, user, database):
    """Fails a test after which an account or a session is another than before."""
    yield
    assert {each["email"]: each["role"] for each in database.users.find()} == {admin.email: "admin", user.email: "user"}
    assert database.sessions.count_documents({"endedAt": None}) == 2


def test_every_route_with_an_id_is_in_the_table(app):
    with_id = {f"{method} {rule.rule}" for method, rule in routes(app) if "_id>" in rule.rule}
    assert with_id - {"GET /dev/mails/<mail_id>"} == set(TABLE)  # of a developer's own machine


@pytest.mark.parametrize("route", TABLE)
def test_a_malformed_id_is_answered_so(admin, user, route):
    to_admin, _, to_user = TABLE[route]
    for identifier in MALFORMED.values():
        assert_one_shape(call(admin, route, identifier), *to_admin)
        assert_one_shape(call(user, route, identifier), *(to_user or to_admin))


@pytest.mark.parametrize("route", TABLE)
@pytest.mark.parametrize("identifier", [NOBODY, NOBODY.upper(), "0" * 24], ids=["digits", "upper case", "zeros"])
def test_an_id_that_nobody_has_is_answered_so(admin, user, route, identifier):
    _, to_admin, to_user = TABLE[route]
    assert_one_shape(call(admin, route, identifier), *to_admin)
    assert_one_shape(call(user, route, identifier), *(to_user or to_admin))
