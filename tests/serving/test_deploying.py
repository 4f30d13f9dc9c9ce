"""What `deploy/` brings, as far as it runs without Docker: the image's content, the replica set, nginx before replicas.

Run by `make edge`.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from auth_service.development.mongod import die_with_parent, free_port
from auth_service.development.mongod_binary import find_binary
from tests.support.deploy.edge import Edge
from tests.support.deploy.image import content, environment_of_image, image_command, image_health_check
from tests.support.remote import Remote
from tests.support.server import ROOT, Server, answers, wait_until
from tests.support.settings import environment

pytestmark = pytest.mark.edge

IMAGE_USER = 10001
STARTED = 30  # seconds


# nginx, as compose.yaml sets it up


@pytest.fixture
def replicas(mongod_url):
    with contextlib.ExitStack() as stack:
        url = mongod_url.format(name="replicas")
        yield [stack.enter_context(Server(DB_URL=url, TRUST_PROXY=1, WEB_CONCURRENCY=1)) for _ in range(2)]


def test_people_stay_logged_in_when_one_of_two_replicas_goes(replicas, tmp_path):
    one, other = replicas
    with Edge(tmp_path, service_port=one.port, replica_port=other.port) as edge:
        credentials = {"email": "ada@example.com", "password": "correct horse battery"}
        assert edge.post("/auth/register", json=credentials).status_code == 201
        client = edge.client()
        token = client.post(f"{edge.url}/auth/login", json=credentials).json()["accessToken"]
        client.headers["Authorization"] = f"Bearer {token}"
        assert {client.get(f"{edge.url}/profile").status_code for _ in range(10)} == {200}
        one.process.send_signal(signal.SIGTERM)
        one.process.wait(STARTED)
        assert {client.get(f"{edge.url}/profile").status_code for _ in range(10)} == {200}


def test_the_configuration_for_compose_is_valid_and_leaves_the_application_out(tmp_path):
    edge = Edge(tmp_path, service_port=1, replica_port=2)
    outcome = edge.check()
    assert outcome.returncode == 0, outcome.stderr
    assert "example.com" not in re.sub("#.*", "", (tmp_path / "nginx.conf").read_text())
    assert "auth_request" not in (tmp_path / "nginx.conf").read_text()


# the replica set of compose.yaml


@pytest.fixture
def members():
    """Three mongods as compose.yaml starts them, the first with the root account its image makes."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "keyfile").write_text("k" * 64)
        (folder / "keyfile").chmod(0o400)
        ports = [free_port() for _ in range(3)]
        with mongod(folder, ports[0]), MongoClient(port=ports[0]) as client:
            client.admin.command("createUser", "root", pwd="root's", roles=["root"])
        for port in ports:
            options = ["--replSet", "rs0", "--keyFile", str(folder / "keyfile"), "--oplogSize", "64"]
            stack.enter_context(mongod(folder, port, *options))
        yield [f"127.0.0.1:{port}" for port in ports]


@contextlib.contextmanager
def mongod(folder, port, *options):
    data = folder / str(port)
    data.mkdir(exist_ok=True)
    where = ["--dbpath", str(data), "--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket"]
    process = subprocess.Popen([find_binary(), *where, *options], stdout=subprocess.DEVNULL, preexec_fn=die_with_parent)
    try:
        with MongoClient(port=port, directConnection=True, serverSelectionTimeoutMS=STARTED * 1000) as client:
            client.admin.command("ping")
        yield
    finally:
        process.terminate()
        process.wait(STARTED)


def prepare(members, secrets, password):
    """What the service `replica-set` of compose.yaml runs."""
    secrets.mkdir(exist_ok=True)
    (secrets / "mongo_root_password").write_text("root's")
    (secrets / "mongo_app_password").write_text(password)
    command = [sys.executable, str(ROOT / "deploy" / "replica_set.py"), *members]
    outcome = subprocess.run(command, env={"SECRETS": str(secrets)}, capture_output=True, text=True, timeout=100)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_the_service_runs_on_the_replica_set_with_an_account_that_may_touch_its_database_only(members, tmp_path):
    prepare(members, tmp_path / "secrets", "first")
    prepare(members, tmp_path / "secrets", "second")
    url = f"mongodb://auth_service:second@{','.join(members)}/auth_service?replicaSet=rs0"
    with MongoClient(url) as client:
        assert len(client.admin.command("hello")["hosts"]) == 3
        for forbidden in (client.other.things.find_one, lambda: client.admin.command("replSetGetStatus")):
            with pytest.raises(OperationFailure) as refusal:
                forbidden()
            assert refusal.value.code == 13
    with Server(DB_URL=url, RATELIMIT_ENABLED="true", LOGIN_DELAY_ENABLED="true") as server:
        browser = Remote(server.url)
        assert browser.register().status_code == 201
        assert browser.logged_in().refresh().status_code == 200
        assert browser.get("/profile").status_code == 200


# the image


@pytest.fixture
def image(tmp_path):
    """The folder that would be /app in the image."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        content(Path(folder) / "app")
        yield Path(folder) / "app"


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("unshare"), reason="only root makes a file system read-only")
def test_the_image_serves_as_its_user_without_writing_to_the_file_system(image, mongod_url):
    port = free_port()
    variables = {
        **environment_of_image(),
        **environment(DB_URL=mongod_url.format(name="image"), PORT=port, APP_ENV="production"),
        "PATH": os.environ["PATH"],
    }
    process = subprocess.Popen(
        confined([sys.executable, "-m", *image_command()]), cwd=image, env=variables, preexec_fn=die_with_parent
    )
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz") or process.poll() is not None, STARTED)
        browser = Remote(f"http://127.0.0.1:{port}")
        assert browser.register().status_code == 201
        assert browser.logged_in().refresh().status_code == 200
        assert Path(f"/proc/{process.pid}").stat().st_uid == IMAGE_USER
        assert health(port) == 0
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(STARTED) == 0
    assert health(port) != 0


def confined(command):
    """`command` as the image's user on a read-only root file system; what it may read is not held against it."""
    reading = ["--inh-caps", "-all,+dac_read_search", "--ambient-caps", "-all,+dac_read_search"]
    user = ["setpriv", "--reuid", str(IMAGE_USER), "--regid", str(IMAGE_USER), "--clear-groups", *reading]
    mounting = 'mount -o remount,bind,ro / && mount -t tmpfs tmpfs /dev/shm && ! touch /app.touched 2>&1 && exec "$@"'
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", mounting, "sh", *user, *command]


def health(port):
    """The exit code of the image's health check."""
    _, *arguments = image_health_check()
    return subprocess.run([sys.executable, *arguments], env={"PORT": str(port)}, capture_output=True).returncode


# systemd


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_the_unit_is_one_that_systemd_understands(tmp_path):
    text = (ROOT / "deploy" / "auth_service.service").read_text()
    text = text.replace("/opt/auth_service/.venv/bin/gunicorn", sys.executable).replace("/opt/auth_service", "/opt")
    (tmp_path / "auth_service.service").write_text(text)
    command = ["systemd-analyze", "verify", str(tmp_path / "auth_service.service")]
    outcome = subprocess.run(command, capture_output=True, text=True)
    assert (outcome.returncode, outcome.stderr) == (0, "")
