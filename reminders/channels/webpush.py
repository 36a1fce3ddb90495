"""Web Push, which UnifiedPush speaks as well: encrypted for the phone (RFC 8291), signed by us (RFC 8292)."""

import binascii
import json
import time
from base64 import urlsafe_b64decode
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode
from pywebpush import WebPusher

from reminders.channels import hosts, web
from reminders.channels.message import Message, SendError

# The most that RFC 8292 allows is 24 hours; half of it forgives a clock that is wrong.
SIGNED_FOR = 12 * 3600
GONE = (404, 410)
LATER = (408, 425, 429)


class NotASubscriptionError(ValueError):
    """What a phone sent is no PushSubscription that can be used; the message says which part of it."""

    def __init__(self, part: str, detail: str) -> None:
        super().__init__(detail)
        self.part = part


def send(message: Message) -> None:
    """Hands one message to the push service that the phone chose."""
    subscription = json.loads(message.to)
    endpoint = subscription["endpoint"]
    content = {"title": message.title, "body": message.body, **message.data}
    answer = web.post(
        endpoint,
        WebPusher(subscription).encode(json.dumps(content).encode(), "aes128gcm")["body"],
        {
            **_signature(endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(message.ttl),
            "Topic": message.topic,
            "Urgency": message.urgency,
        },
    )
    _check(answer)


def _check(answer: web.Answer) -> None:
    if 200 <= answer.status < 300:
        return
    again = answer.status in LATER or answer.status >= 500
    raise SendError(
        f"HTTP {answer.status}", permanent=not again, gone=answer.status in GONE, wait=answer.wait
    )


def _signature(endpoint: str) -> dict[str, str]:
    """VAPID for the service at this endpoint. The claims are new each time: signing writes into them."""
    if not settings.VAPID_PRIVATE_KEY:
        raise SendError("not set up", permanent=True)
    split, _, _ = web.parts(endpoint)
    claims = {
        "aud": f"{split.scheme}://{split.netloc}",
        "exp": int(time.time()) + SIGNED_FOR,
        "sub": settings.VAPID_SUBJECT,
    }
    signed: dict[str, str] = _signer(settings.VAPID_PRIVATE_KEY).sign(claims)
    return signed


@lru_cache(maxsize=4)
def _signer(key: str) -> Any:
    return Vapid02.from_string(private_key=key)


def public_key() -> str:
    """The `applicationServerKey` with which an app subscribes; empty when Web Push is not set up."""
    if not settings.VAPID_PRIVATE_KEY:
        return ""
    point = _signer(settings.VAPID_PRIVATE_KEY).public_key
    found: str = b64urlencode(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    return found


def checked(subscription: object) -> tuple[str, str]:
    """A PushSubscription as JSON text, always the same for the same phone, and the host it leads to.

    Raises:
        NotASubscriptionError: a part is missing, or its host is none that we push to.
    """
    if not isinstance(subscription, dict) or not isinstance(subscription.get("keys"), dict):
        raise NotASubscriptionError("", "A PushSubscription has an endpoint and keys.")
    endpoint, keys = subscription.get("endpoint"), subscription["keys"]
    host = _host(endpoint)
    point, auth = _bytes(keys.get("p256dh"), "/keys/p256dh"), _bytes(keys.get("auth"), "/keys/auth")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise NotASubscriptionError("/keys/p256dh", "This is no point on the curve P-256.") from None
    if len(auth) != 16:
        raise NotASubscriptionError("/keys/auth", "The authentication secret has 16 bytes.")
    kept = {"endpoint": endpoint, "keys": {"auth": keys["auth"], "p256dh": keys["p256dh"]}}
    return json.dumps(kept, sort_keys=True), host


def _host(endpoint: object) -> str:
    if not isinstance(endpoint, str) or len(endpoint) > 2048:
        raise NotASubscriptionError("/endpoint", "The endpoint is an https address.")
    try:
        _, host, port = web.parts(endpoint)
    except (ValueError, SendError):
        raise NotASubscriptionError("/endpoint", "The endpoint is a public https address.") from None
    if not hosts.trusted(host, port) and not hosts.listed(host, settings.PUSH_HOSTS):
        raise NotASubscriptionError("/endpoint", "This push service is not one that this server uses.")
    return host.lower()


def _bytes(text: object, part: str) -> bytes:
    try:
        if isinstance(text, str) and len(text) <= 200:
            return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        pass
    raise NotASubscriptionError(part, "This is base64url without padding.")
