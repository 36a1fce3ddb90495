"""What every channel takes, and the one error it may raise."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """One message for one place. `key` is the same for every repeat of it.

    `to` is what the channel needs to find the place: an address, a push token, a URL. `topic` is the same for
    all messages of which a phone shows only the latest, at most 32 signs of base64url (RFC 8030, 5.4).
    `urgency` is one of RFC 8030's: very-low, low, normal, high. `ttl`: seconds for which a push service keeps
    it. `data` are ids for a program; `secret` signs, where a channel signs.
    """

    to: str
    title: str
    body: str
    link: str
    key: str
    topic: str = ""
    urgency: str = "normal"
    ttl: int = 0
    data: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""


class SendError(Exception):
    """It did not go out. `permanent`: trying again is pointless; `code` names the reason without any text.

    `gone`: nobody is reached under this token any more. `wait`: seconds for which the other side asked us to
    stay away.
    """

    def __init__(self, code: str, *, permanent: bool, gone: bool = False, wait: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.gone = gone
        self.wait = wait
