"""A key for Web Push."""

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Prints a new key and stores nothing."""

    requires_system_checks = ()  # it comes before there is anything to check
    help = (
        "Prints a new VAPID_PRIVATE_KEY for the environment. Keep it: with another key every phone has to "
        "subscribe anew."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        key = base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
        self.stdout.write(f"VAPID_PRIVATE_KEY={key}")
