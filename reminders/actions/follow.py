"""Reminders and tasks that follow from plan and facts: medicines, injections, reviews, scans; and turns that
nothing holds any more.

Brought in step whenever a clinician changed one of these. Each names its source, so that looking twice makes
nothing twice, and what a patient has deleted or moved to another hour stays so.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from journal.accounts.models import Patient
from journal.actions import changes, tasks
from journal.content import bone_clock, rhythm
from journal.content.library import in_language
from journal.models import CareItem, Fact, OutboxEvent, Task
from reminders import claims
from reminders.actions import holds, programmes, reminders, turns
from reminders.models import Reminder

# Told four weeks ahead, time enough to get an appointment and the medicine, then each week; and for four
# weeks after the day, while the clinic has its task.
WEEKS_AHEAD, WEEKS_AFTER = 4, 4
# A week ahead and the day before: to get ready, and not to forget.
SCAN_AHEAD = (7, 1)
MORNING = time(9)
log = logging.getLogger(__name__)
TASKS = (Task.Kind.INJECTION_LATE, Task.Kind.NO_FOLLOW_ON, Task.Kind.REVIEW)


@dataclass(frozen=True)
class Wanted:
    """One reminder that follows from a source."""

    source: str
    kind: str
    text: str
    rrule: str
    starts_on: date


def run(*, at: datetime) -> int:
    """Follows every change that waits; returns for how many patients. Safe to run twice and anywhere."""
    done, failed = 0, set[int]()
    while (followed := _one(at, failed)) is not None:
        done += followed
    return done


def _one(at: datetime, failed: set[int]) -> int | None:
    """One patient in a transaction of its own; None when none is left. An error costs only that patient."""
    event: OutboxEvent | None = None
    try:
        with transaction.atomic():
            event = claims.changed_plan(skip=failed)
            return None if event is None else _follow_patient(event.patient, at)
    except Exception as error:
        if event is None:
            raise
        log.error("a plan could not be followed: %s", type(error).__name__)
        failed.add(event.patient_id)
        return 0


def _follow_patient(patient: Patient, at: datetime) -> int:
    """What is read here is all that was written before: one look answers for every change that waits."""
    with changes.locked(patient) as locked:
        seen = claims.changed_plans_of(locked)
        OutboxEvent.objects.filter(pk__in=seen).update(relayed_at=at)
        keep_in_step(at=at, patient=locked)
        holds.give_back(at=at, patient=locked)
    return 1


def keep_in_step(*, at: datetime, patient: Patient) -> None:
    """Makes what is wanted of a locked patient and removes what no longer is."""
    today = at.astimezone(patient.timezone).date()
    items = list(CareItem.objects.filter(patient=patient).current(today))
    standing = list(Fact.objects.standing().filter(patient=patient).order_by("at", "id"))
    wanted = {one.source: one for one in (*_of_plan(items), *_of_facts(standing))}
    known = {one.source: one for one in Reminder.objects.filter(patient=patient).exclude(source="")}
    for source in wanted.keys() - known.keys():
        _make(wanted[source], patient, at)
    for source, reminder in known.items():
        _follow(reminder, wanted.get(source), patient, at)
    due = dict(_tasks(items, standing))
    tasks.keep_in_step(at=at, patient=patient, kinds=TASKS, wanted=due)


def _of_plan(items: list[CareItem]) -> Iterator[Wanted]:
    for item in items:
        source = f"care_item:{item.pk}"
        if item.kind == "medicine" and item.rrule:
            text = turns.BONE_TABLET if item.code == "bone_medicine" else turns.TEXTS["medicine"]
            yield Wanted(source, "medicine", text, _until(item), item.starts)
        if item.review_on:
            yield Wanted(_review(item), "review", turns.TEXTS["review"], "FREQ=DAILY;COUNT=1", item.review_on)


def _review(item: CareItem) -> str:
    """By item and day: one that is moved to another day asks anew."""
    return f"review:{item.pk}:{item.review_on}"


def _until(item: CareItem) -> str:
    """The item's rhythm, ended with the item."""
    last = item.ends
    if item.stopped_on:
        stop = item.stopped_on - timedelta(days=1)
        last = min(last, stop) if last else stop
    if last is None or rhythm.parse(item.rrule).count:
        return item.rrule
    parts = [part for part in item.rrule.removeprefix("RRULE:").split(";") if not part.startswith("UNTIL=")]
    return ";".join([*parts, f"UNTIL={last:%Y%m%d}"])


def _of_facts(standing: list[Fact]) -> Iterator[Wanted]:
    weeks = WEEKS_AHEAD + WEEKS_AFTER + 1
    for due in bone_clock.injections_due(fact.stated for fact in standing):
        yield Wanted(
            f"injection:{due.code}:{due.on}",
            "injection",
            turns.INJECTION_SOON,
            f"FREQ=WEEKLY;COUNT={weeks}",
            due.on - timedelta(weeks=WEEKS_AHEAD),
        )
    for fact in standing:
        if fact.kind == "next_scan" and fact.since:
            for days in SCAN_AHEAD:
                day = fact.since - timedelta(days=days)
                yield Wanted(
                    f"scan:{fact.pk}:{days}",
                    "appointment",
                    turns.TEXTS["appointment"],
                    "FREQ=DAILY;COUNT=1",
                    day,
                )


def _tasks(items: list[CareItem], standing: list[Fact]) -> Iterator[tuple[tuple[str, str], date]]:
    """What the clinic has to do, and from which day on: the day after the one that must not pass."""
    stated = [fact.stated for fact in standing]
    for due in bone_clock.injections_due(stated):
        yield (Task.Kind.INJECTION_LATE.value, f"injection:{due.code}:{due.on}"), due.on + timedelta(days=1)
    stopped = bone_clock.without_follow_on(stated)
    if stopped:
        yield (Task.Kind.NO_FOLLOW_ON.value, f"stopped:denosumab:{stopped}"), stopped
    for item in items:
        if item.review_on:
            yield (Task.Kind.REVIEW.value, _review(item)), item.review_on


def _make(wanted: Wanted, patient: Patient, at: datetime) -> None:
    reminders.create(
        by=None,
        at=at,
        patient=patient,
        kind=wanted.kind,
        title=_title(wanted.text, patient.language),
        rrule=wanted.rrule,
        local_time=MORNING,
        quiet_from=programmes.QUIET_FROM,
        quiet_until=programmes.QUIET_UNTIL,
        source=wanted.source,
        starts_on=wanted.starts_on,
    )


def _follow(reminder: Reminder, wanted: Wanted | None, patient: Patient, at: datetime) -> None:
    """Only the rhythm follows; hour, channels and whether it is on are the patient's."""
    reminder.patient = patient
    if reminder.deleted_at:
        return
    if wanted is None:
        reminders.remove(by=None, at=at, reminder=reminder)
        # Not the patient's wish: should it be wanted again, it comes as a new one.
        Reminder.objects.filter(pk=reminder.pk).update(source="")
    elif reminder.rrule != wanted.rrule:
        reminders.change(by=None, at=at, reminder=reminder, rrule=wanted.rrule)


def _title(text: str, language: str) -> str:
    return next(item.title for item in in_language(language, "reminder") if item.id == text)
