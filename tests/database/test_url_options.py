"""The options that `DB_URL` may have, on a real MongoDB."""

import pytest
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure

from auth_service.database import connection
from auth_service.database.faults import explain
from auth_service.development.mongod import Mongod
from auth_service.documents.user import User
from tests.support.peers.certificates import Certificates
from tests.support.settings import settings


@pytest.fixture
def connect(app, db_url):
    """Connects as the service does; the process's client goes back to the test's database in the end."""
    yield lambda url: connection.connect(settings(DB_URL=url).database)
    connection.connect(app.extensions["auth_service"].settings.database)


@pytest.mark.parametrize(
    "options",
    ["appName=auth", "directConnection=true", "ssl=false", "w=majority&journal=true", "retryWrites=true",
     "retryReads=true", "readPreference=primary", "tls=false"],
)  # fmt: skip
def test_an_accepted_option_leaves_reads_and_writes_as_they_are(connect, db_url, options):
    connect(f"{db_url}&{options}")
    client = connection.client()
    assert client.write_concern.document["w"] == "majority"
    assert client.read_preference.mongos_mode == "primary"
    assert client.options.retry_writes
    assert client.options.retry_reads
    assert client.options.timeout == connection.TIMEOUT
    connection.ping()
    assert User.objects.count() == 0


@pytest.mark.edge
def test_a_server_with_tls_is_known_by_its_ca_and_knows_its_client_by_a_certificate(connect, tmp_path):
    made = Certificates(tmp_path)
    tls = ("--tlsMode", "preferTLS", "--tlsCertificateKeyFile", made.server, "--tlsCAFile", made.ca)
    with Mongod(tmp_path / "mongodb", options=(*tls, "--tlsAllowConnectionsWithoutCertificates")) as mongod:
        with MongoClient(mongod.url) as client:
            subject = {"createUser": made.subject, "roles": [{"role": "readWrite", "db": "x"}]}
            client["$external"].command(subject)
        url = mongod.url.replace("/?", "/x?")
        connect(f"{url}&tlsCAFile={made.ca}")
        connection.ping()
        by_certificate = f"tlsCAFile={made.ca}&tlsCertificateKeyFile={made.client}&authMechanism=MONGODB-X509"
        connect(f"{url}&{by_certificate}")
        connection.ping()
        [user] = connection.client().admin.command("connectionStatus")["authInfo"]["authenticatedUsers"]
        assert user["user"] == made.subject
        connect(f"{url}&tls=true")  # by a CA that is not known here
        with pytest.raises(ConnectionFailure) as refusal:
            connection.ping()
        assert "its TLS certificate was not accepted" in explain(refusal.value)
