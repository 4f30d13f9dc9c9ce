"""Attributes of the cookie and origins of CORS that contradict each other."""

import pytest

from auth_service.doctor.configuration import cookie, origins
from auth_service.doctor.findings import Level
from auth_service.settings.settings import Settings
from tests.support.settings import environment

OK, WARNING, PROBLEM, _ = Level
ONE_SITE, TWO_SITES = "https://app.example.com,https://www.example.com", "https://app.example.com,https://other.org"


def settings(**variables):
    return Settings.from_env(environment(**variables), dotenv=None)


def levels(findings):
    return [finding.level for finding in findings]


@pytest.mark.parametrize(
    ("variables", "level", "words"),
    [
        ({"APP_ENV": "development", "COOKIE_SAME_SITE": "none"}, PROBLEM, "COOKIE_SECURE=true"),
        ({}, OK, "Path=/auth: right if no proxy strips a prefix, else set TRUST_PROXY"),
        ({"TRUST_PROXY": "1"}, OK, "names in X-Forwarded-Prefix"),
        ({"COOKIE_SAME_SITE": "none"}, WARNING, "CORS_ORIGINS allows none"),
        ({"APP_ENV": "development", "COOKIE_HTTP_ONLY": "false"}, WARNING, "COOKIE_HTTP_ONLY=true"),
        ({"CORS_ORIGINS": TWO_SITES}, WARNING, "spans example.com, other.org"),
        ({"CORS_ORIGINS": TWO_SITES, "COOKIE_SAME_SITE": "lax"}, WARNING, "COOKIE_SAME_SITE=lax"),
        ({"CORS_ORIGINS": TWO_SITES, "COOKIE_SAME_SITE": "none"}, OK, "the cookie reaches"),
        ({"CORS_ORIGINS": ONE_SITE}, OK, "right if it is served under example.com"),
        ({"CORS_ORIGINS": "https://a.shop.co.uk,https://b.shop.co.uk"}, OK, "under shop.co.uk"),
        ({"CORS_ORIGINS": "https://a.co.uk,https://b.co.uk"}, WARNING, "spans a.co.uk, b.co.uk"),
        ({"CORS_ORIGINS": "https://10.0.0.1,https://10.0.0.2:8443"}, WARNING, "spans 10.0.0.1, 10.0.0.2"),
        ({"CORS_ORIGINS": "http://app.example.com"}, WARNING, "http://app.example.com is not https"),
        ({"CORS_ORIGINS": "http://localhost:5173"}, OK, "call http://localhost:3020, not http://127.0.0.1:3020"),
        ({"CORS_ORIGINS": "http://app.localhost:5173"}, OK, "call http://app.localhost:3020, not http://127.0.0.1"),
        ({"CORS_ORIGINS": "http://127.0.0.1:5173"}, WARNING, "call http://127.0.0.1:3020, not http://localhost:3020"),
        ({"CORS_ORIGINS": "http://127.0.0.9", "PORT": "4000"}, WARNING, "call http://127.0.0.9:4000, not http://loc"),
        ({"CORS_ORIGINS": "http://[::1]:5173"}, WARNING, "call http://[::1]:3020, not http://localhost:3020"),
        ({"CORS_ORIGINS": "http://localhost:5173,http://127.0.0.1:5173"}, WARNING, "spans 127.0.0.1, localhost"),
        ({"CORS_ORIGINS": "https://[2001:db8::1],https://[2001:db8::2]"}, WARNING, "spans 2001:db8::1, 2001:db8::2"),
        ({"CORS_ORIGINS": "http://localhost:5173", "APP_ENV": "development"}, OK, "served under localhost"),
    ],
)
def test_cookie_and_cors_contradict_each_other(variables, level, words):
    found = [*cookie.examine(settings(**variables)), *origins.examine(settings(**variables))]
    assert [each.level for each in found if words in each.sentence] == [level]
    assert level in (OK, max(levels(found), key=list(Level).index))


def test_nothing_is_said_of_names_where_the_cookie_goes_to_every_site_or_no_page_is_on_this_machine():
    for variables in ({"CORS_ORIGINS": "http://127.0.0.1", "COOKIE_SAME_SITE": "none"}, {"CORS_ORIGINS": ONE_SITE}):
        assert origins.examine_loopback(settings(**variables)) == []
