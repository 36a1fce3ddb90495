"""Cards that other packages add to a patient's page: they know the journal, it does not know them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from journal.accounts.models import Patient


@dataclass(frozen=True, slots=True)
class Card:
    """A template, and what it shows of a patient at a moment."""

    template: str
    context: Callable[[Patient, datetime], dict[str, Any]]


CARDS: list[Card] = []


def cards(patient: Patient, as_of: datetime) -> list[dict[str, Any]]:
    """Every card with its context, in the order in which they were added."""
    return [{"template": card.template, "of": card.context(patient, as_of)} for card in CARDS]
