"""Somebody who forgets a password: asks for a code, reads the mail, and types the code in."""

from tests.support.api import Api

NEW = "another horse, another battery"


class Forgetful(Api):
    """A browser of the service that knows a person's address."""

    def ask(self, **options):
        return self.http.post("/auth/password/forgot", json={"email": self.email}, **options)

    def reset(self, code, password=NEW, **changes):
        body = {"email": self.email, "code": code, "newPassword": password, **changes}
        return self.http.post("/auth/password/reset", json=body)

    def is_good(self, code):
        """Whether the code would be taken: a password that is refused leaves it as it is."""
        response = self.reset(code, password="short")
        assert response.status_code == 400
        return response.json["code"] == "invalid_request"
