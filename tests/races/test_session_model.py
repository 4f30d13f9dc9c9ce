"""A model of sessions, tokens, time and replays, played against the service: whatever is done, they agree."""

from dataclasses import dataclass, field

import jwt
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from auth_service.services.tokens.claims import digest
from tests.support.api import Api

IDLE, ABSOLUTE, WINDOW, CAP = 60, 240, 15, 3  # seconds, and sessions
PASSWORDS = ("correct horse battery", "staple of the next one")


@dataclass
class World:
    app: object
    clock: object
    database: object


@dataclass
class Token:
    text: str
    used_at: float | None = None


@dataclass
class ModelSession:
    sid: str
    access_token: str
    created_at: float
    last_seen_at: float
    tokens: list[Token] = field(default_factory=list)
    ended: str | None = None

    def end_reason(self, now):
        """Why it does not live at `now`; None while it does."""
        if self.ended is None:
            idle_at, absolute_at = self.last_seen_at + IDLE, self.created_at + ABSOLUTE
            if min(idle_at, absolute_at) <= now:
                self.ended = "absolute" if absolute_at <= idle_at else "idle"
        return self.ended


class Sessions(RuleBasedStateMachine):
    """One person with many browsers, in the `world` that the test sets."""

    world = None

    @initialize()
    def register(self):
        for name in ("users", "sessions", "audit_events"):
            self.world.database[name].delete_many({})
        self.world.clock.reset()
        self.world.clock.freeze()
        self.now = 0.0
        self.sessions = []
        self.password = PASSWORDS[0]
        assert Api(self.world.app).register(password=self.password).status_code == 201

    @rule(seconds=st.sampled_from([0.001, 1, 7, 14.999, 15, 15.001, 40, 61, 120]))
    def time_passes(self, seconds):
        self.pass_time(seconds)

    @rule()
    def log_in(self):
        self.open_session(Api(self.world.app))

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def log_in_with_a_cookie(self, data):
        session, token = self.pick_token(data)
        self.step()
        if session.end_reason(self.now) is None:
            stolen = token.used_at is not None and self.now - token.used_at > WINDOW
            session.ended = "reused_token" if stolen else "logout"
        self.open_session(self.browser(token), stepped=True)

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def verify(self, data):
        session = data.draw(st.sampled_from(self.sessions))
        self.step()
        response = Api(self.world.app).get("/auth/verify", headers=bearer(session))
        self.expect(response, session, 204)

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def refresh(self, data):
        session = data.draw(st.sampled_from(self.sessions))
        self.present(session, session.tokens[-1])

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def present_any_token(self, data):
        self.present(*self.pick_token(data))

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def log_out_by_any_token(self, data):
        session, token = self.pick_token(data)
        self.step()
        assert self.browser(token).logout().status_code == 200
        stolen = token.used_at is not None and self.now - token.used_at > WINDOW
        session.ended = session.end_reason(self.now) or ("reused_token" if stolen else "logout")

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def revoke(self, data):
        actor, target = (data.draw(st.sampled_from(self.sessions)) for _ in range(2))
        self.step()
        response = Api(self.world.app).delete(f"/sessions/{target.sid}", headers=bearer(actor))
        if self.expect(response, actor, 200 if target.end_reason(self.now) is None else 404):
            target.ended = target.end_reason(self.now) or "revoked_by_user"

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def change_password(self, data):
        actor = data.draw(st.sampled_from(self.sessions))
        old, new = self.password, PASSWORDS[1 - PASSWORDS.index(self.password)]
        self.step()
        api = Api(self.world.app)
        body = {"currentPassword": old, "newPassword": new}
        response = api.post("/profile/password", json=body, headers=bearer(actor))
        if self.expect(response, actor, 200):
            self.password = new
            for token in actor.tokens:
                token.used_at = self.now if token.used_at is None else token.used_at
            actor.tokens.append(Token(api.refresh_token))
            for other in self.sessions:
                if other is not actor:
                    other.ended = other.end_reason(self.now) or "password_changed"

    @invariant()
    def the_same_sessions_live(self):
        if not hasattr(self, "sessions"):
            return
        now = self.world.clock.now()
        condition = {"endedAt": None, "expiresAt": {"$gt": now}, "absoluteExpiresAt": {"$gt": now}}
        living = {record["sessionId"] for record in self.world.database.sessions.find(condition)}
        assert living == {session.sid for session in self.sessions if session.end_reason(self.now) is None}

    @invariant()
    def the_document_names_the_last_token_and_its_place_in_the_chain(self):
        stored = {each["sessionId"]: each for each in self.world.database.sessions.find()}
        for session in self.sessions:
            assert stored[session.sid]["refreshHash"] == digest(session.tokens[-1].text)
            assert stored[session.sid]["generation"] == len(session.tokens) - 1

    # how it is done

    def present(self, session, token):
        self.step()
        browser = self.browser(token)
        response = browser.refresh()
        if session.end_reason(self.now) or token.used_at is None:
            if self.expect(response, session, 200):
                token.used_at = self.now
                session.tokens.append(Token(browser.refresh_token))
        elif self.now - token.used_at > WINDOW:
            assert (response.status_code, response.json["code"]) == (401, "refresh_reused")
            session.ended = "reused_token"
        else:
            assert (response.status_code, response.json["code"]) == (401, "refresh_superseded")

    def expect(self, response, session, status):
        """The session's end reason when it has ended, else `status`; then it has been seen. Whether it lives."""
        if reason := session.end_reason(self.now):
            assert (response.status_code, response.json["code"]) == (401, reason)
            return False
        assert response.status_code == status, response.json
        session.last_seen_at = self.now
        return True

    def open_session(self, api, stepped=False):
        if not stepped:
            self.step()
        living = [session for session in self.sessions if session.end_reason(self.now) is None]
        for surplus in sorted(living, key=lambda session: session.last_seen_at, reverse=True)[CAP - 1 :]:
            surplus.ended = "cap"
        assert api.login(password=self.password).status_code == 200
        sid = jwt.decode(api.access_token, options={"verify_signature": False})["sid"]
        self.sessions.append(ModelSession(sid, api.access_token, self.now, self.now, [Token(api.refresh_token)]))

    def browser(self, token):
        browser = Api(self.world.app)
        browser.refresh_token = token.text
        return browser

    def pick_token(self, data):
        session = data.draw(st.sampled_from(self.sessions))
        return session, data.draw(st.sampled_from(session.tokens))

    def step(self):
        """Everything happens at a millisecond of its own, so that nothing depends on how ties are broken."""
        self.pass_time(0.001)

    def pass_time(self, seconds):
        self.world.clock.advance(milliseconds=round(seconds * 1000))
        self.now = round(self.now + seconds, 3)


def bearer(session):
    return {"Authorization": f"Bearer {session.access_token}"}


@pytest.fixture
def machine(app, app_with, clock, database):
    """The model with a service of short limits behind it."""
    variables = {
        "SESSION_EXPIRES_IN": f"{IDLE}s",
        "SESSION_ABSOLUTE_EXPIRES_IN": f"{ABSOLUTE}s",
        "SESSION_MAX_PER_USER": CAP,
        "JWT_ACCESS_EXPIRES_IN": "30d",
        "REFRESH_RACE_WINDOW": f"{WINDOW}s",
    }
    modelled = app_with(**variables)
    return type("Modelled", (Sessions,), {"world": World(modelled, clock, database)})


def run(machine, *, examples, steps):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_service_and_model_agree(machine):
    run(machine, examples=15, steps=25)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_service_and_model_agree_for_long(machine):
    run(machine, examples=600, steps=50)
