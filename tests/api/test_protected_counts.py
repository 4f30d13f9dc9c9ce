"""What calls cost the database with rate limits and login delays on: as many commands as ARCHITECTURE.md says."""

import re

import pytest

from auth_service.app import create_app
from auth_service.settings.settings import Settings
from tests.support.api import Api
from tests.support.commands import recorded_callers, recorded_commands
from tests.support.server import ROOT
from tests.support.settings import environment

PAGE = (ROOT / "ARCHITECTURE.md").read_text()
MOST_FILES = 25
COUNTS = {call: int(number) for call, number in re.findall(r"^\| (`[A-Z]+ /.*?) \| (\d+) \|$", PAGE, re.MULTILINE)}


@pytest.fixture
def newcomer(app, db_url, clock, database):
    """A client of the service with all protections on, which has an account and never logged in."""
    protections = {"RATELIMIT_ENABLED": "true", "LOGIN_DELAY_ENABLED": "true"}
    protected = create_app(Settings.from_env(environment(DB_URL=db_url, **protections), dotenv=None), clock=clock)
    protected.extensions["auth_service"].services.readiness.prepare()
    for counters in ("rate_limits", "login_delays"):
        database[counters].delete_many({})
    return Api(protected).registered()


@pytest.fixture
def customer(newcomer):
    """The same client, logged in."""
    return newcomer.logged_in()


def cost(call, *, status):
    """The commands of `call`, as "name collection", once its answer has `status`."""
    with recorded_commands() as commands:
        assert call().status_code == status
    return [name if name == "commitTransaction" else f"{name} {collection}" for name, collection in commands]


def diagram(heading):
    """The commands in the sequence diagram under `heading`."""
    chapter = PAGE.split(f"\n## {heading}\n")[1].split("```")[1]
    return re.findall(r"->>M: (.+)", chapter)


def assert_documented(call, commands):
    assert len(commands) == COUNTS[call], commands


def test_verify_costs_what_the_page_says(customer):
    assert_documented("`GET /auth/verify`", cost(customer.verify, status=204))


def test_the_profile_costs_what_the_page_says(customer):
    assert_documented("`GET /profile`", cost(customer.profile, status=200))


def test_a_refresh_sends_the_commands_of_the_diagram(customer):
    commands = cost(customer.refresh, status=200)
    assert_documented("`POST /auth/refresh`", commands)
    assert commands == diagram("A refresh")


def test_a_login_from_a_new_device_sends_the_commands_of_the_diagram(newcomer):
    commands = cost(newcomer.login, status=200)
    assert_documented("`POST /auth/login`, new device", commands)
    assert commands == diagram("A login")


def test_a_login_from_a_known_device_costs_what_the_page_says(customer):
    customer.forget_cookie()
    assert_documented("`POST /auth/login`, known device", cost(customer.login, status=200))


def test_a_login_that_ends_the_session_of_its_cookie_costs_what_the_page_says(customer):
    assert_documented("`POST /auth/login`, known device and a refresh cookie", cost(customer.login, status=200))


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_a_failed_login_costs_what_the_page_says_whether_there_is_an_account_or_not(newcomer, email):
    commands = cost(lambda: newcomer.login(email=email, password="wrong password"), status=401)
    assert_documented("`POST /auth/login`, wrong password", commands)


def test_a_login_over_ipv6_costs_one_more(newcomer):
    over_ipv6 = {"REMOTE_ADDR": "2001:db8::1"}
    commands = cost(lambda: newcomer.login(environ_base=over_ipv6), status=200)
    assert commands == ["findAndModify rate_limits", *diagram("A login")]


def test_the_page_has_no_other_counts():
    assert len(COUNTS) == 7


def test_a_login_passes_few_files_from_its_view_to_the_database(customer):
    """Whichever login: right or wrong, of a new device, or instead of another session."""
    with recorded_callers("api/auth/views.py") as files:
        assert customer.login().status_code == 200
        assert customer.login(password="a wrong guess").status_code == 401
        customer.forget_cookie()
        assert customer.login().status_code == 200
    assert {"services/login/logins.py", "database/transactions.py"} < files
    assert len(files) <= MOST_FILES, sorted(files)
