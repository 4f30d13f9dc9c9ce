"""What a server's answer means: for this mail, for all mail, or nothing yet. None of its words is repeated."""

import pytest

from auth_service.services.mail.transport import Deferred, Refused, Unreachable
from tests.support.mail.raw_server import RawServer, dripping
from tests.support.mail.sending import QUICK, RECIPIENT, send, transport
from tests.support.mail.smtp_server import SMTPServer

HELLO = b"220 hi\r\n", b"250 hi\r\n"
UP_TO_RCPT = *HELLO, b"250 ok\r\n"
UP_TO_DATA = *UP_TO_RCPT, b"250 ok\r\n"
UP_TO_CONTENT = *UP_TO_DATA, b"354 go\r\n"
PLACES = [
    ([], Unreachable),
    (HELLO, Unreachable),
    (UP_TO_RCPT, Deferred),
    (UP_TO_DATA, Deferred),
    (UP_TO_CONTENT, Deferred),
]
CANARY = "no such person: canary@example.com said 482915"


@pytest.fixture
def server():
    with SMTPServer() as server:
        yield server


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize(("code", "outcome"), [(421, Deferred), (450, Deferred), (550, Refused), (554, Refused)])
def test_an_answer_about_a_recipient_or_a_mail_concerns_that_mail(server, step, code, outcome):
    server.refusals[step] = [f"{code} {CANARY}"]
    with pytest.raises(outcome, match=f"answered with {code}") as failure:
        send(server.url())
    assert step in str(failure.value)
    assert "canary" not in str(failure.value)
    assert server.received == []


@pytest.mark.parametrize("code", [421, 451, 550, 553])
def test_an_answer_about_the_sender_concerns_all_mail(server, code):
    server.refusals["MAIL"] = [f"{code} {CANARY}"]
    with pytest.raises(Unreachable, match=f"MAIL FROM: answered with {code}") as failure:
        send(server.url())
    assert "canary" not in str(failure.value)


def test_a_server_that_wants_a_login_at_the_recipient_refuses_us_and_not_the_mail(server):
    server.refusals["RCPT"] = ["530 5.7.0 Authentication required"]
    with pytest.raises(Unreachable, match="RCPT TO: answered with 530"):
        send(server.url())


@pytest.mark.parametrize(
    ("answers", "outcome", "reason"),
    [
        ([b"421 too busy\r\n"], Unreachable, "greeting: answered with 421"),
        ([b"554 go away\r\n"], Unreachable, "greeting: answered with 554"),
        ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], Unreachable, "greeting: the answer is not SMTP"),
        ([b"\0\xff\xfe\r\n"], Unreachable, "greeting: the answer is not SMTP"),
        ([b"220 " + b"x" * 20000 + b"\r\n"], Unreachable, "greeting: "),
        ([b"220 hi\r\n", b"421 no more\r\n"], Unreachable, "EHLO: answered with 421"),
        ([b"220 hi\r\n", b"500 what?\r\n"], Unreachable, "EHLO: answered with 500"),
        ([*HELLO, b"999 what\r\n"], Unreachable, "MAIL FROM: answered with 999"),
        ([*UP_TO_RCPT, b"ok\r\n"], Deferred, "RCPT TO: the answer is not SMTP"),
        ([*UP_TO_RCPT, b"500" + b"x" * 20000 + b"\r\n"], Deferred, "RCPT TO: "),
        ([*UP_TO_DATA, b"250 what?\r\n"], Deferred, "DATA: answered with 250"),
        ([*UP_TO_CONTENT, b"354 more\r\n"], Deferred, "DATA: answered with 354"),
        ([*UP_TO_CONTENT, b"600 what\r\n"], Deferred, "DATA: answered with 600"),
    ],
)
def test_a_server_that_lies_is_not_believed(answers, outcome, reason):
    with RawServer(*answers) as server, pytest.raises(outcome, match=reason):
        send(server.url, limits=QUICK)


@pytest.mark.parametrize(("answers", "outcome"), PLACES)
def test_a_connection_that_the_server_closes_leaves_the_mail_for_later(answers, outcome):
    with RawServer(*answers, closes=True) as server, pytest.raises(outcome):
        send(server.url, limits=QUICK)


@pytest.mark.parametrize(("answers", "outcome"), PLACES)
def test_a_server_that_falls_silent_is_not_waited_for(answers, outcome):
    with RawServer(*answers) as server, pytest.raises(outcome, match="no answer in time"):
        send(server.url, limits=QUICK)


@pytest.mark.parametrize(("answers", "outcome"), [([], Unreachable), (UP_TO_DATA, Deferred)])
@pytest.mark.parametrize("drip", [b"2", b"250-x\r\n"], ids=["bytes", "lines"])
def test_a_server_that_drips_is_cut_off_when_the_time_is_over(answers, outcome, drip):
    with RawServer(*answers, dripping(drip)) as server, pytest.raises(outcome, match="no answer in time"):
        send(server.url, limits=QUICK)


def test_a_server_that_refuses_the_connection_and_comes_back_gets_the_mail():
    server = SMTPServer()
    with pytest.raises(Unreachable, match="connection: Connection refused"):
        send(server.url())
    with server:
        send(server.url())
    assert len(server.received) == 1


def test_a_host_without_an_address_is_unreachable():
    with pytest.raises(Unreachable, match="the name of the host cannot be looked up"):
        transport("smtp://nowhere.invalid").check()


def test_a_check_finds_what_is_wrong_and_sends_nothing(server):
    transport(server.url()).check()
    assert server.heard == []
    server.__exit__()
    with pytest.raises(Unreachable):
        transport(server.url()).check()
    server.__enter__()


# addresses


@pytest.mark.parametrize("address", ["björn@example.com", "пример@xn--e1afmkfd.xn--p1ai", "用户@example.com"])
def test_an_address_that_is_not_ascii_is_written_as_it_is_to_a_server_that_knows_such(server, address):
    send(server.url(), to=address)
    assert server.recipients == [address]
    assert f"To: {address}\r\n".encode() in server.received[0]


def test_a_mail_that_needs_smtputf8_is_dead_where_the_server_lacks_it():
    with SMTPServer(smtputf8=False) as server:
        with pytest.raises(Refused, match="SMTPUTF8"):
            send(server.url(), to="björn@example.com")
        send(server.url(), to=RECIPIENT)
    assert server.recipients == [RECIPIENT]


def test_smtputf8_is_asked_for_only_where_an_address_needs_it():
    answers = b"220 hi\r\n", b"250-hi\r\n250 SMTPUTF8\r\n", b"250 ok\r\n", b"550 no\r\n"
    with RawServer(*answers) as server, pytest.raises(Refused):
        send(server.url, limits=QUICK)
    assert b"mail FROM:<no-reply@example.com>\r\n" in server.heard


def test_a_refusal_of_smtputf8_concerns_the_mail_that_needs_it():
    answers = b"220 hi\r\n", b"250-hi\r\n250 SMTPUTF8\r\n", b"555 unknown parameter\r\n"
    with RawServer(*answers) as server, pytest.raises(Refused, match="MAIL FROM: answered with 555"):
        send(server.url, to="björn@example.com", limits=QUICK)
