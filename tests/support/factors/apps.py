"""A browser whose user has an authenticator app."""

import pyotp

from tests.support.api import Api

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
OTHER_KEY = "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA"


class FactorApi(Api):
    """A browser; `secret` is that of its user's app, `recovery_codes` are those that were shown."""

    def __init__(self, app, clock):
        super().__init__(app)
        self.clock = clock
        self.secret = None
        self.recovery_codes = []

    def code(self, steps=0):
        """What the app shows, or will show after some steps."""
        return pyotp.TOTP(self.secret).at(self.clock.now(), counter_offset=steps)

    def next_code(self):
        """A code that was not used yet: time goes on."""
        self.clock.advance(seconds=30)
        return self.code()

    def begin(self, name="Phone"):
        return self.post("/profile/factors/totp", json={"name": name})

    def confirm_app(self, factor_id, code):
        path = f"/profile/factors/totp/{factor_id}/confirm"
        return self._with_tokens(self.post(path, json={"code": code}))

    def enrol(self, name="Phone"):
        """Set the app up; the answer to its first code."""
        begun = self.begin(name)
        assert begun.status_code == 201, begun.json
        self.secret = begun.json["secret"]
        response = self.confirm_app(begun.json["factorId"], self.code())
        assert response.status_code == 200, response.json
        self.recovery_codes = response.json.get("recoveryCodes", self.recovery_codes)
        return response

    def ticket(self):
        """The ticket of a right password."""
        response = self.login()
        assert (response.status_code, response.json["code"]) == (401, "second_factor_required"), response.json
        return response.json["ticket"]

    def second_step(self, ticket, **proof):
        return self._with_tokens(self.http.post("/auth/login/factor", json={"ticket": ticket, **proof}))

    def logged_in_by_code(self):
        ticket = self.ticket()
        response = self.second_step(ticket, code=self.next_code())
        assert response.status_code == 200, response.json
        return self

    def creation_options(self):
        response = self.post("/profile/factors/passkeys/options")
        assert response.status_code == 200, response.json
        return response.json["publicKey"]

    def add_passkey(self, answer, name="Laptop"):
        response = self.post("/profile/factors/passkeys", json={"name": name, "passkey": answer})
        if response.status_code == 201:
            self.access_token = response.json["accessToken"]
            self.recovery_codes = response.json.get("recoveryCodes", self.recovery_codes)
        return response

    def login_options(self):
        response = self.http.post("/auth/passkey/options")
        assert response.status_code == 200, response.json
        return response.json["publicKey"]

    def passkey_login(self, answer):
        return self._with_tokens(self.http.post("/auth/passkey", json={"passkey": answer}))

    def ticket_options(self, ticket):
        response = self.http.post("/auth/login/options", json={"ticket": ticket})
        assert response.status_code == 200, response.json
        return response.json["publicKey"]

    def rename(self, factor_id, name):
        return self.patch(f"/profile/factors/{factor_id}", json={"name": name})

    def factors(self):
        return self.get("/profile/factors").json

    def confirm(self, **proof):
        return self.post("/auth/confirm", json=proof)

    def copy(self, other):
        """Another browser of the same user."""
        for name in ("email", "password", "secret", "recovery_codes", "user_id"):
            setattr(other, name, getattr(self, name))
        return other
