"""Certificates by a CA of their own: one of a server on 127.0.0.1, one of a client."""

import subprocess

SERVER, CLIENT = "/O=tests/CN=127.0.0.1", "/O=clients/CN=auth_service"


class Certificates:
    """Files in `folder`: `ca`, and `server` and `client`, each with its key. `subject` is the client's, in RFC 2253."""

    subject = "CN=auth_service,O=clients"

    def __init__(self, folder):
        self._folder = folder
        self.ca = self._path("ca.pem")
        key = ["-newkey", "rsa:2048", "-nodes", "-days", "2"]
        self._openssl("req", "-x509", *key, "-subj", "/CN=a CA", "-keyout", self._path("ca.key"), "-out", self.ca)
        self.server = self._issue("server", SERVER, "subjectAltName=IP:127.0.0.1")
        self.client = self._issue("client", CLIENT, "extendedKeyUsage=clientAuth")

    def _issue(self, name, subject, extension):
        key, certificate = self._path(f"{name}.key"), self._path(f"{name}.crt")
        by = ["-CA", self.ca, "-CAkey", self._path("ca.key"), "-addext", extension]
        new = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", subject]
        self._openssl("req", "-x509", *new, *by, "-keyout", key, "-out", certificate)
        both = self._folder / f"{name}.pem"
        both.write_text("".join((self._folder / f"{name}.{kind}").read_text() for kind in ("crt", "key")))
        return str(both)

    def _path(self, name):
        return str(self._folder / name)

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)
