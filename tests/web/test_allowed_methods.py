"""Every path has the methods of one rule, those that `Allow` names, and no other reaches a view."""

from collections import defaultdict

import pytest

from tests.support.api import Api
from tests.support.errors import assert_one_shape
from tests.support.routes import concrete

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
SESSION = "e2833ab262b740b3887b0432f8809b7a"


@pytest.fixture
def allowed(app):
    """The methods of each path of the URL map, with something in place of its variables."""
    found = defaultdict(set)
    for rule in app.url_map.iter_rules():
        found[concrete(rule).replace("<session_id>", SESSION)] |= rule.methods
    return found


def test_allow_names_the_methods_of_the_path_and_all_others_are_405(factor_app, allowed):
    api = Api(factor_app)
    assert len(allowed) >= 20
    for path, methods in allowed.items():
        for method in set(METHODS) - methods:
            response = api.http.open(path, method=method)
            assert response.status_code == 405, (method, path)
            assert method == "HEAD" or assert_one_shape(response, 405, "method_not_allowed")
            assert set(response.headers["Allow"].split(", ")) == methods, (method, path)


def test_options_names_the_same_methods(factor_app, allowed):
    """Of all but those that hide themselves until they are configured."""
    hidden = ("/metrics", "/.well-known/jwks.json", "/dev/mails", "/account", "/admin", "/assets", "/auth-client.js")
    shown = {path: methods for path, methods in allowed.items() if not path.startswith(hidden)}
    for path, methods in shown.items():
        assert set(factor_app.test_client().options(path).headers["Allow"].split(", ")) == methods, path


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("DELETE", "/sessions/historyx", 404, "session_not_found"),
        ("DELETE", "/sessions/History", 404, "session_not_found"),
        ("DELETE", "/sessions/history%0A", 404, "session_not_found"),
        ("DELETE", "/sessions/sessions", 404, "session_not_found"),
        ("PUT", f"/users/{'0' * 24}/session", 400, "invalid_role"),
        ("PUT", f"/users/{'0' * 24}/SESSIONS", 400, "invalid_role"),
        ("PUT", f"/users/{'0' * 24}/history", 400, "invalid_role"),
    ],
)
def test_a_word_that_is_only_like_a_reserved_one_is_a_value(admin, method, path, status, code):
    assert_one_shape(
        admin.http.open(path, method=method, headers={"Authorization": f"Bearer {admin.access_token}"}), status, code
    )
