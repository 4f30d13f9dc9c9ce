"""A software authenticator: makes passkeys and signs as a browser's `toJSON()` says it, truly or not."""

import hashlib
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2 import cbor
from fido2.cose import ES256, ES384, RS256, EdDSA

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
AAGUID = bytes(16)


def encoded(data):
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _es256():
    key = ec.generate_private_key(ec.SECP256R1())
    return ES256.from_cryptography_key(key.public_key()), lambda data: key.sign(data, ec.ECDSA(hashes.SHA256()))


def _es384():
    key = ec.generate_private_key(ec.SECP384R1())
    return ES384.from_cryptography_key(key.public_key()), lambda data: key.sign(data, ec.ECDSA(hashes.SHA384()))


def _eddsa():
    key = ed25519.Ed25519PrivateKey.generate()
    return EdDSA.from_cryptography_key(key.public_key()), key.sign


def _rs256():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    sign = lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())  # noqa: E731
    return RS256.from_cryptography_key(key.public_key()), sign


ALGORITHMS = {"ES256": _es256, "ES384": _es384, "EdDSA": _eddsa, "RS256": _rs256}


class Authenticator:
    """Holds one passkey at a time. The attributes can be set to what no honest one would say."""

    def __init__(self, origin, *, algorithm="ES256"):
        self.origin = origin
        self.algorithm = algorithm
        self.credential_id = os.urandom(32)
        self.rp_id = None  # that of the options, unless it is set
        self.flags = UP | UV | BE | BS
        self.count = 0
        self.counts = False
        self.user_handle = None
        self.client_data = {}

    def create(self, options, *, type_="webauthn.create"):
        """Make a passkey."""
        self.key, self.sign = ALGORITHMS[self.algorithm]()
        self.user_handle = decoded(options["user"]["id"])
        attested = AAGUID + struct.pack(">H", len(self.credential_id)) + self.credential_id + cbor.encode(self.key)
        data = self._data(options["rp"]["id"], self.flags | AT) + attested
        client = self._client(options, type_)
        return self._answer(
            clientDataJSON=encoded(client),
            attestationObject=encoded(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})),
            transports=["internal", "hybrid"],
        )

    def get(self, options, *, type_="webauthn.get"):
        """Sign in."""
        self.count += self.counts
        data, client = self._data(options["rpId"], self.flags), self._client(options, type_)
        handle = {"userHandle": encoded(self.user_handle)} if self.user_handle is not None else {}
        return self._answer(
            clientDataJSON=encoded(client),
            authenticatorData=encoded(data),
            signature=encoded(self.sign(data + hashlib.sha256(client).digest())),
            **handle,
        )

    def _data(self, rp_id, flags):
        return hashlib.sha256((self.rp_id or rp_id).encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, options, type_):
        said = {"type": type_, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps({**said, **self.client_data}).encode()

    def _answer(self, **response):
        name = encoded(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }
