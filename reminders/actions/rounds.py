"""The heartbeat that tells whether flags flow."""

from datetime import datetime

from reminders.models import Round


def ended(*, tick: str, at: datetime) -> None:
    """A tick came to its end at `at`; a slower machine never sets the time back."""
    Round.objects.get_or_create(tick=tick, defaults={"ended_at": at})
    Round.objects.filter(tick=tick, ended_at__lt=at).update(ended_at=at)


def ended_since(*, tick: str, moment: datetime) -> bool:
    """Whether a tick has come to its end since then, on whichever machine."""
    return Round.objects.filter(tick=tick, ended_at__gt=moment).exists()
