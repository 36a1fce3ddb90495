"""What every channel takes, and the one error it may raise."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """One message for one person. `key` is the same for every repeat of it."""

    to: str
    title: str
    body: str
    link: str
    key: str


class SendError(Exception):
    """It did not go out. `permanent`: trying again is pointless; `code` names the reason without any text."""

    def __init__(self, code: str, *, permanent: bool) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
