"""GET /docs: what a reader finds explained there. Swagger UI shows the texts of /openapi.json."""

import json
import re
from secrets import token_urlsafe

import pytest

from tests.support.errors import every_refusal


@pytest.fixture(params=["without a metrics token", "with a metrics token"])
def specification(app, app_with, request):
    token = token_urlsafe(32) if request.param == "with a metrics token" else None
    return app_with(METRICS_TOKEN=token).test_client().get("/openapi.json").json


def calls(specification):
    """Every call, with the parameters of its path."""
    for path, item in specification["paths"].items():
        for method in item.keys() - {"parameters"}:
            call = item[method]
            yield method, path, {**call, "parameters": item.get("parameters", []) + call.get("parameters", [])}


def test_every_error_is_listed_once_with_its_status_and_message(specification):
    rows = re.findall(r"^\| (\d{3}) \| `(\w+)` \| (.+) \|$", specification["info"]["description"], re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert {(code, int(status), message) for status, code, message in rows} == every_refusal()


def test_errors_are_listed_by_status(specification):
    statuses = re.findall(r"^\| (\d{3}) \|", specification["info"]["description"], re.MULTILINE)
    assert statuses == sorted(statuses)


def test_the_head_of_the_page_says_which_token_goes_where(specification):
    head = specification["info"]["description"]
    for word in ("**Authorize**", "POST /auth/login", "accessToken", "**bearer**", "POST /auth/refresh", "cookie"):
        assert word in head


def test_every_box_of_authorize_is_explained(specification):
    for name, scheme in specification["components"]["securitySchemes"].items():
        assert len(scheme.get("description", "")) > 20, name


def test_authorize_has_a_box_for_what_some_call_asks_for_and_no_other(specification):
    asked = {name for _, _, call in calls(specification) for each in call["security"] for name in each}
    assert set(specification["components"]["securitySchemes"]) == asked


def test_every_parameter_is_explained(specification):
    for method, path, call in calls(specification):
        for parameter in call["parameters"]:
            assert len(parameter.get("description", "")) > 10, (method, path, parameter["name"])


def test_a_text_that_is_not_shown_as_markdown_has_no_backtick(specification):
    texts = [call["summary"] for _, _, call in calls(specification)]
    texts += [specification["info"]["title"], *(tag["name"] for tag in specification["tags"])]
    assert [text for text in texts if "`" in text or not text] == []


def test_every_schema_on_the_page_belongs_to_a_call(specification):
    whole = json.dumps(specification)
    unused = [name for name in specification["components"]["schemas"] if f'"#/components/schemas/{name}"' not in whole]
    assert unused == []
