"""What a reminder's turn on one local day is: one row, or one for each exercise prescribed that day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.expressions import Value

from journal.content import fall_tips, library, rhythm
from journal.models import CareItem, Entry, ExercisePause, Flag
from journal.models.entries import HasPath
from journal.rows import AnyOf
from reminders import schedule
from reminders.actions import rotation
from reminders.models import Occurrence, Reminder
from reminders.models.due import Due
from reminders.models.reminders import SUGGESTED
from reminders.models.turns import Turn
from reminders.schedule import Slot

# The library's texts by kind; injections and bone tablets have their own.
TEXTS = {
    "log-today": "R1", "height": "R2", "medicine": "R3", "appointment": "R7", "review": "R8",
}  # fmt: skip
# Asked of each of thousands: an attribute of an enum takes as long to find as a text to compare.
DUE = Occurrence.State.DUE.value
EXERCISE, FALL_PREVENTION = Reminder.Kind.EXERCISE.value, Reminder.Kind.FALL_PREVENTION.value
INJECTION, MEDICINE = Reminder.Kind.INJECTION.value, Reminder.Kind.MEDICINE.value
A_WEEK = timedelta(weeks=1)
BONE_TABLET, INJECTION_SOON, INJECTION_DAY, LESS_OFTEN = "R4", "R5", "R6", "R9"


@dataclass(frozen=True)
class Known:
    """What plan and entries say of a batch's patients."""

    exercises: dict[int, list[CareItem]]
    paused: dict[int, dict[str, str]]
    medicines: dict[UUID, CareItem]
    falls: dict[int, list[tuple[date, str | None]]]
    # The tips shown since the latest fall, the oldest first; of who has fallen.
    lately: dict[int, list[str]]
    # Shown in this batch: patient and kind, for several reminders of one kind go on in one rotation.
    shown: dict[tuple[int, str], str] = field(default_factory=dict)


def known(turns: Collection[tuple[int, str, date]]) -> Known:
    """Reads it for these turns (patient, kind, local day), as far as their kinds ask for it."""
    of_kind: dict[str, set[int]] = defaultdict(set)
    for patient, kind, _ in turns:
        of_kind[kind].add(patient)
    exercising, warned, treated = of_kind[EXERCISE], of_kind[FALL_PREVENTION], of_kind[MEDICINE]
    first = min((day for _, _, day in turns), default=date.max)
    falls, lately = _falls(warned, first - fall_tips.FITS_FOR) if warned else ({}, {})
    return Known(
        exercises=_exercises(exercising, first) if exercising else {},
        paused=_paused(exercising) if exercising else {},
        medicines=CareItem.objects.filter(AnyOf("patient", treated), kind="medicine").in_bulk()
        if treated
        else {},
        falls=falls,
        lately=lately,
    )


def of(reminder: Due, slot: Slot, *, flags: Iterable[Flag], known: Known, grace: timedelta) -> list[Turn]:
    """The turn's rows, due or held; none when nothing is planned for this day."""
    everything = list(flags)
    if reminder.kind == EXERCISE:
        return _of_exercise(reminder, slot, everything, known, grace)
    turn = plain(reminder, slot, DUE, grace=grace)
    if reminder.kind == FALL_PREVENTION:
        fitting = _fitting(known, reminder.patient_id, slot.day)
        _show_tip(turn, reminder, known, _flagged(everything), fitting=fitting)
    else:
        _show_text(turn, reminder, known)
    return [turn]


def plain(reminder: Due, slot: Slot, state: str, *, grace: timedelta) -> Turn:
    """A row without a text of the library."""
    dated = has_a_date(reminder)
    return Turn(
        id=Occurrence.id_of(reminder.id, slot.day),
        patient_id=reminder.patient_id,
        reminder_id=reminder.id,
        local_date=slot.day,
        due_at=slot.due_at,
        expires_at=max(
            schedule.end_of(_last_day(reminder, slot, dated), reminder.timezone), slot.due_at + grace
        ),
        state=state,
        language=reminder.language,
        title=reminder.title,
        revision=reminder.revision + 1,
        kind=reminder.kind,
        user_id=reminder.user_id,
        signs_in=reminder.signs_in,
        notice=LESS_OFTEN if reminder.stride > 1 else "",
        lasts=dated,
    )


def has_a_date(reminder: Due) -> bool:
    """Whether it is about a day and not about an hour: once, or weekly at most, and no suggestion. Not so a
    medicine: how it is taken may hang on the hour, as a bone tablet's does on an empty stomach."""
    return reminder.kind not in SUGGESTED and reminder.kind != MEDICINE and reminder.apart >= A_WEEK


def _last_day(reminder: Due, slot: Slot, dated: bool) -> date:
    """The slot's own; what has a date and was moved into the next day, by quiet hours, is open on that."""
    return max(slot.day, slot.due_at.astimezone(reminder.timezone).date()) if dated else slot.day


def holding(flags: Iterable[Flag], patterns: Collection[str] = ()) -> Flag | None:
    """The first of a patient's unresolved flags that holds all exercise, or is one of these patterns."""
    held = (flag for flag in flags if flag.hold_lifted_at is None)
    return next((flag for flag in held if flag.holds_exercise or flag.pattern in patterns), None)


def _of_exercise(reminder: Due, slot: Slot, flags: list[Flag], known: Known, grace: timedelta) -> list[Turn]:
    paused = known.paused.get(reminder.patient_id, {})
    in_force = [item for item in known.exercises.get(reminder.patient_id, ()) if item.holds_on(slot.day)]
    if not in_force:
        turn = plain(reminder, slot, DUE, grace=grace)
        return [_general(reminder, turn, flags, known, paused)]
    made = []
    for place, item in enumerate(item for item in in_force if _falls_on(item, slot.day)):
        turn = plain(reminder, slot, DUE, grace=grace)
        turn.slot, turn.id = place, Occurrence.id_of(reminder.id, slot.day, place)
        made.append(_prescribed(turn, item, flags, paused))
    return made


def _general(reminder: Due, turn: Turn, flags: list[Flag], known: Known, paused: Collection[str]) -> Turn:
    """The library's programme, one text after the other, for a patient without prescribed exercises."""
    flag = holding(flags)
    if flag:
        turn.state, turn.held_by_id = Occurrence.State.HELD, flag.pk
    else:
        _show_tip(turn, reminder, known, _flagged(flags), without=paused)
    return turn


def _prescribed(turn: Turn, item: CareItem, flags: list[Flag], paused: dict[str, str]) -> Turn:
    """One exercise of the care plan, due or held."""
    turn.care_item_id, turn.title = item.pk, item.named(turn.language)
    text = library.by_id(item.explained_by, turn.language)
    if text:
        turn.item, turn.title, turn.language = text.id, text.title, text.language
    flag = holding(flags, text.held_by if text else ())
    if flag:
        turn.state, turn.held_by_id = Occurrence.State.HELD, flag.pk
    elif why := {paused[name] for name in (str(item.pk), item.explained_by) if name in paused}:
        turn.state, turn.reason = Occurrence.State.HELD, max(why)  # what was felt goes before `clinic`
    return turn


def _falls_on(item: CareItem, day: date) -> bool:
    """Whether the item's rhythm names this day; without one that can be read, every day does."""
    try:
        return not item.rrule or rhythm.falls_on(rhythm.parse(item.rrule), item.starts, day)
    except rhythm.ScheduleError:
        return True


def _show_tip(
    turn: Turn,
    reminder: Due,
    known: Known,
    flagged: set[str],
    *,
    fitting: Sequence[str] = (),
    without: Collection[str] = (),
) -> None:
    rotating = (reminder.patient_id, reminder.kind)
    last = known.shown.get(rotating, reminder.last_item)
    if flagged or fitting or without:
        choice = [tip for tip in rotation.tips(reminder.kind, turn.language) if tip.id not in without]
        tip = rotation.following(choice, last=last, flagged=flagged, fitting=fitting)
    else:
        tip = rotation.usual(reminder.kind, turn.language, last)
    if tip:
        known.shown[rotating] = reminder.last_item = tip.id
        if fitting:
            known.lately[reminder.patient_id].append(tip.id)
        turn.item, turn.title, turn.language = tip.id, tip.title, tip.language


def _show_text(turn: Turn, reminder: Due, known: Known) -> None:
    """The library's text; the title too, unless the patient chose one."""
    text = library.by_id(_text_id(reminder, turn.local_date, known), turn.language)
    kind, _, rest = reminder.source.partition(":")
    if kind in ("care_item", "review"):
        turn.care_item_id = UUID(rest.partition(":")[0])
    if text:
        turn.item, turn.language = text.id, text.language
        if reminder.source or reminder.kind in SUGGESTED:
            turn.title = text.title


def _text_id(reminder: Due, day: date, known: Known) -> str:
    kind, _, rest = reminder.source.partition(":")
    if reminder.kind == INJECTION:
        due = date.fromisoformat(rest.rpartition(":")[2]) if kind == "injection" else date.max
        return INJECTION_SOON if day < due else INJECTION_DAY
    if reminder.kind == MEDICINE and kind == "care_item":
        item = known.medicines.get(UUID(rest))
        return BONE_TABLET if item and item.code == "bone_medicine" else TEXTS["medicine"]
    return TEXTS.get(reminder.kind, "")


def _flagged(flags: Iterable[Flag]) -> set[str]:
    return {flag.pattern for flag in flags}


def _exercises(patients: set[int], first: date) -> dict[int, list[CareItem]]:
    found: dict[int, list[CareItem]] = defaultdict(list)
    items_of = CareItem.objects.filter(AnyOf("patient", patients), kind="exercise").current(first)
    for item in items_of.order_by("starts", "at", "id"):
        found[item.patient_id].append(item)
    return found


def _paused(patients: set[int]) -> dict[int, dict[str, str]]:
    """Of each patient the exercises that pause, each with why; what the patient felt goes first."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    pauses = (
        ExercisePause.objects.open().filter(AnyOf("patient", patients)).order_by("rise")
    )  # nulls are last
    for pause in pauses:
        found[pause.patient_id].setdefault(pause.exercise, pause.why)
    return found


def _falls(
    patients: set[int], since: date
) -> tuple[dict[int, list[tuple[date, str | None]]], dict[int, list[str]]]:
    """Days and causes of falls and near-falls, the latest first; and the tips shown since the latest."""
    found: dict[int, list[tuple[date, str | None]]] = defaultdict(list)
    lately: dict[int, list[str]] = {}
    entries = Entry.objects.current().filter(
        HasPath("report", Value("$.falls[*]")), AnyOf("patient", patients), local_date__gte=since
    )
    rows = entries.annotate(shown=ArraySubquery(_shown_since())).order_by("-local_date", "-recorded_at")
    for patient, day, report, shown in rows.values_list("patient", "local_date", "report", "shown"):
        said: list[dict[str, Any]] = report["falls"]
        found[patient].extend((day, fall.get("cause")) for fall in said)
        lately.setdefault(patient, shown)
    return found, lately


def _shown_since() -> QuerySet[Occurrence, str]:
    """The tips of an entry's patient since then."""
    tips = Occurrence.objects.filter(
        patient=OuterRef("patient"),
        local_date__gte=OuterRef("local_date"),
        due_at__gte=OuterRef("recorded_at"),
        reminder__kind=FALL_PREVENTION,
    )
    return tips.exclude(item="").order_by("due_at", "id").values_list("item", flat=True)


def _fitting(known: Known, patient: int, day: date) -> Sequence[str]:
    fresh = [cause for when, cause in known.falls.get(patient, ()) if when >= day - fall_tips.FITS_FOR]
    return rotation.in_turn(fall_tips.fitting(fresh), known.lately.get(patient, ()))
