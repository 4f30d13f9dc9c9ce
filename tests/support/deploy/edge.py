"""nginx as `deploy/nginx.conf` sets it up, on loopback, without root: only names, ports and paths are exchanged."""

import getpass
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import requests
import yaml

from auth_service.development.mongod import die_with_parent, free_port
from tests.support.server import ROOT, wait_until

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
START_TIMEOUT = 10  # seconds
SERVICE, APPLICATION = "localhost", "app.localhost"
DEBIAN_PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"  # nginx is where only root looks for programs


def program(name):
    """Where `name` is; a test that needs it fails with the sentence that says what to install."""
    found = shutil.which(name, path=DEBIAN_PATH)
    assert found, (
        f"{name} is not installed: `make edge` needs nginx and openssl (Debian: apt-get install nginx-light openssl)"
    )
    return found


class Edge:
    """One nginx in front of the servers on these ports of loopback, with its files in `folder`; a context manager."""

    def __init__(self, folder, *, service_port, application_port=None, replica_port=None, added=()):
        """With a `replica_port`, a second of the service is there, and the configuration is that of compose.yaml.

        `added` are further exchanges, as `(pattern, replacement)`.
        """
        self.folder = Path(folder)
        self.port = free_port()
        self.url = f"https://{SERVICE}:{self.port}"
        self.certificate = self.folder / "edge.pem"
        self._nginx = program("nginx")
        self._certify()
        text, others = CONFIGURATION.read_text(), alone(self.folder, service_port, application_port or free_port())
        if replica_port:
            text, others = as_in_compose(), composed(self.folder, service_port, replica_port)
        text = adapted(text, folder=self.folder, port=self.port, others=[*others, *added])
        (self.folder / "nginx.conf").write_text(text)

    def check(self):
        """What `nginx -t` has to say."""
        return subprocess.run([*self._command(), "-t"], capture_output=True, text=True)

    def __enter__(self):
        self.process = subprocess.Popen([*self._command(), "-g", "daemon off;"], preexec_fn=die_with_parent)
        try:
            wait_until(lambda: self.process.poll() is not None or self._answers(), START_TIMEOUT)
            assert self.process.poll() is None, (self.folder / "error.log").read_text()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *details):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(START_TIMEOUT)

    def get(self, path, **options):
        return self.client().get(self.url + path, timeout=30, **options)

    def post(self, path, **options):
        return self.client().post(self.url + path, timeout=30, **options)

    def client(self):
        """A client that trusts this nginx's certificate, and no proxy or certificates the environment names."""
        client = requests.Session()
        client.trust_env = False
        client.verify = str(self.certificate)
        return client

    def _answers(self):
        try:
            return self.get("/readyz").status_code == 200
        except requests.RequestException:
            return False

    def _command(self):
        return [self._nginx, "-p", str(self.folder), "-c", "nginx.conf", "-e", "error.log"]

    def _certify(self):
        names = f"subjectAltName=DNS:{SERVICE},DNS:{APPLICATION}"
        subject = ["-subj", f"/CN={SERVICE}", "-addext", names, "-days", "2", "-nodes"]
        files = ["-keyout", str(self.folder / "edge.key"), "-out", str(self.certificate)]
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        subprocess.run([program("openssl"), "req", "-x509", *key, *subject, *files], check=True, capture_output=True)


def adapted(text, *, folder, port, others):
    """The configuration `text` with other names, ports and paths; each exchange must find something."""
    temporary = "".join(
        f"    {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    exchanges = [
        (r"user www-data;", f"user {getpass.getuser()};"),
        (r"worker_processes auto;", "worker_processes 2;"),
        (r"/run/nginx\.pid", f"{folder}/nginx.pid"),
        (r"(?m)^http \{\n", f"http {{\n{temporary}"),
        (r"listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        (r"/etc/ssl/\S+\.pem", f"{folder}/edge.pem"),
        (r"/etc/ssl/\S+\.key", f"{folder}/edge.key"),
        *others,
    ]
    for pattern, replacement in exchanges:
        text, found = re.subn(pattern, replacement, text)
        assert found, f"the configuration has no {pattern} any more"
    return text


def alone(folder, service_port, application_port):
    """What is exchanged in `deploy/nginx.conf`."""
    return [
        (r"/var/log/nginx/", f"{folder}/"),
        (r"127\.0\.0\.1:3020", f"127.0.0.1:{service_port}"),
        (r"127\.0\.0\.1:8080", f"127.0.0.1:{application_port}"),
        (r"server_name auth\.example\.com", f"server_name {SERVICE}"),
        (r"server_name app\.example\.com", f"server_name {APPLICATION}"),
    ]


def composed(folder, service_port, replica_port):
    """What is exchanged in the configuration that compose.yaml makes of it."""
    return [
        (r"/dev/stdout", f"{folder}/access.log"),
        (r"/dev/stderr", f"{folder}/error.log"),
        (r"app1:3020", f"127.0.0.1:{service_port}"),
        (r"app2:3020", f"127.0.0.1:{replica_port}"),
    ]


def as_in_compose():
    """The configuration that the container of compose.yaml makes at its start, by the same command."""
    nginx = yaml.safe_load((CONFIGURATION.parent / "compose.yaml").read_text())["services"]["nginx"]
    shell, option, command = nginx["command"]
    making = command.partition(" > ")[0].replace("$$", "$")
    for inside, file in (("/etc/nginx/compose.sed", "compose.sed"), ("/etc/nginx/site.conf", CONFIGURATION.name)):
        making = making.replace(inside, str(CONFIGURATION.parent / file))
    outcome = subprocess.run([shell, option, making], env={"AUTH_HOST": SERVICE}, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout
