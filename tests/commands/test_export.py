"""`flask users export`"""

import json

import jsonschema

from auth_service.web.schemas.export import JSON_SCHEMA


def test_the_operator_exports_an_account_as_its_user_does(app, user):
    outcome = app.test_cli_runner().invoke(args=["users", "export", user.email])
    data = json.loads(outcome.output)
    jsonschema.validate(data, JSON_SCHEMA)
    assert data["account"]["email"] == user.email
