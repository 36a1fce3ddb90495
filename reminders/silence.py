"""Why a reminder stays silent: asked when its turn is planned, and again at the moment of sending."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.db.models import Max
from django.db.models.expressions import Value

from journal.actions import consents
from journal.content.consents import REMINDERS
from journal.models import Entry
from journal.models.entries import HasPath
from journal.rows import AnyOf
from reminders.models import Reminder, ReminderSettings

Reason = Literal["consent", "paused", "logged", "measured"]
Turn = tuple[int, str, date]  # patient, kind, local day
# Asked of each of thousands: an attribute of an enum takes as long to find as a text to compare.
LOG_TODAY, MEASURE = Reminder.Kind.LOG_TODAY.value, Reminder.Kind.HEIGHT.value
HEIGHT = HasPath("report", Value('$.height_cm ? (@.type() == "number")'))
# Twice a year, as the Royal Osteoporosis Society advises.
HEIGHT_EVERY = timedelta(days=183)


@dataclass(frozen=True)
class Silence:
    """What the database says now about some turns."""

    withdrawn: frozenset[int]
    settings: dict[int, ReminderSettings]
    logged: frozenset[tuple[int, date]]
    measured: dict[int, date]

    def reason(self, turn: Turn) -> Reason | None:
        """The first reason that holds; None when it may ring."""
        patient, kind, day = turn
        if patient in self.withdrawn:
            return "consent"
        if patient in self.settings and self.settings[patient].paused_on(day):
            return "paused"
        if kind == LOG_TODAY and (patient, day) in self.logged:
            return "logged"
        if kind == MEASURE:
            last = self.measured.get(patient)
            if last and last > day - HEIGHT_EVERY:
                return "measured"
        return None


def of(turns: Collection[Turn]) -> Silence:
    """Reads it in one go; the entries only when a kind asks for them."""
    patients = {patient for patient, _, _ in turns}
    return Silence(
        withdrawn=frozenset(consents.refusing(REMINDERS, patients)),
        settings={one.pk: one for one in ReminderSettings.objects.filter(AnyOf("pk", patients))},
        logged=_logged([turn for turn in turns if turn[1] == LOG_TODAY]),
        measured=_measured([turn for turn in turns if turn[1] == MEASURE]),
    )


def _logged(turns: Collection[Turn]) -> frozenset[tuple[int, date]]:
    if not turns:
        return frozenset()
    entries = Entry.objects.current().filter(
        AnyOf("patient", {patient for patient, _, _ in turns}),
        AnyOf("local_date", {day for _, _, day in turns}, "date"),
    )
    return frozenset(entries.order_by().values_list("patient", "local_date").distinct())


def _measured(turns: Collection[Turn]) -> dict[int, date]:
    """The last day of each patient with a height, as far as it can silence one of these turns."""
    if not turns:
        return {}
    entries = Entry.objects.current().filter(
        HEIGHT,
        AnyOf("patient", {patient for patient, _, _ in turns}),
        local_date__gte=min(day for _, _, day in turns) - HEIGHT_EVERY,
    )
    return dict(
        entries.order_by().values("patient").annotate(last=Max("local_date")).values_list("patient", "last")
    )
