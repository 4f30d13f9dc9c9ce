"""Durations in an odd order are warnings, and the grace is none."""

import pytest

from auth_service.doctor.configuration import confirmation, durations, refresh_grace
from auth_service.doctor.findings import Level
from auth_service.settings.settings import Settings
from tests.support.settings import environment

OK, WARNING, PROBLEM, _ = Level


def settings(**variables):
    return Settings.from_env(environment(**variables), dotenv=None)


def levels(findings):
    return [finding.level for finding in findings]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"JWT_ACCESS_EXPIRES_IN": "15d", "SESSION_EXPIRES_IN": "16d"}, "longer than JWT_REFRESH_EXPIRES_IN (14d)"),
        ({"JWT_ACCESS_EXPIRES_IN": "1h", "SESSION_EXPIRES_IN": "30m"}, "outlives its session"),
        ({"SESSION_EXPIRES_IN": "20d"}, "nothing can refresh it"),
        ({"SESSION_EXPIRES_IN": "40d", "JWT_REFRESH_EXPIRES_IN": "40d"}, "never comes to bear"),
        ({"SESSION_ABSOLUTE_EXPIRES_IN_ADMIN": "60d"}, "more often than users"),
        ({"SESSION_TOUCH_INTERVAL": "2d"}, "SESSION_TOUCH_INTERVAL (2d) is more than a tenth"),
        ({"COOKIE_REFRESH_MAX_AGE": "15d"}, "it has no effect"),
        ({"REFRESH_RACE_WINDOW": "0"}, "count as theft"),
        ({"REFRESH_RACE_WINDOW": "10m"}, "undetected"),
    ],
)
def test_durations_in_an_odd_order(variables, words):
    found = durations.examine(settings(**variables))
    assert any(each.level is WARNING and words in each.sentence for each in found), found
    assert PROBLEM not in levels(found)


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [
        ("SESSION_EXPIRES_IN", "3600", "milliseconds"),
        ("SESSION_EXPIRES_IN", "86400", "milliseconds"),
        ("SESSION_EXPIRES_IN", "1209600", "milliseconds"),
        ("COOKIE_REFRESH_MAX_AGE", "7200", "milliseconds"),
        ("JWT_ACCESS_EXPIRES_IN", "5", "seconds"),
        ("JWT_ACCESS_EXPIRES_IN", "300000", "seconds"),
        ("JWT_REFRESH_EXPIRES_IN", "14", "seconds"),
        ("SESSION_ABSOLUTE_EXPIRES_IN", "30", "seconds"),
        ("SESSION_ABSOLUTE_EXPIRES_IN_ADMIN", "12", "seconds"),
        ("BCRYPT_WAIT", "2000", "seconds"),
        ("GEO_MAX_AGE", "7", "seconds"),
        ("FRESH_FOR", "600000", "seconds"),
    ],
)
def test_a_duration_in_the_wrong_unit_is_named_with_the_right_one(name, value, unit):
    found = durations.examine(settings(**{name: value}))
    assert any(each.sentence.startswith(name) and f"a plain number is {unit}" in each.sentence for each in found), found


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"SESSION_EXPIRES_IN": "1209600000"},
        {"JWT_ACCESS_EXPIRES_IN": "1h"},
        {"GEO_MAX_AGE": "1h"},
        {"FRESH_FOR": "1h"},
    ],
)
def test_durations_in_the_usual_units_are_no_warning(variables):
    assert levels(durations.examine(settings(**variables))) == [OK]


@pytest.mark.parametrize(("grace", "words"), [("0", "has to log in again"), ("5s", "can repeat it for 5s")])
def test_the_grace_is_reported_and_is_no_warning(grace, words):
    (found,) = refresh_grace.examine(settings(REFRESH_GRACE=grace).tokens, browsers=False)
    assert found.level is OK
    assert words in found.sentence


@pytest.mark.parametrize(
    ("grace", "browsers", "advised"), [("0", True, True), ("0", False, False), ("5s", True, False)]
)
def test_a_grace_is_recommended_where_browsers_refresh(grace, browsers, advised):
    (found,) = refresh_grace.examine(settings(REFRESH_GRACE=grace).tokens, browsers=browsers)
    assert ("REFRESH_GRACE=15s is recommended" in found.sentence) is advised


@pytest.mark.parametrize(("value", "words"), [("false", "set it to true"), ("true", "within 20m")])
def test_a_fresh_login_for_what_is_dangerous_is_recommended_and_no_warning(value, words):
    (found,) = confirmation.examine(settings(CONFIRM_DANGEROUS=value, FRESH_FOR="20m").confirmation)
    assert found.level is OK
    assert words in found.sentence
