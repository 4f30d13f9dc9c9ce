"""Passkeys in a real Chromium, whose authenticators are virtual and whose checks are its own."""

import pytest

from auth_service.development.mongod import free_port
from tests.support.api import PASSWORD
from tests.support.browser.site import Served
from tests.support.factors.apps import KEY
from tests.support.factors.browser import Page

pytestmark = [pytest.mark.edge, pytest.mark.timeout(300)]
EMAIL = "ada@example.com"


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def served_app(app_with, port, tmp_path_factory):
    mail = {"MAIL_URL": f"file:{tmp_path_factory.mktemp('mails')}", "MAIL_FROM": "no-reply@example.com"}
    return app_with(DATA_KEY=KEY, PUBLIC_URL=f"http://localhost:{port}", COOKIE_SECURE="true", **mail)


@pytest.fixture
def site(app, served_app, port, database):
    for name in ("factors", "recovery_codes", "used_challenges", "login_delays"):
        database[name].delete_many({})
    with Served(served_app, port):
        yield f"http://localhost:{port}"


@pytest.fixture
def open_page(browser, site):
    """Opens pages, each with an authenticator of its own."""
    opened = []

    def new(url=site, **authenticator):
        opened.append(Page(browser, url, **authenticator))
        return opened[-1]

    yield new
    for page in opened:
        page.context.close()


@pytest.fixture
def page(open_page):
    """A page of a user who has a passkey."""
    page = open_page()
    assert page.call("/auth/register", {"email": EMAIL, "password": PASSWORD})["status"] == 201
    enrol(page)
    return page


def log_in(page):
    return page.call("/auth/login", {"email": EMAIL, "password": PASSWORD})


def enrol(page, status=201):
    token = log_in(page)["accessToken"]
    options = page.call("/profile/factors/passkeys/options", token=token)["publicKey"]
    answer = page.call("/profile/factors/passkeys", {"name": "Laptop", "passkey": page.make(options)}, token)
    assert answer["status"] == status, answer
    return answer


def options(page):
    return page.call("/auth/passkey/options")["publicKey"]


def log_in_by_passkey(page, more=None):
    return page.call("/auth/passkey", {"passkey": page.sign(options(page), more)})


def code(answer):
    return answer["status"], answer["code"]


def test_a_passkey_logs_in_without_saying_who(page):
    for _ in range(2):
        answer = log_in_by_passkey(page)
        assert (answer["status"], answer["user"]["email"]) == (200, EMAIL)


def test_a_passkey_is_a_second_factor(page):
    first = log_in(page)
    assert (code(first), first["methods"]) == ((401, "second_factor_required"), ["passkey", "recovery_code"])
    public_key = page.call("/auth/login/options", {"ticket": first["ticket"]})["publicKey"]
    second = page.call("/auth/login/factor", {"ticket": first["ticket"], "passkey": page.sign(public_key)})
    assert second["status"] == 200


def test_a_passkey_confirms(page):
    token = log_in_by_passkey(page)["accessToken"]
    public_key = page.call("/auth/confirm/options", token=token)["publicKey"]
    assert page.call("/auth/confirm", {"passkey": page.sign(public_key)}, token)["status"] == 200


def test_a_passkey_logs_in_from_the_field_of_the_address(page):
    assert log_in_by_passkey(page, {"mediation": "conditional"})["status"] == 200


def test_the_browser_does_not_make_the_same_passkey_twice(page):
    token = log_in_by_passkey(page)["accessToken"]
    public_key = page.call("/profile/factors/passkeys/options", token=token)["publicKey"]
    assert page.outcome("make", public_key) == "InvalidStateError"


def test_the_browser_signs_for_no_other_party(page):
    assert page.outcome("sign", options(page) | {"rpId": "example.com"}) == "SecurityError"


def test_an_answer_from_another_origin_of_the_same_host_is_refused(page, app_with):
    other = free_port()
    asked = options(page)
    with Served(app_with(prepared=False), other):
        page.page.goto(f"http://localhost:{other}/healthz")
        answer = page.sign(asked)  # for the browser the host is the party, whatever the port
    page.page.goto(f"{page.url}/healthz")
    assert code(page.call("/auth/passkey", {"passkey": answer})) == (401, "passkey_refused")


def test_who_is_not_verified_cannot_log_in(page):
    page.set("setUserVerified", isUserVerified=False)
    assert page.outcome("sign", options(page)) == "NotAllowedError"
    answer = page.call("/auth/passkey", {"passkey": page.sign(options(page) | {"userVerification": "discouraged"})})
    assert code(answer) == (401, "passkey_refused")


def test_who_is_not_verified_can_still_take_the_second_step(page):
    page.set("setUserVerified", isUserVerified=False)
    ticket = log_in(page)["ticket"]
    public_key = page.call("/auth/login/options", {"ticket": ticket})["publicKey"]
    assert public_key["userVerification"] == "preferred"
    signed = page.sign(public_key | {"userVerification": "discouraged"})
    assert page.call("/auth/login/factor", {"ticket": ticket, "passkey": signed})["status"] == 200


def test_a_copy_is_found_out(page):
    for _ in range(3):
        assert log_in_by_passkey(page)["status"] == 200
    page.replace_credential(signCount=1)
    assert code(log_in_by_passkey(page)) == (401, "passkey_suspect")


def test_a_passkey_whose_eligibility_for_backups_changed_is_refused(page):
    page.replace_credential(backupEligibility=False, backupState=False)
    assert code(log_in_by_passkey(page)) == (401, "passkey_refused")


def test_a_passkey_that_lost_its_backup_still_works(page):
    page.replace_credential(backupState=False)
    assert log_in_by_passkey(page)["status"] == 200


def test_a_passkey_that_was_removed_is_unknown(page, database):
    database.users.update_many({}, {"$unset": {"secondFactor": 1}})
    assert code(log_in_by_passkey(page)) == (401, "passkey_unknown")


def test_of_two_requests_at_once_the_second_fails_until_the_first_is_aborted(page):
    page.set("setAutomaticPresenceSimulation", enabled=False)
    script = """async ([first, second]) => {
      const abort = new AbortController();
      const conditional = sign(first, {mediation: "conditional", signal: abort.signal}).catch((error) => error.name);
      await new Promise((done) => setTimeout(done, 300));
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 400);
      const modal = await sign(second, {signal: stop.signal}).catch((error) => error.name);
      abort.abort();
      return [await conditional, modal];
    }"""
    first, second = page.page.evaluate(script, [options(page), options(page)])
    assert (first, second) == ("AbortError", "OperationError")
    page.set("setAutomaticPresenceSimulation", enabled=True)
    assert log_in_by_passkey(page)["status"] == 200
