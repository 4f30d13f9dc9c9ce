"""Speaks to the service in the words of its domain, as a browser would: with a cookie jar."""

from werkzeug.http import parse_cookie

PASSWORD = "correct horse battery"
SESSION_FIELDS = {
    "sessionId",
    "userId",
    "ip",
    "userAgent",
    "device",
    "browser",
    "os",
    "location",
    "createdAt",
    "lastSeenAt",
    "expiresAt",
}
REFRESH_COOKIE = "refreshToken"


class Api:
    """One browser. Calls return the raw response; `registered` and `logged_in` insist on success, and chain."""

    def __init__(self, app):
        self.http = app.test_client()
        self.email = "ada@example.com"
        self.password = PASSWORD
        self.access_token = None
        self.user_id = None

    # who it is

    def called(self, email, password=PASSWORD):
        self.email, self.password = email, password
        return self

    def registered(self, email=None):
        response = self.called(email or self.email).register()
        assert response.status_code == 201, response.json
        self.user_id = response.json["user"]["_id"]
        return self

    def logged_in(self):
        response = self.login()
        assert response.status_code == 200, response.json
        return self

    # the calls

    def register(self, email=None, password=None, **more):
        body = {"email": email or self.email, "password": password or self.password, **more}
        return self.http.post("/auth/register", json=body)

    def login(self, email=None, password=None, **options):
        body = {"email": email or self.email, "password": password or self.password}
        return self._with_tokens(self.http.post("/auth/login", json=body, **options))

    def refresh(self, **options):
        return self._with_tokens(self.http.post("/auth/refresh", **options))

    def logout(self, **options):
        return self.post("/auth/logout", **options)

    def verify(self, **options):
        return self.get("/auth/verify", **options)

    def profile(self, **options):
        return self.get("/profile", **options)

    def get(self, path, **options):
        return self.http.get(path, **self._bearer(options))

    def post(self, path, **options):
        return self.http.post(path, **self._bearer(options))

    def put(self, path, **options):
        return self.http.put(path, **self._bearer(options))

    def patch(self, path, **options):
        return self.http.patch(path, **self._bearer(options))

    def delete(self, path, **options):
        return self.http.delete(path, **self._bearer(options))

    # what it holds

    @property
    def refresh_token(self):
        cookie = self.http.get_cookie(REFRESH_COOKIE, path="/auth")
        return cookie.value if cookie else None

    @refresh_token.setter
    def refresh_token(self, value):
        self.http.set_cookie(REFRESH_COOKIE, value, path="/auth")

    def forget_cookie(self):
        self.http.delete_cookie(REFRESH_COOKIE, path="/auth")

    @property
    def session_id(self):
        return self.profile().json["session"]["sessionId"]

    def _with_tokens(self, response):
        if response.status_code == 200:
            self.access_token = response.json["accessToken"]
            self.user_id = response.json.get("user", {}).get("_id", self.user_id)
        return response

    def _bearer(self, options):
        headers = dict(options.pop("headers", {}))
        if self.access_token and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {self.access_token}"
        return {**options, "headers": headers}


def moved(api, app):
    """The same browser with the same tokens, after the service was restarted as `app`."""
    other = Api(app)
    other.email, other.user_id, other.access_token = api.email, api.user_id, api.access_token
    other.refresh_token = api.refresh_token
    return other


def cookie_attributes(response, name=REFRESH_COOKIE):
    """The attributes of the cookie `name` that `response` sets, keys in lower case; `None` when it sets none."""
    for header in response.headers.getlist("Set-Cookie"):
        first, *attributes = [part.strip() for part in header.split(";")]
        if first.startswith(f"{name}="):
            pairs = (attribute.partition("=") for attribute in attributes)
            value = parse_cookie(first)[name] if first != f"{name}=" else ""
            return {"value": value, **{key.lower(): value or True for key, _, value in pairs}}
    return None
