"""The inbox in the app: the occurrence's row is what the phone pulls, so nothing needs to travel."""

from reminders.channels.message import Message


def send(message: Message) -> None:
    """There already."""
