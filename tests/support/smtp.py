"""A real SMTP server on the loopback address, which can refuse, ask to come back later, or hang."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """What arrived. `answers` has the reply to an address, `hanging` the addresses never answered.

    `thinking`: seconds between taking a mail and saying so, in which a sender may die.
    """

    def __init__(self) -> None:
        self.mails: list[tuple[str, Message]] = []
        self.answers: dict[str, str] = {}
        self.hanging: set[str] = set()
        self.thinking = 0.0
        self.attempts: Counter[str] = Counter()

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.attempts[address] += 1
        if address in self.hanging:
            await asyncio.sleep(3600)
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        # Under this policy a header that was folded over two lines reads as it was written.
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.extend((address, mail) for address in envelope.rcpt_tos)
        await asyncio.sleep(self.thinking)
        return "250 OK"

    def to(self, address: str) -> list[Message]:
        return [mail for receiver, mail in self.mails if receiver == address]

    def text(self) -> str:
        """Everything that travelled, headers and bodies, decoded."""
        return "\n".join(f"{mail.items()} {mail.get_payload(decode=True)!r}" for _, mail in self.mails)


class _AnyPort(Controller):
    """Listens on a port that the system chose."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server() -> Iterator[tuple[Mailbox, int]]:
    """A mailbox and the port on 127.0.0.1 at which it takes mail."""
    mailbox = Mailbox()
    controller = _AnyPort(mailbox, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop(no_assert=True)
