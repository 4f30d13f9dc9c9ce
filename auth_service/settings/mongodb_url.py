"""Reads the URL of a MongoDB. It says where MongoDB is, who connects, and by which TLS; the rest is the service's part.

Time limits, connections and consistency are no options of the URL, because the promises of the service rest on them.
Whatever else is in it is refused, by the option's name. No value is quoted, and DNS is not asked.
"""

import re
import warnings
from collections.abc import Mapping
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri, split_options

from auth_service.settings.addresses import is_host, is_name

SCHEMES = ("mongodb://", "mongodb+srv://")
DEFAULT_NAME = "auth_service"  # of the database
RESERVED_NAMES = ("admin", "config", "local")  # in which MongoDB runs no transactions
NAME = re.compile(r"[^\x00-\x20\x7f/\\.$\"*<>:|?]{1,63}")  # of a database
MECHANISMS = ("DEFAULT", "MONGODB-X509", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256")  # the others need more packages

WHERE = {"replicaSet", "directConnection", "srvServiceName"}
WHO = {"authSource", "authMechanism", "appName"}
TLS = {"tls", "ssl", "tlsCAFile", "tlsCertificateKeyFile", "tlsCertificateKeyFilePassword", "tlsCRLFile"}
OWN_VALUES = {  # URLs that hosting companies show have some of them
    "w": "majority",
    "journal": "true",
    "retryWrites": "true",
    "retryReads": "true",
    "readPreference": "primary",
    "tlsInsecure": "false",
    "tlsAllowInvalidCertificates": "false",
    "tlsAllowInvalidHostnames": "false",
}
TLS_CHECKS = {"tlsInsecure", "tlsAllowInvalidCertificates", "tlsAllowInvalidHostnames"}
CONSISTENCY = {
    *("w", "wTimeoutMS", "journal", "fsync", "retryWrites", "retryReads"),
    *("readConcernLevel", "readPreference", "readPreferenceTags", "maxStalenessSeconds"),
}
CONNECTIONS = {
    *("timeoutMS", "socketTimeoutMS", "connectTimeoutMS", "serverSelectionTimeoutMS", "waitQueueTimeoutMS"),
    *("heartbeatFrequencyMS", "localThresholdMS", "serverMonitoringMode", "compressors", "zlibCompressionLevel"),
    *("maxPoolSize", "minPoolSize", "maxIdleTimeMS", "maxConnecting", "waitQueueMultiple", "loadBalanced"),
}
REASONS = (
    (TLS_CHECKS, "anybody on the way could pose as the database; name the CA of its certificate with tlsCAFile"),
    (CONSISTENCY, "writes go to a majority, reads to the primary, and both are retried"),
    (CONNECTIONS, "the service sets its connections and time limits itself"),
)
ACCEPTED = WHERE | WHO | TLS
NAMES = {name.lower(): name for name in ACCEPTED | TLS_CHECKS | CONSISTENCY | CONNECTIONS}

Options = list[tuple[str, str]]


def parse_mongodb_url(url: str) -> str:
    """`url` itself.

    Raises:
        ValueError: the service cannot work with it; the text is the end of a sentence that begins with a name.
    """
    if not url.startswith(SCHEMES):
        raise ValueError("must begin with mongodb:// or mongodb+srv://")
    parts = _parts(url)
    if complaints := _of_place(url, parts) + _of_options(_options(url)) + _of_user(parts, _options(url)):
        raise ValueError("; it ".join(complaints))
    _try_driver(url)
    return url


def database_name(url: str) -> str:
    """The database that the path of `url` names, or `DEFAULT_NAME`."""
    return _parts(url)["database"] or DEFAULT_NAME


def has_tls(url: str) -> bool:
    """Whether the connection is encrypted: `mongodb+srv` and every file for TLS imply it."""
    options = dict(_options(url))
    written = options.get("tls", options.get("ssl"))
    if written is not None:
        return written == "true"
    return url.startswith("mongodb+srv://") or any(name.startswith("tls") for name in options)


def _parts(url: str) -> Mapping[str, Any]:
    """Hosts and database, without the options; `mongodb+srv` has no hosts until DNS is asked, only a name."""
    plain, _, _ = url.partition("?")
    try:
        if not _hosts(url).isascii():  # a port in other digits
            raise ValueError
        return parse_uri(plain.replace("mongodb+srv://", "mongodb://", 1))
    except (PyMongoError, ValueError):
        raise ValueError("is not a valid MongoDB URL: are its user name and password percent-encoded?") from None


def _hosts(url: str) -> str:
    """The hosts as they are written."""
    return url.partition("://")[2].partition("?")[0].partition("/")[0].rpartition("@")[2]


def _options(url: str) -> Options:
    """Name and value of each option, as they are written; a name in the driver's spelling where it is known here."""
    query = url.partition("?")[2]
    pairs = (each.partition("=") for each in re.split("[&;]", query) if query)
    return [(NAMES.get(name.lower(), name), value) for name, _, value in pairs]


def _of_place(url: str, parts: Mapping[str, Any]) -> list[str]:
    """What is wrong with hosts and database."""
    complaints = []
    name = parts["database"]
    if parts["collection"] or not (name is None or NAME.fullmatch(name)):
        complaints.append("must name a database of at most 63 characters, without dots and other signs")
    elif name in RESERVED_NAMES:
        complaints.append(
            f"must name another database than {', '.join(RESERVED_NAMES)}, which MongoDB keeps for itself"
        )
    if url.startswith("mongodb+srv://"):
        if not is_name(_hosts(url)):
            complaints.append("must have one name and no port behind mongodb+srv://, which DNS resolves to the servers")
    elif not all(is_host(host) or host.endswith(".sock") for host, _ in parts["nodelist"]):
        complaints.append("has a host that is neither a name, nor an IP address, nor a socket")
    return complaints


def _of_options(options: Options) -> list[str]:
    """What is wrong with the options, each of them by its name."""
    names = [name for name, _ in options]
    complaints = []
    for group, reason in REASONS:
        if refused := [name for name, value in options if name in group and OWN_VALUES.get(name) != value]:
            complaints.append(f"must not set {', '.join(dict.fromkeys(refused))}: {reason}")
    if set(names) - set(NAMES.values()):
        complaints.append(f"has an unknown option; it may have {', '.join(sorted(ACCEPTED))}")
    by_certificate = ("authMechanism", "MONGODB-X509") in options or "tlsCertificateKeyFilePassword" in names
    if by_certificate and "tlsCertificateKeyFile" not in names:
        complaints.append("needs tlsCertificateKeyFile for MONGODB-X509 or tlsCertificateKeyFilePassword")
    if twice := sorted({name for name in names if name in ACCEPTED and names.count(name) > 1}):
        complaints.append(f"has {', '.join(twice)} more than once")
    if invalid := [name for name, value in options if name in ACCEPTED and not _is_valid(name, value)]:
        complaints.append(f"has no valid value of {', '.join(dict.fromkeys(invalid))}")
    return complaints


def _of_user(parts: Mapping[str, Any], options: Options) -> list[str]:
    """What is wrong where there is no user: nobody logs in then, whatever the URL seems to say."""
    if parts["username"] or ("authMechanism", "MONGODB-X509") in options or "authSource" not in dict(options):
        return []
    return ["has authSource and no user, so nobody would log in to the database: add the user or remove authSource"]


def _is_valid(name: str, value: str) -> bool:
    if not value or (name == "authMechanism" and value not in MECHANISMS):
        return False
    try:
        split_options(f"{name}={value}")
    except (PyMongoError, ValueError, OSError):
        return False
    return True


def _try_driver(url: str) -> None:
    """Make a client, and send nothing: the driver reads the files for TLS, and compares the options."""
    try:
        with warnings.catch_warnings(action="ignore"):
            MongoClient(url, connect=False).close()
    except (PyMongoError, ValueError, OSError):
        raise ValueError(
            "has a user without a password, options that do not fit together, or files for TLS that cannot be used"
        ) from None
