"""nginx, Traefik, Caddy and Envoy on loopback, configured by the blocks of docs/verify.md: only ports are exchanged."""

import getpass
import os
import signal
import socket
import subprocess

import requests
import yaml

from auth_service.development.mongod import die_with_parent, free_port
from tests.support.deploy.edge import program
from tests.support.gateways.documented import adapted, block
from tests.support.server import ROOT, wait_until

BIN = ROOT / ".venv-gateways" / "bin"
HOST = "app.example.com"
START_TIMEOUT = 30  # seconds


def binary(name):
    """The program of this name in the environment of the gateways."""
    assert (BIN / name).exists(), f"{name} is not installed: `make gateways` installs it"
    return str(BIN / name)


class Process:
    """A program that listens on `port` of loopback; a context manager. Until it is ready it may answer `not_yet`."""

    def __init__(self, command, *, port, folder, not_yet=None, **environ):
        self.url, self._port = f"http://127.0.0.1:{port}", port
        self._command, self._folder, self._not_yet = command, folder, not_yet
        self._environ = {"PATH": os.environ["PATH"], "HOME": str(folder), **environ}

    def __enter__(self):
        self._log = (self._folder / f"{self._port}.log").open("w+")
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=self._environ,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )
        try:
            wait_until(lambda: self._process.poll() is not None or self._answers(), START_TIMEOUT)
            assert self._process.poll() is None, "it ended"
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *details):
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        self._process.wait(START_TIMEOUT)
        self._log.seek(0)
        print(self._log.read()[-5000:])  # pytest shows it when the test fails
        self._log.close()

    def _answers(self):
        return listens(self._port) and (self._not_yet is None or self.ask().status_code != self._not_yet)

    def ask(self, path="/", method="GET", *, token=None, headers=(), **options):
        """The answer to a request for the application."""
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        with requests.Session() as session:
            session.trust_env = False
            headers = {"Host": HOST, **bearer, **dict(headers)}
            return session.request(
                method, self.url + path, headers=headers, timeout=30, allow_redirects=False, **options
            )


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ports(service, application):
    return [(r"127\.0\.0\.1:3020", f"127.0.0.1:{service}"), (r"127\.0\.0\.1:8080", f"127.0.0.1:{application}")]


def nginx(folder, *, service, application):
    port = free_port()
    inside = adapted(
        block("nginx"),
        [
            (r"listen 443 ssl;", f"listen 127.0.0.1:{port};"),
            (r"(?m)^ *ssl_certificate\w* .*\n", ""),
            *ports(service, application),
        ],
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    head = f"user {getpass.getuser()};\npid {folder}/nginx.pid;\nevents {{}}\n"
    text = f"{head}http {{\naccess_log off;\n{paths}{inside}}}\n"
    (folder / "nginx.conf").write_text(text)
    command = [program("nginx"), "-p", str(folder), "-c", "nginx.conf", "-e", "error.log", "-g", "daemon off;"]
    return Process(command, port=port, folder=folder)


def traefik(folder, *, service, application):
    port = free_port()
    text = adapted(block("Traefik"), [(r"(?m)^ *tls: \{\}\n", ""), *ports(service, application)])
    (folder / "dynamic.yaml").write_text(text)
    options = [f"--entrypoints.web.address=127.0.0.1:{port}", "--providers.file.filename=dynamic.yaml"]
    options += ["--global.checknewversion=false", "--global.sendanonymoususage=false", "--log.level=INFO"]
    return Process([binary("traefik"), *options], port=port, folder=folder, not_yet=404)


def caddy(folder, *, service, application):
    port = free_port()
    inside = adapted(
        block("Caddy"), [(r"(?m)^app\.example\.com \{", f"http://{HOST}:{port} {{"), *ports(service, application)]
    )
    (folder / "Caddyfile").write_text("{\n admin off\n auto_https off\n default_bind 127.0.0.1\n}\n" + inside)
    command = [binary("caddy"), "run", "--config", "Caddyfile", "--adapter", "caddyfile"]
    return Process(command, port=port, folder=folder)


def envoy(folder, *, service, application, filters=None):
    """Envoy; with `filters` these stand in the place of the one that verifies."""
    port = free_port()
    exchanges = [(r"address: 0\.0\.0\.0, port_value: 8000", f"address: 127.0.0.1, port_value: {port}")]
    exchanges += [(r"port_value: 3020", f"port_value: {service}"), (r"port_value: 8080", f"port_value: {application}")]
    configuration = yaml.safe_load(adapted(block("Envoy"), exchanges))
    if filters:
        (listener,) = configuration["static_resources"]["listeners"]
        listener["filter_chains"][0]["filters"][0]["typed_config"]["http_filters"][:1] = filters
    (folder / "envoy.yaml").write_text(yaml.safe_dump(configuration))
    command = [
        binary("envoy"),
        "-c",
        "envoy.yaml",
        "--disable-hot-restart",
        "--log-level",
        "warning",
        "--concurrency",
        "1",
    ]
    return Process(command, port=port, folder=folder)


def python(folder, heading, module, **environ):
    """A service of docs/verify.md, by Flask or FastAPI."""
    port = free_port()
    (folder / f"{module}.py").write_text(block(heading))
    flask = [binary("flask"), "--app", module, "run", "--port", str(port)]
    uvicorn = [binary("uvicorn"), f"{module}:app", "--port", str(port)]
    return Process(uvicorn if module.endswith("fastapi") else flask, port=port, folder=folder, **environ)


def node(folder, **environ):
    """The service in tests/gateways/node."""
    port = free_port()
    script = ROOT / "tests" / "gateways" / "node" / "service.mjs"
    assert (script.parent / "node_modules").is_dir(), "jose is not installed: `make gateways` installs it"
    return Process([program("node"), str(script)], port=port, folder=folder, PORT=str(port), **environ)


GATEWAYS = {"nginx": nginx, "Traefik": traefik, "Caddy": caddy, "Envoy": envoy}
