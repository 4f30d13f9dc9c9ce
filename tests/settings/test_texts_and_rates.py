"""Texts that could not be used, and rates that would not limit, are refused by name."""

from contextlib import suppress

import pytest

from auth_service.settings.environment import ConfigurationError
from auth_service.settings.settings import Settings
from tests.support.settings import environment, problems, settings

NOT_UTF8 = "abc\udcff" + "0123456789abcdefghijklmnopqrstuvwxyz"  # as Python reads other bytes of the environment


@pytest.mark.parametrize("name", sorted(set(Settings.variables())))
def test_a_value_that_is_no_utf_8_is_named_and_never_shown(name):
    assert [problem.split()[0] for problem in problems(**{name: NOT_UTF8})] == [name]


@pytest.mark.parametrize("name", sorted(set(Settings.variables())))
@pytest.mark.parametrize("text", ["x" * 100_000, "a\x1b[31m\x07\x7f", "a\r\nb", "\u202ea"])
def test_a_hostile_value_is_taken_as_it_is_or_refused_by_name(name, text):
    with suppress(ConfigurationError):
        Settings.from_env(environment(**{name: text}), dotenv=None)
        return
    found = problems(**{name: text})
    assert {problem.split()[0] for problem in found} == {name}
    assert text not in "".join(found)


@pytest.mark.parametrize("name", ["x" * 101, "a\nb", "a\x00b", "a\u202eb"])
def test_the_services_name_is_one_printable_line(name):
    assert problems(APP_NAME=name) == ["APP_NAME must be printable and have at most 100 characters"]
    assert settings(APP_NAME=" Z\u00fcrich & Co ").service.name == "Z\u00fcrich & Co"


@pytest.mark.parametrize("name", ["METRICS_TOKEN", "MAXMIND_LICENSE_KEY", "MAXMIND_ACCOUNT_ID"])
@pytest.mark.parametrize("text", ["two words of more than 32 characters", "\u00fc" * 40, "a\tb"])
def test_what_no_header_could_carry_is_refused(name, text):
    assert f"{name} must be ASCII characters without spaces" in problems(**{name: text})


@pytest.mark.parametrize("text", ["100/hour;10/minute", "100/hour, 10/minute", "100 per hour|10 per minute"])
def test_two_rates_are_refused(text):
    assert problems(RATELIMIT_LOGIN=text) == ["RATELIMIT_LOGIN must be one rate, such as 100/5minutes"]


@pytest.mark.parametrize("text", ["0/hour", "10/0hour"])
def test_a_rate_that_allows_nothing_or_has_no_length_is_refused(text):
    assert problems(RATELIMIT_LOGIN=text) == ["RATELIMIT_LOGIN must allow at least 1 in at least a second"]


@pytest.mark.parametrize("text", ["1/2years", "100/999999999year", "99999999999999999999/hour", f"1/{'9' * 30}second"])
def test_a_rate_that_no_counter_can_hold_is_refused(text):
    assert problems(RATELIMIT_LOGIN=text) == ["RATELIMIT_LOGIN must allow at most 1000000000 in at most a year"]
    assert settings(RATELIMIT_LOGIN="1/year").rate_limits.login == "1/year"


@pytest.mark.parametrize(
    "text", ["\u0663/hour", "1.5/hour", "0x5/hour", "-5/hour", "1/-5hour", "10/hour;", "5/5", "1/h"]
)
def test_what_is_no_rate_is_refused(text):
    [problem] = problems(RATELIMIT_LOGIN=text)
    assert problem.startswith("RATELIMIT_LOGIN must be a rate")
