"""A browser that speaks to a running server over HTTP; its cookie is kept by hand, so that Secure ones travel too."""

import requests

from tests.support.api import PASSWORD, REFRESH_COOKIE


class Remote:
    """One browser on the server at `url`."""

    def __init__(self, url, email="ada@example.com", password=PASSWORD, refresh_token=None):
        self.url = url
        self.email, self.password = email, password
        self.refresh_token = refresh_token
        self.access_token = None
        self.user_id = None

    def with_token(self, refresh_token):
        """Another browser that got hold of `refresh_token`."""
        return Remote(self.url, self.email, self.password, refresh_token)

    def register(self):
        return self.post("/auth/register", json={"email": self.email, "password": self.password})

    def login(self):
        return self.post("/auth/login", json={"email": self.email, "password": self.password})

    def logged_in(self):
        response = self.login()
        assert response.status_code == 200, response.text
        return self

    def refresh(self):
        return self.post("/auth/refresh")

    def logout(self):
        return self.post("/auth/logout")

    def verify(self):
        return self.get("/auth/verify")

    def get(self, path, **options):
        return self._send("GET", path, **options)

    def post(self, path, **options):
        return self._send("POST", path, **options)

    def put(self, path, **options):
        return self._send("PUT", path, **options)

    def delete(self, path, **options):
        return self._send("DELETE", path, **options)

    def _send(self, method, path, **options):
        headers = {}
        if self.refresh_token and path.startswith("/auth"):
            headers["Cookie"] = f"{REFRESH_COOKIE}={self.refresh_token}"
        if self.access_token:
            headers["Authorization"] = f"Bearer {self.access_token}"
        response = requests.request(method, self.url + path, headers=headers, timeout=30, **options)
        if response.status_code == 200 and "accessToken" in response.text:
            self.access_token = response.json()["accessToken"]
            self.refresh_token = response.cookies[REFRESH_COOKIE]
            self.user_id = response.json().get("user", {}).get("_id", self.user_id)
        return response
