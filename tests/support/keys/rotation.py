"""Two hosts whose keys are rotated while people use them and others verify their tokens, in fast-forward."""

import contextlib
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import jwt
import requests
from joserfc import jwt as jose
from joserfc.jwk import KeySet
from werkzeug.serving import make_server

from tests.support.api import Api
from tests.support.applications import services_of
from tests.support.keys.files import ORIGIN, new_key, variables
from tests.support.tokens import claims_of

PATH = "/.well-known/jwks.json"
LIVES = {"SESSION_ABSOLUTE_EXPIRES_IN": "365d"}  # nobody has to log in again because of the time that passes


class PyJWTVerifier:
    """PyJWT's own client. It asks again for a key that it does not know, which the hosts do not answer."""

    def __init__(self, url):
        self._client = jwt.PyJWKClient(url, lifespan=3600, cooldown_duration=0)

    def look(self):
        self._client.get_jwk_set(refresh=True)

    def subject(self, token):
        key = self._client.get_signing_key_from_jwt(token)
        options = {"verify_exp": False, "verify_iat": False}  # the clock of the test is ahead
        return jwt.decode(token, key, algorithms=["ES256"], audience=ORIGIN, issuer=ORIGIN, options=options)["sub"]


class JoserfcVerifier:
    """joserfc with a set of keys that it got once."""

    def __init__(self, url):
        self._url = url

    def look(self):
        self._keys = KeySet.import_key_set(requests.get(self._url, timeout=10).json())

    def subject(self, token):
        claims = jose.decode(token, self._keys, algorithms=["ES256"]).claims
        assert claims["iss"] == claims["aud"] == ORIGIN
        return claims["sub"]


class Hosts:
    """The hosts of one service. Each reads its file at its start; their keys are published over HTTP, while open."""

    def __init__(self, app_with, clock, folder, count=2):
        self._app_with, self.clock, self._folder = app_with, clock, folder
        self._keys = [new_key()]
        self.apps = [self._start(number) for number in range(count)]
        self.is_open = False
        self._turn = itertools.cycle(range(count))

    def _start(self, number):
        return self._app_with(**variables(self._folder / f"{number}.pem", *self._keys, **LIVES))

    def restart(self, number):
        """Start a host with the keys of now; the old application is gone at once."""
        self.apps[number] = self._start(number)

    def change(self, keys):
        self._keys = keys

    def rotation(self):
        """The three files of one rotation, each when its turn has come."""
        old, new = self._keys[-1], new_key()
        for keys in ([old, new], [new, old], [new]):
            self.change(keys)
            yield keys

    @contextlib.contextmanager
    def published(self):
        """The address of the keys, of either host in turn."""
        server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{PATH}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def _answer(self, environ, start_response):
        if not self.is_open:
            start_response("503 Closed", [])
            return []
        return self.apps[next(self._turn)].wsgi_app(environ, start_response)


class Person:
    """Somebody with one session, who refreshes at one host and calls another."""

    def __init__(self, hosts, number):
        self._hosts, self._number = hosts, number
        api = Api(hosts.apps[0]).registered(f"person{number}@example.com").logged_in()
        self.user_id, self.access_token, self._refresh_token = api.user_id, api.access_token, api.refresh_token

    def refresh(self):
        api = self._at(self._number)
        assert api.refresh().status_code == 200
        self.access_token, self._refresh_token = api.access_token, api.refresh_token

    def call(self):
        for number in range(len(self._hosts.apps)):
            response = self._at(number).verify()
            assert response.status_code == 204, response.json

    def _at(self, number):
        api = Api(self._hosts.apps[number % len(self._hosts.apps)])
        api.access_token, api.refresh_token = self.access_token, self._refresh_token
        return api


def hour(hosts, people, verifiers, pool, *, restarted=None):
    """One hour: verifiers look, people refresh, perhaps a host restarts, and every token is verified everywhere."""
    hosts.clock.advance(hours=1)
    hosts.is_open = True
    for verifier in verifiers:
        verifier.look()
    hosts.is_open = False
    list(pool.map(Person.refresh, people))
    if restarted is not None:
        hosts.restart(restarted)
    list(pool.map(Person.call, people))
    for person, verifier in itertools.product(people, verifiers):
        assert claims_of(person.access_token)["exp"] > hosts.clock.now().timestamp()
        assert verifier.subject(person.access_token) == person.user_id
    return len(people) * len(verifiers)


def rotate(hosts, people, verifiers, *, hours):
    """One rotation, with so many hours between its restarts; how many tokens others verified."""
    verified = 0
    with ThreadPoolExecutor(len(people)) as pool:
        for _keys in hosts.rotation():
            for number in range(len(hosts.apps)):
                verified += hour(hosts, people, verifiers, pool, restarted=number)
            for _ in range(hours):
                verified += hour(hosts, people, verifiers, pool)
    return verified


def ids(hosts):
    return [services_of(app).signing_keys.ids for app in hosts.apps]
