"""A message is well formed whatever is in it."""

import email
from email import policy

import pytest

from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.message import message_of
from auth_service.services.mail.rendering import Rendered
from tests.support.mail.sending import letter, message
from tests.support.settings import problems

LONG_LOCAL, LONG_DOMAIN = "l" * 64, f"{'d' * 60}.{'d' * 60}.{'d' * 50}.example.com"


def written(made, utf8=False):
    return made.as_bytes(policy=policy.SMTPUTF8 if utf8 else policy.SMTP)


def read(made, utf8=False):
    return email.message_from_bytes(written(made, utf8), policy=policy.default)


def test_a_message_says_that_no_person_wrote_it():
    found = read(message())
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["X-Auto-Response-Suppress"] == "All"


def test_a_message_has_the_headers_of_a_mail():
    found = read(message(language="de"))
    assert (found["From"], found["To"]) == ("Example <no-reply@example.com>", "ada@example.com")
    assert found["Date"].datetime.tzinfo is not None
    assert found["Content-Language"] == "de"
    assert found["Message-ID"] == "<6b0452ac1345c694b257f386@example.com>"
    assert found["MIME-Version"] == "1.0"


def test_a_message_is_plain_text_and_html_and_nothing_else():
    found = read(message())
    assert found.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in found.iter_parts()] == ["text/plain", "text/html"]
    assert [part["Content-Transfer-Encoding"] for part in found.iter_parts()] == ["quoted-printable"] * 2


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", Kind)
def test_every_line_is_short_ascii_and_ends_with_cr_lf(kind, language):
    raw = written(message(kind=kind, language=language, sender="Wörter GmbH <no-reply@example.com>"))
    lines = raw.split(b"\r\n")
    assert not any(character in line for line in lines for character in (b"\r", b"\n", b"\0"))
    assert max(map(len, lines)) <= 78
    assert raw.isascii()


def test_the_same_letter_has_the_same_message_id_at_each_attempt():
    assert message()["Message-ID"] == message()["Message-ID"]


@pytest.mark.parametrize(
    "address",
    [f"{LONG_LOCAL}@{LONG_DOMAIN}", "o'hara+tag=1@example.com", "{a}.#b!@example.com", "a/b@xn--bcher-kva.example"],
)
def test_an_address_arrives_as_it_is(address):
    assert read(message(to=address))["To"].addresses[0].addr_spec == address


@pytest.mark.parametrize("address", ["björn@example.com", "用户@example.com", f"{'ö' * 32}@{LONG_DOMAIN}"])
def test_an_address_that_is_not_ascii_arrives_as_it_is(address):
    assert f"To: {address}\r\n".encode() in written(message(to=address), utf8=True).replace(b"\r\n ", b" ").replace(
        b"To:  ", b"To: "
    )


@pytest.mark.parametrize("evil", ["\r\nBcc: eve@example.com", "\nBcc: eve@example.com", "\rBcc: eve@example.com", "\0"])
def test_no_line_end_gets_into_a_header(evil):
    for made in (
        lambda: message(to=f"ada{evil}@example.com"),
        lambda: message(to=f"ada@example.com{evil}"),
        lambda: message_of(letter(), Rendered(subject=f"x{evil}", text="x\n", html="<p>x"), sender="a@example.com"),
        lambda: message(sender=f"Example{evil} <a@example.com>"),
    ):
        try:
            raw = written(made())
        except ValueError:
            continue
        assert b"\nBcc" not in raw.replace(b"\r", b"\n")
        assert b"\0" not in raw
    assert any("MAIL_FROM" in each for each in problems(MAIL_URL="file:x", MAIL_FROM=f"Example{evil} <a@example.com>"))


@pytest.mark.parametrize("evil", ["\r\n.\r\nMAIL FROM:<eve@example.com>", "\n.\n", "\r.\r", "\0", "." * 5])
def test_no_line_end_ends_the_content(evil):
    made = message_of(
        letter(), Rendered(subject="x", text=f"x{evil}\nlast\n", html=f"<p>x{evil}"), sender="a@example.com"
    )
    raw = written(made)
    assert not any(character in line for line in raw.split(b"\r\n") for character in (b"\r", b"\n", b"\0"))
    assert read(made).get_body("plain").get_content().endswith("last\r\n")
