"""A clinic's own endpoint, signed as https://www.standardwebhooks.com describes: libraries check it."""

import base64
import hashlib
import hmac
import secrets
import time

from reminders.channels import web
from reminders.channels.message import Message, SendError

PREFIX = "whsec_"


def new_secret() -> str:
    """192 random bits, in the form in which the libraries take them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def send(message: Message) -> None:
    """Posts the body. Any answer but 2xx means: not taken, come again."""
    body, now = message.body.encode(), str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message.topic,
        "webhook-timestamp": now,
        "webhook-signature": signature(message.secret, message.topic, now, body),
    }
    answer = web.post(message.to, body, headers)
    if not 200 <= answer.status < 300:
        raise SendError(f"HTTP {answer.status}", permanent=False, wait=answer.wait)


def signature(secret: str, number: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over id, moment and body: a copy of an old call is recognised by its moment."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join([number.encode(), timestamp.encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
