"""Certificates by a CA of their own: one of a server on 127.0.0.1, one of a client."""

import subprocess

SERVER, CLIENT = "/O=tests/CN=127.0.0.1", "/O=clients/CN=auth_service"


class Certificates:
    """Files in `folder`: `ca`, and `server` and `client`, each with its key. `subject` is the client's, in RFC 2253.

    `expired` and `elsewhere`, of another host, are of servers as well.
    """

    subject = "CN=auth_service,O=clients"

    def __init__(self, folder):
        self._folder = folder
        self.ca = self._path("ca.pem")
        key = ["-newkey", "rsa:2048", "-nodes", "-days", "2"]
        self._openssl("req", "-x509", *key, "-subj", "/CN=a CA", "-keyout", self._path("ca.key"), "-out", self.ca)
        self.server = self._issue("server", SERVER, "subjectAltName=IP:127.0.0.1")
        self.client = self._issue("client", CLIENT, "extendedKeyUsage=clientAuth")

    @property
    def expired(self):
        return self._issue("expired", SERVER, "subjectAltName=IP:127.0.0.1", days=-1)

    @property
    def elsewhere(self):
        return self._issue("elsewhere", "/O=tests/CN=elsewhere.test", "subjectAltName=DNS:elsewhere.test")

    def _issue(self, name, subject, extension, days=2):
        key, request, certificate = (self._path(f"{name}.{kind}") for kind in ("key", "csr", "crt"))
        new = ["-newkey", "rsa:2048", "-nodes", "-subj", subject, "-addext", extension]
        self._openssl("req", *new, "-keyout", key, "-out", request)
        by = ["-CA", self.ca, "-CAkey", self._path("ca.key"), "-days", str(days), "-copy_extensions", "copy"]
        self._openssl("x509", "-req", "-in", request, *by, "-out", certificate)
        both = self._folder / f"{name}.pem"
        both.write_text("".join((self._folder / f"{name}.{kind}").read_text() for kind in ("crt", "key")))
        return str(both)

    def _path(self, name):
        return str(self._folder / name)

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)
