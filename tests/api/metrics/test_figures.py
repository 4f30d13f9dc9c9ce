"""`GET /figures`: what goes on now, for admins."""

import pytest

from tests.support.api import Api
from tests.support.applications import services_of
from tests.support.errors import code


def figures(api):
    response = api.get("/figures")
    assert (response.status_code, response.json["message"]) == (200, "Figures fetched")
    return response.json["figures"]


@pytest.fixture
def app_of_mails(app_with, tmp_path):
    """An application that sends mails, with figures of its own that nobody has read yet."""
    return app_with(MAIL_URL=f"file:{tmp_path}", MAIL_FROM="no-reply@example.com")


def test_sessions_and_mails_are_counted(app, app_of_mails):
    admin = Api(app_of_mails).called("root@example.com")
    services_of(app_of_mails).seeding.seed_admin(email=admin.email, password=admin.password)
    admin.logged_in()
    for address in ("ada@example.com", "bob@example.com"):
        Api(app_of_mails).registered(address).logged_in()
        Api(app_of_mails).post("/auth/password/forgot", json={"email": address})
    assert figures(admin) == {"sessions": 3, "mails": 2}


def test_without_mail_no_mails_wait(admin):
    assert figures(admin)["mails"] is None


def test_a_user_is_refused(user):
    assert code(user.get("/figures")) == (403, "forbidden")
