"""Mail goes over TLS to the server that `MAIL_URL` names, or nowhere."""

import socket

import pytest

from auth_service.services.mail.transport import Unreachable
from tests.support.mail.raw_server import RawServer
from tests.support.mail.sending import QUICK, RECIPIENT, message, send, transport
from tests.support.mail.smtp_server import PASSWORD, USER, SMTPServer
from tests.support.peers.certificates import Certificates
from tests.support.settings import problems

CREDENTIALS = f"{USER}:{PASSWORD}"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def trusted(monkeypatch, certificates):
    """The CA is one of the machine's."""
    monkeypatch.setenv("SSL_CERT_FILE", certificates.ca)
    return certificates


def refused(reason):
    return pytest.raises(Unreachable, match=reason)


@pytest.mark.parametrize("smtps", [False, True], ids=["STARTTLS", "smtps"])
def test_a_mail_is_handed_over_in_tls(trusted, smtps):
    with SMTPServer(trusted.server, smtps=smtps, auth=True) as server:
        send(server.url(CREDENTIALS))
        transport(server.url(CREDENTIALS)).check()
    assert [message["To"] for message in server.messages()] == [RECIPIENT]
    assert server.heard[:4] == [("AUTH", True), ("MAIL", True), ("RCPT", True), ("DATA", True)]


@pytest.mark.parametrize("smtps", [False, True], ids=["STARTTLS", "smtps"])
@pytest.mark.parametrize(
    ("which", "reason"),
    [("expired", "certificate has expired"), ("elsewhere", "IP address mismatch")],
)
def test_to_a_server_with_a_wrong_certificate_nothing_is_sent(trusted, which, reason, smtps):
    with SMTPServer(getattr(trusted, which), smtps=smtps, auth=True) as server:
        for act in (lambda: send(server.url(CREDENTIALS)), transport(server.url(CREDENTIALS)).check):
            with refused(reason):
                act()
    assert server.heard == []


@pytest.mark.parametrize("smtps", [False, True], ids=["STARTTLS", "smtps"])
def test_to_a_server_of_an_unknown_authority_nothing_is_sent(certificates, monkeypatch, smtps):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with (
        SMTPServer(certificates.server, smtps=smtps, auth=True) as server,
        refused("the certificate is not accepted"),
    ):
        send(server.url(CREDENTIALS))
    assert server.heard == []


def test_to_a_server_without_starttls_nothing_is_sent_neither_mail_nor_password():
    with SMTPServer(auth=True) as server, refused("STARTTLS: the server does not offer it"):
        send(f"smtp://{CREDENTIALS}@127.0.0.1:{server.port}")
    assert server.heard == []


def test_a_refused_starttls_is_no_reason_to_go_on_in_clear():
    answers = b"220 hi\r\n", b"250-hi\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n", b"454 not now\r\n"
    with RawServer(*answers) as server, refused("STARTTLS: answered with 454"):
        send(f"smtp://{CREDENTIALS}@127.0.0.1:{server.port}", limits=QUICK)
    assert not any(word in server.heard.upper() for word in (b"AUTH", b"MAIL"))


def test_what_was_said_before_tls_does_not_count(trusted):
    """Answers that are sent along with that to STARTTLS, in clear, are not taken for answers in TLS."""
    injected = b"220 go on\r\n250-x\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n"
    with (
        RawServer(b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n", injected) as server,
        refused("STARTTLS: "),
    ):
        send(f"smtp://{CREDENTIALS}@127.0.0.1:{server.port}", limits=QUICK)
    assert b"AUTH" not in server.heard.upper()


def test_a_wrong_password_is_said_to_the_operator_without_it(trusted):
    with (
        SMTPServer(trusted.server, auth=True) as server,
        refused("AUTH: answered with 535") as failure,
    ):
        send(server.url(f"{USER}:canary-of-a-wrong-password"))
    assert "canary" not in str(failure.value)
    assert server.received == []


def test_a_server_that_takes_no_password_gets_none():
    with RawServer(b"220 hi\r\n", b"250 hi\r\n") as server:
        url = server.url.replace("//", f"//{CREDENTIALS}@")
        with refused("AUTH: the server does not offer it"):
            send(url)
    assert b"AUTH" not in server.heard.upper()


def test_a_password_that_is_not_ascii_is_refused_without_repeating_it(trusted):
    with (
        SMTPServer(trusted.server, auth=True) as server,
        refused("AUTH: user and password must be ASCII"),
    ):
        send(server.url(f"{USER}:sch%C3%B6n"))


def test_without_tls_a_password_goes_to_this_machine_only():
    with SMTPServer(auth=True) as server:
        send(server.url(CREDENTIALS))
    assert ("AUTH", False) in server.heard
    url = f"smtp+plain://{CREDENTIALS}@mail.example.com"
    assert any("with a password" in each for each in problems(APP_ENV="development", MAIL_URL=url, MAIL_FROM="a@b.de"))


def test_without_tls_a_password_goes_nowhere_else_whatever_the_settings(monkeypatch):
    with SMTPServer(auth=True) as server:
        here = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", server.port))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: [here])
        with refused("AUTH: no password is sent without TLS"):
            transport(f"smtp+plain://{CREDENTIALS}@mail.example.com:{server.port}").send(
                message(), sender="a@example.com", recipient=RECIPIENT
            )
    assert server.heard == []
