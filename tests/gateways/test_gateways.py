"""nginx, Traefik, Caddy and Envoy as docs/verify.md configures them. Run by `make gateways`."""

import jwt
import pytest

from tests.support.gateways.gateways import GATEWAYS, envoy
from tests.support.keys.files import new_key, public_pem
from tests.support.remote import Remote
from tests.support.tokens import REMOVED, changed, claims_of, signed

pytestmark = pytest.mark.gateways

ASKING = ("nginx", "Traefik", "Caddy")
FORGED = {"X-Auth-User": "0" * 24, "X-Auth-Role": "admin", "X-Auth-Session": "f" * 32}


@pytest.fixture(scope="module")
def started(service, application, tmp_path_factory):
    """Starts each gateway once, when it is first asked for."""
    running = {}

    def start(name):
        if name not in running:
            folder = tmp_path_factory.mktemp(name)
            gateway = GATEWAYS[name](folder, service=service.port, application=application.server_port)
            running[name] = gateway.__enter__()
        return running[name]

    yield start
    for gateway in running.values():
        gateway.__exit__()


@pytest.fixture(params=GATEWAYS)
def name(request):
    return request.param


@pytest.fixture
def gateway(started, name):
    return started(name)


@pytest.fixture(params=ASKING)
def asking(request, started):
    """A gateway that calls `/auth/verify`."""
    return started(request.param)


def received(answer, header):
    """The values of a header that the application received, under every spelling of its name."""
    return [value for name, value in answer.json()["headers"] if name.lower() == header.lower()]


def test_a_request_with_a_token_reaches_the_application_under_its_users_name(gateway, name, person):
    answer = gateway.ask("/notes?page=2", token=person.access_token)
    assert (answer.status_code, answer.json()["path"]) == (200, "/notes?page=2")
    assert received(answer, "X-Auth-User") == [person.user_id]
    assert received(answer, "X-Auth-Session") == [claims_of(person.access_token)["sid"]]
    assert received(answer, "X-Auth-Role") == (["user"] if name in ASKING else [])


@pytest.mark.parametrize("spelling", [str, str.lower, str.upper], ids=["as they are", "lower", "upper"])
def test_what_a_client_claims_about_itself_is_overwritten(gateway, name, person, spelling):
    forged = {spelling(header): value for header, value in FORGED.items()}
    answer = gateway.ask(token=person.access_token, headers=forged)
    assert received(answer, "X-Auth-User") == [person.user_id]
    assert received(answer, "X-Auth-Session") == [claims_of(person.access_token)["sid"]]
    assert received(answer, "X-Auth-Role") == (["user"] if name in ASKING else [])


def test_a_header_with_underscores_reaches_no_application_but_behind_traefik(gateway, name, person):
    forged = {header.replace("-", "_"): value for header, value in FORGED.items()}
    answer = gateway.ask(token=person.access_token, headers=forged)
    assert received(answer, "X-Auth-User") == [person.user_id]
    assert received(answer, "X_Auth_User") == ([FORGED["X-Auth-User"]] if name == "Traefik" else [])


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_without_a_token_nothing_reaches_the_application(gateway, asked, method):
    before = asked()
    for headers in ({}, FORGED, {"Authorization": "Bearer x"}, {"Authorization": "Basic YTpi"}):
        assert gateway.ask(method=method, headers=headers).status_code == 401
    assert asked() == before


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE"])
def test_every_method_reaches_the_application_as_it_is(gateway, person, method):
    answer = gateway.ask(method=method, token=person.access_token)
    assert (answer.status_code, answer.headers["X-Asked"]) == (200, method)


def test_a_body_reaches_the_application_whole(gateway, person):
    body = "x" * 100_000
    answer = gateway.ask(method="POST", token=person.access_token, data=body)
    assert (answer.status_code, answer.json()["method"], len(answer.json()["body"])) == (200, "POST", len(body))


def test_a_token_that_the_service_did_not_issue_is_refused(gateway, person, forge, asked):
    claims, header = claims_of(person.access_token), jwt.get_unverified_header(person.access_token)
    strange = new_key()
    with_the_public_key = signed(claims, {**header, "alg": "HS256"}, secret=public_pem(strange).decode())
    unsigned = person.access_token.rpartition(".")[0] + "."
    forgeries = {
        "another key": forge(claims, header, strange),
        "HS256": with_the_public_key,
        "no signature": unsigned,
        "another issuer": forge(changed(claims, iss="https://other.example"), header),
        "another audience": forge(changed(claims, aud="https://other.example"), header),
        "no audience": forge(changed(claims, aud=REMOVED), header),
        "a key nobody knows": forge(claims, {**header, "kid": "nobody"}, strange),
        "expired": forge(changed(claims, iat=claims["iat"] - 400, exp=claims["exp"] - 400), header),
    }
    assert gateway.ask(token=forge(claims, header)).status_code == 200
    before = asked()
    answered = {reason: gateway.ask(token=token).status_code for reason, token in forgeries.items()}
    assert {reason: status for reason, status in answered.items() if status not in (401, 403)} == {}
    assert asked() == before


def test_an_ended_session_is_out_at_once_where_the_service_is_asked(asking, person):
    assert asking.ask(token=person.access_token).status_code == 200
    assert person.logout().status_code == 200
    assert asking.ask(token=person.access_token).status_code == 401


def test_with_the_keys_alone_a_logout_counts_when_the_token_expires(started, person):
    assert person.logout().status_code == 200
    assert started("Envoy").ask(token=person.access_token).status_code == 200


@pytest.mark.parametrize(("name", "code"), [("Traefik", "logout"), ("Caddy", "logout"), ("nginx", None)])
def test_the_refusal_has_the_code_of_the_service(started, person, name, code):
    person.logout()
    answer = started(name).ask(token=person.access_token)
    assert answer.status_code == 401
    assert (answer.json()["code"] if code else None) == code
    assert code or "logout" not in answer.text


def test_logging_in_refreshing_and_logging_out_work_through_it(asking):
    browser = Remote(asking.url)
    browser._send = lambda method, path, **options: send(asking, browser, method, path, **options)
    assert browser.login().status_code == 200
    first = browser.access_token
    assert (browser.refresh().status_code, browser.logout().status_code) == (200, 200)
    assert browser.access_token != first
    assert asking.ask(token=browser.access_token).status_code == 401


def send(gateway, browser, method, path, **options):
    cookie = {"Cookie": f"refreshToken={browser.refresh_token}"} if browser.refresh_token else {}
    answer = gateway.ask(path, method, token=browser.access_token, headers=cookie, **options)
    if "accessToken" in answer.text:
        browser.access_token, browser.refresh_token = answer.json()["accessToken"], answer.cookies["refreshToken"]
    return answer


def test_a_key_that_was_added_later_is_not_looked_for_by_envoy(started, service, person, forge):
    """So a key must be published long before it signs."""
    claims, header = claims_of(person.access_token), jwt.get_unverified_header(person.access_token)
    assert started("Envoy").ask(token=person.access_token).status_code == 200
    before = service.log.count("/.well-known/jwks.json")
    for number in range(5):
        unknown = forge(claims, {**header, "kid": f"unknown{number}"}, new_key())
        assert started("Envoy").ask(token=unknown).status_code == 401
    assert service.log.count("/.well-known/jwks.json") == before


def test_ext_authz_answers_an_allowed_request_with_an_empty_204(service, application, person, asked, tmp_path):
    """Why docs/verify.md says: not `ext_authz`."""
    kind = "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz"
    uri = {"uri": service.url, "cluster": "auth_service", "timeout": "2s"}
    http = {"server_uri": uri, "path_prefix": "/auth/verify?"}
    filters = [{"name": "envoy.filters.http.ext_authz", "typed_config": {"@type": kind, "http_service": http}}]
    with envoy(tmp_path, service=service.port, application=application.server_port, filters=filters) as gateway:
        before = asked()
        answer = gateway.ask(token=person.access_token)
        assert (answer.status_code, answer.content, asked()) == (204, b"", before)
