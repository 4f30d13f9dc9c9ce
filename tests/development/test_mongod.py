"""The embedded mongod: its errors when it cannot run, and that its data survives a restart."""

import pytest
from pymongo import MongoClient

from auth_service.development import mongod_binary
from auth_service.development.mongod import Mongod
from auth_service.development.mongod_binary import MongodUnavailable

pytestmark = pytest.mark.edge


def executable(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def only_binary(monkeypatch):
    """Makes the given path the only mongod there is."""

    def install(path):
        monkeypatch.setattr(mongod_binary, "_in_wheel", lambda: None)
        monkeypatch.setattr(mongod_binary.shutil, "which", lambda name: path)

    return install


def test_a_missing_library_is_named_with_what_to_install(tmp_path, only_binary):
    complaint = "mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file"
    only_binary(executable(tmp_path / "mongod", f"echo '{complaint}' >&2; exit 127"))
    with pytest.raises(MongodUnavailable, match=r"libcurl\.so\.4.*apt-get install libcurl4.*DB_URL"):
        Mongod(tmp_path / "data").start()


def test_a_machine_without_a_mongod_gets_one_clear_sentence(tmp_path, only_binary):
    only_binary(None)
    with pytest.raises(MongodUnavailable, match=r"no mongod for this machine.*DB_URL"):
        Mongod(tmp_path / "data").start()


def test_a_mongod_that_ends_at_once_points_to_its_log(tmp_path, only_binary):
    only_binary(executable(tmp_path / "mongod", '[ "$1" = --version ] || exit 14'))
    with pytest.raises(MongodUnavailable, match=r"exit code 14; its log is .*data\.log"):
        Mongod(tmp_path / "data").start()


def test_data_and_replica_set_survive_another_port(tmp_path):
    with Mongod(tmp_path / "data") as first, MongoClient(first.url) as client:
        client.kept.things.insert_one({"_id": 1})
        port = first.port
    with Mongod(tmp_path / "data") as second, MongoClient(second.url) as client:
        assert second.port != port
        assert client.kept.things.find_one() == {"_id": 1}


def test_data_that_is_in_use_is_one_clear_sentence(tmp_path):
    with Mongod(tmp_path / "data"), pytest.raises(MongodUnavailable, match="is in use by another mongod"):
        Mongod(tmp_path / "data").start()
