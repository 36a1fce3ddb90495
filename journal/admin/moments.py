"""Moments and spans in words, in the patient's own zone. Nothing here reads the clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def local(at: datetime, zone: ZoneInfo) -> str:
    """`Fri 20 Nov 2026, 14:05 (Europe/Berlin)`: never a time without saying whose."""
    return f"{clock(at, zone)} ({zone.key})"


def clock(at: datetime, zone: ZoneInfo) -> str:
    there = at.astimezone(zone)
    return f"{day(there.date())}, {there:%H:%M}"


def short(at: datetime, zone: ZoneInfo) -> str:
    """`20 Nov, 14:05`, where year and zone stand beside it."""
    there = at.astimezone(zone)
    return f"{there.day} {there:%b}, {there:%H:%M}"


def day(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b} {on.year}"


def span(length: timedelta) -> str:
    """A span of time in its one or two largest units that matter: `40 min`, `3 h`, `2 days`."""
    minutes = int(abs(length).total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"


def due(due_at: datetime, as_of: datetime) -> str:
    """`overdue by 3 h` or `4 h left`."""
    if due_at <= as_of:
        return f"overdue by {span(as_of - due_at)}"
    return f"{span(due_at - as_of)} left"


def age(born: date | None, today: date) -> str:
    if born is None:
        return "age not stated"
    return f"{today.year - born.year - ((today.month, today.day) < (born.month, born.day))} years"
