"""The files in `deploy/` keep their formats and their promises, as far as that shows without Docker and Render."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from auth_service.services.mail.queue import LEASE
from auth_service.serving import open_files
from auth_service.settings.settings import Settings
from tests.support.deploy.image import IGNORED, instructions, last
from tests.support.server import ROOT
from tests.support.settings import environment

BIN = Path(sys.executable).parent
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
BLUEPRINT = yaml.safe_load((DEPLOY / "render.yaml").read_text())
UNIT = (DEPLOY / "auth_service.service").read_text()
MAIL_UNIT = (DEPLOY / "auth_service_mail.service").read_text()
GRACE = int(re.search(r"graceful_timeout = (\d+)", (ROOT / "gunicorn.conf.py").read_text())[1])
BELONGS_TO_THE_IMAGE = {"PYTHONUNBUFFERED", "HOME", "AUTH_HOST"}
APPS = ("app1", "app2")
FIELDS_OF_A_DOCKER_WEB_SERVICE = {
    *("type", "name", "runtime", "plan", "region", "repo", "branch", "rootDir", "image", "registryCredential"),
    *("dockerfilePath", "dockerContext", "dockerCommand", "preDeployCommand", "initialDeployHook"),
    *("numInstances", "scaling", "healthCheckPath", "maxShutdownDelaySeconds", "disk", "domain", "domains"),
    *("autoDeploy", "autoDeployTrigger", "buildFilter", "previews", "envVars"),
}


def seconds(text):
    """The length of `40s`."""
    return int(text.removesuffix("s"))


def tasks(workers):
    """The most processes and threads of so many workers, twice as many during a reload: docs/deploy.md."""
    threads = Settings.from_env(environment(WEB_THREADS=None), dotenv=None).service.threads
    return 2 * workers * (threads + 16) + 16


# the image


@pytest.mark.skipif(not (BIN / "hadolint").exists(), reason="hadolint has no wheel for this machine")
def test_hadolint_finds_nothing_in_the_dockerfile():
    outcome = subprocess.run([BIN / "hadolint", DEPLOY / "Dockerfile"], capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout


def test_the_image_runs_as_a_number_that_is_not_root():
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", last("USER"))


def test_programs_are_started_without_a_shell_that_would_keep_the_signals():
    assert last("CMD").startswith("[")
    assert "CMD [" in last("HEALTHCHECK")
    assert last("STOPSIGNAL") == "SIGTERM"


def test_the_last_stage_brings_nothing_to_build_with_and_installs_nothing():
    names = [name for name, _ in instructions()]
    final = instructions()[len(names) - 1 - names[::-1].index("FROM") :]
    assert final[0] == ("FROM", "python:3.11-slim-bookworm")
    installs = re.compile(r"apt-get|pip|gcc|build-essential")
    assert [text for name, text in final if name == "RUN" and installs.search(text)] == []
    assert {text for name, text in final if name == "COPY"} == {
        "--from=build /opt/venv /opt/venv",
        "--from=build /app /app",
    }


def test_only_pinned_wheels_are_installed():
    assert "--only-binary=:all: -r requirements.txt" in " ".join(text for _, text in instructions())
    pins = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9a-z.]+", pin)] == []


def test_neither_secrets_nor_tests_nor_the_embedded_mongod_enter_the_image():
    rules = [line for line in IGNORED.read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule for rule in rules if rule.startswith("!")} == {
        "!auth_service",
        "!migrations_seed",
        "!gunicorn.conf.py",
        "!requirements.txt",
        "!wsgi.py",
    }
    assert "auth_service/development" in rules


# compose


def test_the_compose_file_keeps_the_compose_specification():
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml"]
    outcome = subprocess.run(command, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_container_is_confined(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"auth_service|[a-z]+:\d+\.\d+[a-z0-9.-]*", service["image"])


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_name_a_container_uses_is_defined(name):
    service = COMPOSE["services"][name]
    named = [each.partition(":")[0] for each in service.get("volumes", []) if not each.startswith("./")]
    assert set(named) <= set(COMPOSE["volumes"])
    assert set(service.get("networks", [])) <= set(COMPOSE["networks"])
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])


def test_only_nginx_is_reached_from_outside_and_the_database_not_even_by_nginx():
    services = COMPOSE["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert [name for name, service in services.items() if "front" in service.get("networks", [])] == ["nginx", *APPS]


def test_three_members_know_each_other_by_a_key_and_stop_in_time():
    members = {name: each for name, each in COMPOSE["services"].items() if name.startswith("mongo")}
    assert len(members) == 3
    for name, member in members.items():
        assert {"--replSet=rs0", "--keyFile=/data/configdb/keyfile"} <= set(member["command"])
        assert f"{name}:/data/db" in member["volumes"]
    assert COMPOSE["services"]["replica-set"]["command"][2:] == list(members)


@pytest.mark.parametrize("name", APPS)
def test_a_replica_believes_nginx_waits_for_the_database_and_may_finish_its_work(name):
    app = COMPOSE["services"][name]
    assert app["environment"]["TRUST_PROXY"] == "1"
    assert app["depends_on"] == {"replica-set": {"condition": "service_completed_successfully"}}
    assert seconds(app["stop_grace_period"]) > GRACE


def test_only_settings_of_the_service_are_set():
    named = {entry["key"] for entry in BLUEPRINT["services"][0]["envVars"]}
    for service in COMPOSE["services"].values():
        named |= {name for name in service.get("environment", {}) if not name.startswith("MONGO_INITDB")}
    assert named - BELONGS_TO_THE_IMAGE <= set(Settings.variables())


def test_every_file_that_is_mounted_exists_or_is_secret():
    mounts = [each for service in COMPOSE["services"].values() for each in service.get("volumes", [])]
    files = {mount.partition(":")[0] for mount in mounts if mount.startswith("./")}
    assert {file for file in files if not (DEPLOY / file).exists() and not file.startswith("./secrets/")} == set()
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text()


# the first secrets


@pytest.fixture
def made(tmp_path):
    """Runs first_secrets.sh in a folder of its own."""
    shutil.copy(DEPLOY / "first_secrets.sh", tmp_path)

    def run():
        command = [tmp_path / "first_secrets.sh", "auth.example.com", "admin@example.com"]
        return subprocess.run(command, capture_output=True, text=True)

    return run


def test_the_first_secrets_make_a_valid_configuration(made, tmp_path):
    assert made().returncode == 0
    secrets = tmp_path / "secrets"
    settings = Settings.from_env({}, dotenv=str(secrets / "auth_service.env"))
    assert settings.admin.email == "admin@example.com"
    assert f":{(secrets / 'mongo_app_password').read_text()}@mongo1,mongo2,mongo3/" in settings.database.url
    assert (tmp_path / ".env").read_text() == "AUTH_HOST=auth.example.com\n"


def test_the_first_secrets_are_the_owners_alone(made, tmp_path):
    made()
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "secrets" / "auth_service.env").stat().st_mode & 0o777 == 0o600


def test_secrets_that_are_there_are_never_replaced(made, tmp_path):
    made()
    before = {path: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert made().returncode == 1
    assert {path: path.read_text() for path in (tmp_path / "secrets").iterdir()} == before


@pytest.mark.edge
@pytest.mark.parametrize("shell", ["sh", "bash"])
@pytest.mark.parametrize("password", ["Pa$$w0rd", "${HOME}`id`", "a&b#c!d"])
def test_the_settings_of_a_host_are_written_as_they_are_typed(tmp_path, shell, password):
    page = (ROOT / "docs" / "deploy.md").read_text()
    block = re.search(r"^   install -m 0600 /dev/null.*?(?=^   ```)", page, re.MULTILINE | re.DOTALL)[0]
    file = tmp_path / "auth_service.env"
    script = re.sub(r"^   ", "", block, flags=re.MULTILINE).replace("/etc/auth_service.env", str(file))
    script = script.replace("ADMIN_PASSWORD=...", f"ADMIN_PASSWORD={password}")
    script = script.replace(".venv/bin/python", sys.executable)
    subprocess.run([shell, "-euc", script], cwd=ROOT, check=True, timeout=60)
    settings = Settings.from_env({}, dotenv=str(file))
    assert (settings.admin.password, file.stat().st_mode & 0o777) == (password, 0o600)
    assert len(settings.tokens.secret) == 64


# Render publishes a JSON schema and no licence with it, so what it demands of these fields is written down here


def test_the_blueprint_has_the_fields_a_docker_web_service_may_have():
    (service,) = BLUEPRINT["services"]
    assert set(BLUEPRINT) == {"services"}
    assert set(service) <= FIELDS_OF_A_DOCKER_WEB_SERVICE
    assert (service["type"], service["runtime"]) == ("web", "docker")
    assert service["plan"] in {"free", "starter", "standard", "pro", "pro plus", "pro max", "pro ultra"}
    assert service["region"] in {"oregon", "ohio", "virginia", "frankfurt", "singapore"}
    assert service["autoDeployTrigger"] in {"off", "commit", "checksPass"}
    assert GRACE < service["maxShutdownDelaySeconds"] <= 300
    assert (ROOT / service["dockerContext"] / service["dockerfilePath"]).resolve() == DEPLOY / "Dockerfile"


def test_the_blueprint_lets_no_release_serve_that_has_no_database():
    assert BLUEPRINT["services"][0]["healthCheckPath"] == "/readyz"


def test_a_variable_of_the_blueprint_is_a_text_made_or_asked_for_and_no_secret_is_written_down():
    for entry in BLUEPRINT["services"][0]["envVars"]:
        (how,) = set(entry) - {"key"}
        assert how in {"value", "generateValue", "sync"}
        assert how != "value" or isinstance(entry["value"], str)
        assert how != "value" or not re.search("SECRET|PASSWORD|DB_URL", entry["key"])


# systemd


def test_the_unit_gives_gunicorn_its_grace_and_reads_the_secrets_itself():
    assert seconds(re.search(r"TimeoutStopSec=(\d+)", UNIT)[1]) > GRACE
    for line in ("KillMode=mixed", "DynamicUser=yes", "ProtectSystem=strict", "EnvironmentFile=/etc/auth_service.env"):
        assert line in UNIT.splitlines()


def test_what_sends_mail_alone_is_as_confined_and_may_finish_the_mail_it_is_at():
    confinement = re.search(r"^ProtectSystem=strict.*?(?=\n\n)", UNIT, re.MULTILINE | re.DOTALL)[0]
    assert confinement in MAIL_UNIT
    lease = LEASE.total_seconds()
    assert seconds(re.search(r"TimeoutStopSec=(\d+)", MAIL_UNIT)[1]) > lease
    assert seconds(COMPOSE["services"]["mail"]["stop_grace_period"]) > lease
    for command in (MAIL_UNIT, " ".join(COMPOSE["services"]["mail"]["command"])):
        assert "-m auth_service mail run" in command


def test_the_limits_of_tasks_and_files_leave_room_for_what_the_comments_say():
    assert tasks(16) <= int(re.search(r"^TasksMax=(\d+)", UNIT, re.MULTILINE)[1])
    assert tasks(4) <= COMPOSE["x-app"]["pids_limit"]
    assert open_files.needed(64) <= int(re.search(r"^LimitNOFILE=(\d+)", UNIT, re.MULTILINE)[1])
