"""A service whose `DB_URL` needs DNS, while DNS does not answer: it lives, says so, and recovers."""

import requests

from auth_service.development.mongod import free_port
from tests.support.server import Server, children, wait_until

ASKS_NOBODY = """
import os
import dns.resolver

resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port = ["127.0.0.1"], int(os.environ["DNS_PORT"])
dns.resolver.override_system_resolver(resolver)
dns.resolver.default_resolver = resolver
"""


def test_workers_live_while_dns_does_not_answer(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(ASKS_NOBODY)
    url = "mongodb+srv://user:hidden@cluster.example.com/auth"
    with Server(wait_ready=False, DB_URL=url, DNS_PORT=free_port(), extra_path=tmp_path) as server:
        [worker] = children(server.process.pid)
        assert requests.get(f"{server.url}/healthz", timeout=5).status_code == 200
        assert requests.get(f"{server.url}/readyz", timeout=5).status_code == 503
        refused = requests.post(
            f"{server.url}/auth/login", json={"email": "a@b.org", "password": "long enough"}, timeout=5
        )
        assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
        wait_until(lambda: "not ready" in server.log, 20)
        assert children(server.process.pid) == [worker]
    assert "looked up in DNS" in server.output
    assert "not a valid" not in server.output
    assert "hidden" not in server.output
    assert server.output.count("not ready") == 1
