"""A passkey in software: what a phone's authenticator does, by the W3C's Web Authentication, level 3."""

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

PRESENT, VERIFIED, NEW_CREDENTIAL = 0x01, 0x04, 0x40
ORIGIN = "https://testserver"


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(encoded: str) -> bytes:
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


@dataclass
class Passkey:
    """One credential of one account."""

    identity: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    person: str = ""
    uses: int = 0

    def create(self, options: Any, origin: str = ORIGIN) -> dict[str, Any]:
        """`navigator.credentials.create`."""
        asked = options["publicKey"]
        self.person = asked["user"]["id"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        told = bytes(16) + len(self.identity).to_bytes(2, "big") + self.identity + public
        data = self._data(asked["rp"]["id"], PRESENT | VERIFIED | NEW_CREDENTIAL) + told
        statement = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = _client("webauthn.create", asked["challenge"], origin)
        return self._credential({"clientDataJSON": text(client), "attestationObject": text(statement)})

    def sign(self, options: Any, origin: str = ORIGIN) -> dict[str, Any]:
        """`navigator.credentials.get`."""
        asked = options["publicKey"]
        self.uses += 1
        data = self._data(asked["rpId"], PRESENT | VERIFIED)
        client = _client("webauthn.get", asked["challenge"], origin)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(data),
                "signature": text(signed),
                "userHandle": self.person,
            }
        )

    def _data(self, party: str, flags: int) -> bytes:
        return hashlib.sha256(party.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        return {
            "type": "public-key",
            "id": text(self.identity),
            "rawId": text(self.identity),
            "response": response,
            "clientExtensionResults": {"credProps": {"rk": True}},
        }


def _client(kind: str, challenge: str, origin: str) -> bytes:
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()
