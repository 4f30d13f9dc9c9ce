"""`DB_URL` says where MongoDB is, who connects and by which TLS; what else is in it is refused by its name."""

import pytest
from pymongo import common

from auth_service.settings.mongodb_url import database_name, has_tls
from tests.support.settings import problems, settings

CA = "/etc/ssl/certs/ca-certificates.crt"


def refusal(url):
    """What is wrong with it."""
    [problem] = problems(DB_URL=url)
    assert problem.startswith("DB_URL ")
    return problem


@pytest.mark.parametrize(
    "url",
    ["mongodb://h/x", "mongodb://h", "mongodb://h:1,i:2/x?replicaSet=rs0", "mongodb://mongo_1/x", "mongodb://[::1]:2/x",
     "mongodb://127.0.0.1/x", "mongodb://%2Ftmp%2Fmongodb-27017.sock/x", "mongodb://u:p%40ss@h/x?authSource=admin",
     "mongodb://u:p@h/x?authMechanism=SCRAM-SHA-256", "mongodb://h/x?appName=Cluster0&w=majority&retryWrites=true",
     "mongodb://h/x?APPNAME=a&TLS=true", "mongodb://h/x?directConnection=true&journal=true&retryReads=true",
     "mongodb://h/x?readPreference=primary", "mongodb://h/x?tlsInsecure=false", "mongodb+srv://cluster.example.com/x",
     "mongodb+srv://u:p@h.example.com/?retryWrites=true&w=majority&srvServiceName=customname"],
)  # fmt: skip
def test_where_who_and_tls_are_accepted(url):
    assert settings(DB_URL=url).database.url == url


@pytest.mark.parametrize("options", ["authSource=admin", "AUTHSOURCE=admin", "tls=true&authSource=admin"])
def test_a_place_to_log_in_without_a_user_is_refused(options):
    assert "has authSource and no user" in refusal(f"mongodb://h/x?{options}")


HARMFUL = (
    *("w=0", "w=1", "w=2", "wtimeoutMS=1", "journal=false", "fsync=true", "retryWrites=false", "retryReads=false"),
    *("readConcernLevel=local", "readConcernLevel=linearizable", "readPreference=secondary", "readPreference=nearest"),
    *("readPreferenceTags=dc:a", "maxStalenessSeconds=90", "timeoutMS=1", "socketTimeoutMS=1", "connectTimeoutMS=1"),
    *("serverSelectionTimeoutMS=1", "waitQueueTimeoutMS=1", "heartbeatFrequencyMS=500", "localThresholdMS=1"),
    *("maxPoolSize=1", "minPoolSize=1", "maxIdleTimeMS=1", "maxConnecting=1", "compressors=zlib", "loadBalanced=true"),
    *("serverMonitoringMode=poll", "tlsInsecure=true", "tlsAllowInvalidCertificates=true", "W=0"),
    "tlsAllowInvalidHostnames=true",
)


@pytest.mark.parametrize("option", HARMFUL)
def test_an_option_that_changes_what_the_service_promises_is_named_and_refused(option):
    name = {"W": "w", "wtimeoutMS": "wTimeoutMS"}.get(option.partition("=")[0], option.partition("=")[0])
    assert f" must not set {name}: " in refusal(f"mongodb://h/x?{option}")


def test_no_option_of_the_driver_is_accepted_unseen():
    known = {*common.URI_OPTIONS_VALIDATOR_MAP, "proxyhost", "strange", "%77"}
    accepted = {"appname", "authsource", "directconnection", "replicaset", "tls", "ssl"}
    for name in known - accepted:
        assert refusal(f"mongodb://h/x?{name}=1")


def test_all_that_is_wrong_with_it_is_said_at_once():
    said = refusal("mongodb://h/admin?w=1&timeoutMS=3&maxPoolSize=2&secret=4&tls=yes&appName=x&appname=y")
    for part in (
        "another database",
        " set w: ",
        " timeoutMS, maxPoolSize: ",
        "unknown option",
        "appName more",
        "of tls",
    ):
        assert part in said
    assert "secret" not in said


@pytest.mark.parametrize(
    "query",
    ["appName=x;w=0", "appName=x&w=0;a=b", "appName=", f"appName={'a' * 129}", "tls", "tls=1", "tls=True", "&",
     "tls=true&ssl=false", "tls=true&tls=false", f"tls=false&tlsCAFile={CA}", "tlsCAFile=/nowhere.pem",
     "tlsCAFile=/etc/passwd", "tlsCertificateKeyFile=/etc/passwd", "authMechanism=GSSAPI", "authMechanism=MONGODB-AWS",
     "authMechanism=MONGODB-X509", "authMechanism=SCRAM-SHA-256", "authSource=", "replicaSet=", "srvServiceName=x",
     "tlsCertificateKeyFilePassword=x"],
)  # fmt: skip
def test_options_that_have_no_effect_or_do_not_fit_are_refused(query):
    assert refusal(f"mongodb://h/x?{query}")


@pytest.mark.parametrize(
    "place",
    ["", "/x", ":27017/x", ",/x", "h,/x", "[::1/x", "[::1]x/x", "a b/x", "h:0/x", "h:65536/x", "h:\u0663/x",
     "h\u00e9/x",
     "1.2.3/x", f"{'a' * 64}/x", f"{'a.' * 130}a/x", "h\x07/x", "h%2f/x", "-h/x", "u@h/x", "u:@h/x", "u:p@@h/x",
     "u:p/a@h/x", "u:p?a@h/x", "u:%zz@h/x"],
)  # fmt: skip
def test_what_is_no_host_or_no_user_is_refused(place):
    assert refusal(f"mongodb://{place}")


@pytest.mark.parametrize("place", ["h.example.com:27017", "a.example.com,b.example.com", "127.0.0.1", "[::1]", ""])
def test_srv_takes_one_name_without_a_port(place):
    assert refusal(f"mongodb+srv://{place}/x")


@pytest.mark.parametrize("name", ["a.b", "a b", "a%00b", "a%5Cb", "a$b", "a/b", "a" * 64, "admin", "config", "local"])
def test_a_database_that_cannot_be_used_is_refused(name):
    assert refusal(f"mongodb://h/{name}")


@pytest.mark.parametrize(("path", "name"), [("", "auth_service"), ("/", "auth_service"), ("/a-b_c", "a-b_c")])
def test_the_path_names_the_database(path, name):
    assert database_name(f"mongodb+srv://u:p@h.example.com{path}?tls=true") == name


@pytest.mark.parametrize(
    ("url", "encrypted"),
    [("mongodb://u:tls=true@h/x", False), ("mongodb://h/tls=true", False), ("mongodb://h/x?appName=tls%3Dtrue", False),
     ("mongodb+srv://h/x?appName=tls%3Dfalse", True), ("mongodb+srv://h/x?TLS=false", False),
     ("mongodb://h?ssl=true", True),
     (f"mongodb://h/x?tlsCAFile={CA}", True)],
)  # fmt: skip
def test_tls_is_what_the_options_say(url, encrypted):
    assert has_tls(url) is encrypted
