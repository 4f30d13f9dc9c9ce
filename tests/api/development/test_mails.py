"""`GET /dev/mails`: a developer reads mails on a page, nobody else does, and no mail takes part in the page."""

import os
import re
from email.message import EmailMessage

import pytest
from bson import ObjectId

from auth_service.services.mail.folder import Folder
from tests.support.api import Api
from tests.support.deploy.prefixed import PREFIX, PrefixedApi

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "mails"


@pytest.fixture
def developed(app, app_with, folder):
    """An application of a developer, whose mails go into `folder`."""

    def make(**changes):
        variables = {"APP_ENV": "development", "MAIL_URL": f"file:{folder}", "MAIL_FROM": "a@example.com", **changes}
        return app_with(**variables)

    return make


@pytest.fixture
def developer(developed):
    return Api(developed())


@pytest.fixture
def arrived(folder):
    """Puts a mail into the folder; its id."""

    def arrive(*, subject="Your code", text="K7QF9-M2X4T\n", html="<p>K7QF9-M2X4T</p>", to="ada@example.com", at=None):
        name = str(ObjectId())
        message = EmailMessage()
        message["To"], message["Subject"], message["Message-ID"] = to, subject, f"<{name}@example.com>"
        message.set_content(text)
        message.add_alternative(html, subtype="html")
        Folder(str(folder)).send(message, sender="a@example.com", recipient=to)
        if at is not None:
            os.utime(folder / f"{name}.eml", (at, at))
        return name

    return arrive


def test_the_last_fifty_mails_are_listed_newest_first(developer, arrived):
    for number in range(60):
        arrived(subject=f"Mail {number}.", at=1_700_000_000 + number)
    page = developer.http.get("/dev/mails")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert re.findall(r">Mail (\d+)\.<", page.text) == [str(number) for number in range(59, 9, -1)]


def test_before_the_first_mail_there_is_a_page(developer, folder):
    assert "No mail was sent yet" in developer.http.get("/dev/mails").text
    assert not folder.exists()


def test_a_mail_is_shown_with_its_code(developer, arrived):
    name = arrived()
    assert f'href="/dev/mails/{name}"' in developer.http.get("/dev/mails").text
    page = developer.http.get(f"/dev/mails/{name}").text
    assert "<pre>K7QF9-M2X4T\n</pre>" in page
    assert "ada@example.com" in page


def test_a_hostile_mail_is_text_on_the_page(developer, arrived):
    name = arrived(subject=HOSTILE, text=f"{HOSTILE}\n</pre>", html=HOSTILE)
    for path in ("/dev/mails", f"/dev/mails/{name}"):
        page = developer.http.get(path)
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert "{{7*7}}" in page.text
        assert "script-src" not in page.headers["Content-Security-Policy"]
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")


def test_the_html_of_a_mail_runs_in_a_sandbox_without_an_origin(developer, arrived):
    part = developer.http.get(f"/dev/mails/{arrived(html=HOSTILE)}?part=html")
    assert HOSTILE in part.text
    rules = [rule.strip() for rule in part.headers["Content-Security-Policy"].split(";")]
    assert {"default-src 'none'", "sandbox"} <= set(rules)


@pytest.mark.parametrize(
    "name",
    [
        "0" * 24,
        "0" * 23,
        "A" * 24,
        "../secret",
        "..%2fsecret",
        "%2e%2e%2fsecret",
        "secret",
        "0" * 24 + "%0a",
        "%00",
        "x" * 9000,
    ],
)
def test_no_other_file_is_read(developer, folder, arrived, name):
    arrived()
    for place in (folder, folder.parent):
        (place / "secret").write_text("secret")
        (place / "secret.eml").write_text("Subject: secret\n\nsecret")
    answer = developer.http.get(f"/dev/mails/{name}")
    assert answer.status_code == 404
    assert "Subject" not in answer.text
    assert "secret" not in developer.http.get("/dev/mails").text


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"Subject: =?x-none?q?=ff?=\n\n\x80", b"Content-Type: text/plain; charset=none\n\n\xe4"],
)
def test_a_damaged_file_is_a_page_as_well(developer, folder, arrived, content):
    name = arrived()
    (folder / f"{name}.eml").write_bytes(content)
    assert developer.http.get("/dev/mails").status_code == 200
    assert developer.http.get(f"/dev/mails/{name}").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"APP_ENV": "test"},
        {"MAIL_URL": "smtp+plain://127.0.0.1:1"},
        {"APP_ENV": "test", "MAIL_URL": None, "MAIL_FROM": None},
    ],
    ids=["not in development", "mail goes to a server", "no mail"],
)
def test_elsewhere_there_is_no_such_page(developed, arrived, changes):
    name = arrived()
    api = Api(developed(**changes))
    for path in ("/dev/mails", f"/dev/mails/{name}"):
        assert (api.http.get(path).status_code, api.http.get(path).json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(
            (host, 200)
            for host in ("localhost", "localhost:3020", "127.0.0.1:3020", "[::1]:3020", "[::1]", "auth:3020")
        ),
        *(
            (host, 404)
            for host in ("evil.example", "evil.example:3020", "127.0.0.1.evil.example", "localhost.evil.example:1")
        ),
    ],
)
def test_a_name_that_others_can_point_at_this_machine_reads_nothing(developer, host, status):
    assert developer.http.get("/dev/mails", headers={"Host": host}).status_code == status


def test_the_pages_lead_to_each_other_below_a_path(developed, arrived):
    name = arrived()
    api = PrefixedApi(developed(TRUST_PROXY=1))
    assert f'href="{PREFIX}/dev/mails/{name}"' in api.http.get("/dev/mails").text
    page = api.http.get(f"/dev/mails/{name}").text
    assert f'href="{PREFIX}/dev/mails"' in page
    assert f'src="{PREFIX}/dev/mails/{name}?part=html"' in page
