"""Sections that packages above this one add to the pages of a patient or of a flag.

This package knows none of them: whoever has something to show registers a function at the start.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest

from journal.insight.periods import Period

Page = Literal["patient", "flag", "summary"]


@dataclass(frozen=True, slots=True)
class Asked:
    """For which row, seen by whom, when, and over which local days."""

    request: HttpRequest
    thing: Any
    as_of: datetime
    period: Period


@dataclass(frozen=True, slots=True)
class Panel:
    """One section: its heading, the template that shows `shown`, and the id by which a link finds it."""

    name: str
    title: str
    template: str
    shown: dict[str, Any] = field(default_factory=dict)


Make = Callable[[Asked], Panel | None]
_REGISTERED: dict[Page, list[Make]] = {"patient": [], "flag": [], "summary": []}


def add(page: Page, make: Make) -> None:
    """Called once, when the app starts; adding the same again changes nothing."""
    if make not in _REGISTERED[page]:
        _REGISTERED[page].append(make)


def of(page: Page, asked: Asked) -> list[Panel]:
    """In the order of registration; a section that has nothing to say is left out."""
    return [panel for make in _REGISTERED[page] if (panel := make(asked)) is not None]
