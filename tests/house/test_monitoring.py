"""The alert rules and the dashboard in deploy/ ask for figures that the service has, by labels it has."""

import json
import re

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from auth_service.monitoring.prometheus import PrometheusMetrics
from tests.support.server import ROOT

RULES = ROOT / "deploy" / "prometheus-alerts.yaml"
DASHBOARD = ROOT / "deploy" / "grafana-dashboard.json"
PAGE = (ROOT / "docs" / "observability.md").read_text()
ASKED = {
    *("auth_service_live_sessions", "auth_service_geo_file_age_seconds"),
    *("auth_service_mails_waiting", "auth_service_mails_oldest_seconds", "auth_service_mails_dead"),
}
NAME = re.compile(r"\bauth_service_[a-z_]+\b")
SUFFIXES = re.compile(r"_(bucket|count|sum)$")


def rules():
    return yaml.safe_load(RULES.read_text())["groups"][0]["rules"]


def targets():
    return [target for panel in json.loads(DASHBOARD.read_text())["panels"] for target in panel.get("targets", [])]


def expressions():
    return [rule["expr"] for rule in rules()] + [target["expr"] for target in targets()]


@pytest.fixture(scope="module")
def families():
    """The service's families, `_total` included in the names of counters."""
    registry = CollectorRegistry()
    PrometheusMetrics(registry)
    found = text_string_to_metric_families(generate_latest(registry).decode())
    return {f"{each.name}_total" if each.type == "counter" else each.name for each in found} | ASKED


def test_every_figure_that_is_asked_for_exists(families):
    asked = {SUFFIXES.sub("", name) for expression in expressions() for name in NAME.findall(expression)}
    assert asked
    assert asked - families == set()


def test_every_figure_is_on_the_dashboard_and_on_the_page(families):
    shown = {SUFFIXES.sub("", name) for target in targets() for name in NAME.findall(target["expr"])}
    assert families - shown == set()
    assert [name for name in families if f"`{name}`" not in PAGE] == []


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_closes_what_it_opens(expression):
    for opening, closing in ("()", "{}", "[]"):
        assert expression.count(opening) == expression.count(closing)


def test_every_alert_says_how_grave_it_is_and_what_to_do():
    assert len({rule["alert"] for rule in rules()}) == len(rules())
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        assert rule["annotations"].keys() == {"summary", "description"}


def test_no_two_panels_lie_on_each_other():
    places = [panel["gridPos"] for panel in json.loads(DASHBOARD.read_text())["panels"]]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
