"""The Postman collection knows every call of the service, checks every answer, and runs anywhere."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import HTTPException

COLLECTION = Path(__file__).resolve().parents[2] / "postman" / "auth_service.postman_collection.json"
BASE_URL = "{{BASE_URL}}"
UNASKED = {"HEAD", "OPTIONS"}
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
# Names under `.example` belong to nobody (RFC 2606); an origin that is refused needs one.
HOST_OR_PATH = re.compile(
    r"\w+://(?!\w+\.example\b)|localhost|\b\d{1,3}(\.\d{1,3}){3}\b|[A-Z]:\\|/(home|root|tmp|usr|var|opt|Users)\b"
)


@pytest.fixture(scope="module")
def text():
    return COLLECTION.read_text()


@pytest.fixture(scope="module")
def requests(text):
    return list(flattened(json.loads(text)))


def flattened(folder):
    """The requests of a folder and of those in it, in the order they are sent."""
    for item in folder["item"]:
        if "item" in item:
            yield from flattened(item)
        else:
            yield item


def test_every_method_of_every_route_is_requested(app, requests):
    routes = {(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods - UNASKED}
    assert routes - {route_of(app, item["request"]) for item in requests} == set()


def route_of(app, request):
    """The rule that `request` reaches, as the application itself matches it, and the method; `None` for none."""
    path = urlsplit(request["url"].removeprefix(BASE_URL)).path
    try:
        rule, _ = app.url_map.bind("").match(path, method=request["method"], return_rule=True)
    except HTTPException:
        return None
    return rule.rule, request["method"]


def test_every_request_asserts_something(requests):
    assert [item["name"] for item in requests if "pm.test(" not in assertions(item)] == []


def assertions(item):
    return "\n".join(line for event in item["event"] if event["listen"] == "test" for line in event["script"]["exec"])


def test_every_request_goes_to_the_base_url(requests):
    assert [item["name"] for item in requests if not item["request"]["url"].startswith(f"{BASE_URL}/")] == []


def test_no_host_and_no_path_of_a_machine_is_written_in_it(text):
    found = [line.strip() for line in text.splitlines() if HOST_OR_PATH.search(line.replace(SCHEMA, ""))]
    assert found == []
