"""A browser that subscribes and decrypts: another library than the sender's checks the cryptography."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.peer import Call


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """One subscription."""

    def __init__(self, endpoint: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.subscription: dict[str, Any] = {
            "endpoint": endpoint,
            "expirationTime": None,
            "keys": {"p256dh": encoded(point), "auth": encoded(self.auth)},
        }

    def read(self, call: Call) -> str:
        """The text of a message, as the phone gets it."""
        assert call.headers["content-encoding"] == "aes128gcm"
        text: bytes = http_ece.decrypt(call.body, private_key=self.key, auth_secret=self.auth)
        return text.decode()


def vapid_claims(call: Call, *, audience: str, public_key: str) -> dict[str, Any]:
    """What the push service reads from the signature: made with our key, for this service, not expired."""
    scheme, _, rest = call.headers["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, parts["k"]) == ("vapid", public_key)
    point = urlsafe_b64decode(public_key + "=" * (-len(public_key) % 4))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    found: dict[str, Any] = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=audience)
    return found
