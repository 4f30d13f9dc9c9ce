"""Requests of a page of another origin."""

from tests.support.routes import concrete, routes


def preflight(api, path, method, origin):
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,content-type"}
    return api.http.options(path, headers={"Origin": origin, **asked})


def answers(api, origin):
    """An answer of every route with a session and without, a preflight for each, and what the framework refuses."""
    headers, bearer = {"Origin": origin}, {"Authorization": f"Bearer {api.access_token}"}
    client = api.http
    for method, rule in routes(client.application):
        if rule.endpoint not in ("auth.logout", "sessions.end_all"):
            yield client.open(concrete(rule), method=method, headers=headers, buffered=True)
            yield client.open(concrete(rule), method=method, headers={**headers, **bearer}, buffered=True)
        yield preflight(api, concrete(rule), method, origin)
    yield client.get("/nowhere", headers=headers)
    yield client.get("/auth/login", headers=headers)
    yield client.post("/auth/login", json={"email": 1}, headers=headers)
    yield client.post("/auth/login", data=b"x" * 20_000, headers=headers)
