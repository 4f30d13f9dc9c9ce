"""Files of signing keys, and tokens that are signed with them by hand."""

import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.support.tokens import b64

ORIGIN = "https://auth.example.com"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the group of P-256


def new_key(curve=ec.SECP256R1):
    return ec.generate_private_key(curve())


def pem(key, encryption=None, form=PrivateFormat.PKCS8):
    return key.private_bytes(Encoding.PEM, form, encryption or NoEncryption())


def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_der(key):
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def written(path, *keys):
    """The file of these keys, for the environment."""
    path.write_bytes(b"".join(map(pem, keys)))
    path.chmod(0o600)
    return str(path)


def variables(path, *keys, **more):
    """The environment of a service that signs with the first of these keys."""
    return {"JWT_KEYS_FILE": written(path, *keys), "PUBLIC_URL": ORIGIN, **more}


def es256(claims, header, key):
    """A JWT made by hand, so that its header and claims may be anything; text goes in as it is."""
    parts = [part if isinstance(part, str) else json.dumps(part) for part in (header, claims)]
    text = ".".join(b64(part.encode()) for part in parts)
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{raw(r, s)}"


def raw(r, s):
    """A signature as JWS has it (RFC 7518 section 3.4)."""
    return b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
