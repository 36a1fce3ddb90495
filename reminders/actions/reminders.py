"""A patient's reminders: made, changed, moved with the patient, deleted."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Required, TypedDict, Unpack
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db.models import Max

from journal.accounts.models import Patient, User
from journal.actions import changes
from journal.actions.refusals import ConflictError, NotPossibleNowError, RefusedError
from reminders import schedule
from reminders.models import Occurrence, Reminder

MOST = 50
FARTHEST = timedelta(days=731)  # two years, with a 29 February


class InvalidScheduleError(RefusedError):
    """This rule can't be kept; `pointer` says which part of it."""

    code = "invalid-schedule"

    def __init__(self, detail: str, *, pointer: str = "/rrule") -> None:
        super().__init__(detail)
        self.pointer = pointer


class Wishes(TypedDict, total=False):
    """What a patient may change."""

    title: str
    rrule: str
    local_time: time
    timezone: ZoneInfo
    quiet_from: time | None
    quiet_until: time | None
    channels: Sequence[str]
    active: bool
    starts_on: date


class NewWishes(Wishes):
    """Of a new reminder."""

    title: Required[str]  # type: ignore[misc]
    rrule: Required[str]  # type: ignore[misc]
    local_time: Required[time]  # type: ignore[misc]


class WishesAndPace(Wishes, total=False):
    """And `stride` 1: as often as it was set, after it had stepped down."""

    stride: int


# A change of these starts the rhythm anew; a change of zone alone keeps the planned local day.
SETTABLE = [*WishesAndPace.__annotations__, "ignored", "deleted_at", "next_local_date", "next_due_at"]
RHYTHM = {"rrule", "starts_on", "local_time", "quiet_from", "quiet_until", "active", "stride"}


def create(
    *,
    by: User | None,
    at: datetime,
    patient: Patient,
    kind: str,
    title: str,
    rrule: str,
    local_time: time,
    timezone: ZoneInfo | None = None,
    quiet_from: time | None = None,
    quiet_until: time | None = None,
    channels: Sequence[str] = ("inbox", "email"),
    active: bool = True,
    client_id: UUID | None = None,
    source: str = "",
    starts_on: date | None = None,
) -> Reminder:
    """A new reminder whose rule counts from `starts_on`, today when None. Raises InvalidScheduleError.

    `source` names what in plan or facts it follows from; such ones don't count against the patient's room.
    What is over already is taken: a phone without a network may have rung by itself before it could tell.
    """
    with changes.locked(patient) as locked:
        own = Reminder.objects.present().filter(patient=locked, source="")
        if not source and own.count() >= MOST:
            raise NotPossibleNowError("There is room for %(most)s reminders.", most=MOST)
        zone = timezone or locked.timezone
        reminder = Reminder(
            client_id=client_id or uuid4(),
            patient=locked,
            kind=kind,
            title=title,
            rrule=rrule,
            starts_on=starts_on or at.astimezone(zone).date(),
            local_time=local_time,
            timezone=zone,
            quiet_from=quiet_from,
            quiet_until=quiet_until,
            channels=list(channels),
            active=active,
            source=source,
        )
        _check_start(reminder, at, first=date.min)
        _start(reminder, at)
        return _save(reminder, by=by, at=at, verb="reminder.created")


def create_once(
    *, by: User, at: datetime, patient: Patient, client_id: UUID, kind: str, **wishes: Unpack[NewWishes]
) -> tuple[Reminder, bool]:
    """The reminder under the id that the phone chose, and whether it is new: phones repeat themselves.

    Raises:
        ConflictError: the id was used for another reminder, or for one that was deleted.
        InvalidScheduleError: the rule can't be kept, or has no day ahead.
    """
    with changes.locked(patient) as locked:
        known = Reminder.objects.filter(patient=locked, client_id=client_id).first()
        if known is None:
            made = create(by=by, at=at, patient=locked, client_id=client_id, kind=kind, **wishes)
            _check_start(made, at, first=_today(made, at))
            _check_rings(made)
            return made, True
        known.patient = locked
        said_the_same = all(getattr(known, name) == wish for name, wish in wishes.items())
        if known.deleted_at or known.kind != kind or not said_the_same:
            raise ConflictError("This id was already used for another reminder.")
        return known, False


def change(*, by: User | None, at: datetime, reminder: Reminder, **wishes: Unpack[WishesAndPace]) -> Reminder:
    """Sets what is wished and finds the next due moment anew; no local day gets a second turn.

    Raises:
        InvalidScheduleError: the rule can't be kept, or has no day ahead by now.
        NotPossibleNowError: it is deleted, or follows from the plan and was to begin on another day.
    """
    with changes.locked(reminder.patient) as patient:
        stored = _present(reminder, patient)
        changed = {name for name, wish in wishes.items() if getattr(stored, name) != wish}
        for name in changed:
            setattr(stored, name, wishes[name])  # type: ignore[literal-required]
        if "starts_on" in changed:
            if stored.source:
                raise NotPossibleNowError("The day of this reminder follows from your plan.").at("/starts_on")
            _check_start(stored, at, first=_today(stored, at))
        if changed & RHYTHM:
            stored.ignored = 0
            _start(stored, at)
            if changed - {"stride"} and not stored.source:
                _check_rings(stored)
        elif "timezone" in changed:
            _move(stored, at)
        return _save(stored, by=by, at=at, verb="reminder.changed") if changed else stored


def answered(*, at: datetime, reminder: Reminder) -> None:
    """A locked patient answered a turn: the reminder comes as often as it was set, from the next slot on."""
    stored = Reminder.objects.get(pk=reminder.pk)
    if stored.ignored == 0 and stored.stride == 1:
        return
    stored.patient, was = reminder.patient, stored.stride
    stored.ignored, stored.stride = 0, 1
    if was > 1 and stored.active:
        _start(stored, at)
    stored.revision = reminder.patient.revision
    stored.save(update_fields=["ignored", "stride", "next_local_date", "next_due_at", "revision"])


def move(*, by: User | None, at: datetime, patient: Patient, timezone: ZoneInfo) -> None:
    """The patient lives in another zone now: the reminders follow, no local day twice and none left out."""
    for reminder in Reminder.objects.present().filter(patient=patient).order_by("pk"):
        change(by=by, at=at, reminder=reminder, timezone=timezone)


def say_anew(*, at: datetime, patient: Patient) -> None:
    """A locked patient reads another language now: phones hear again of what still waits, in that one."""
    waiting = Occurrence.objects.open_or_held(at).filter(patient=patient)
    for rows in (Reminder.objects.present().filter(patient=patient), waiting):
        rows.update(revision=patient.revision)


def remove(*, by: User | None, at: datetime, reminder: Reminder) -> None:
    """Deleted for the patient; the row stays for the phones that have to hear of it."""
    with changes.locked(reminder.patient) as patient:
        stored = Reminder.objects.get(pk=reminder.pk)
        if stored.deleted_at:
            return
        stored.patient, stored.deleted_at, stored.active = patient, at, False
        _clear(stored)
        _save(stored, by=by, at=at, verb="reminder.deleted")


def _present(reminder: Reminder, patient: Patient) -> Reminder:
    stored = Reminder.objects.get(pk=reminder.pk)
    stored.patient = patient
    if stored.deleted_at:
        raise NotPossibleNowError("This reminder is deleted.")
    return stored


def _start(reminder: Reminder, at: datetime) -> None:
    """The first slot that lies ahead, on a local day that had no turn yet."""
    try:
        plan = reminder.plan
    except schedule.ScheduleError as error:
        raise InvalidScheduleError(str(error)) from error
    _check_quiet(reminder)
    if not reminder.active:
        return _clear(reminder)
    had = Occurrence.objects.filter(patient=reminder.patient, reminder=reminder).aggregate(
        day=Max("local_date")
    )["day"]
    yesterday = _today(reminder, at) - timedelta(days=1)
    _set(reminder, schedule.first_slot(plan, after=max(had or yesterday, yesterday), at=at))
    return None


def _move(reminder: Reminder, at: datetime) -> None:
    if reminder.next_local_date:
        _set(reminder, schedule.moved(reminder.plan, day=reminder.next_local_date, at=at))


def _today(reminder: Reminder, at: datetime) -> date:
    return at.astimezone(reminder.timezone).date()


def _check_start(reminder: Reminder, at: datetime, *, first: date) -> None:
    """What follows from the plan begins when the plan says so."""
    if not reminder.source and not first <= reminder.starts_on <= _today(reminder, at) + FARTHEST:
        raise InvalidScheduleError(
            "The first day is today or later, two years ahead at most.", pointer="/starts_on"
        )


def _check_rings(reminder: Reminder) -> None:
    if reminder.active and reminder.next_due_at is None:
        raise InvalidScheduleError("This would never ring: no day of the rule, at its hour, lies ahead.")


def _check_quiet(reminder: Reminder) -> None:
    if (reminder.quiet_from is None) != (reminder.quiet_until is None):
        raise InvalidScheduleError("Quiet hours need a beginning and an end.", pointer="/quiet_hours")
    if reminder.quiet_from is not None and reminder.quiet_from == reminder.quiet_until:
        raise InvalidScheduleError("Quiet hours can't last the whole day.", pointer="/quiet_hours")


def _set(reminder: Reminder, slot: schedule.Slot | None) -> None:
    reminder.next_local_date = slot.day if slot else None
    reminder.next_due_at = slot.due_at if slot else None


def _clear(reminder: Reminder) -> None:
    _set(reminder, None)


def _save(reminder: Reminder, *, by: User | None, at: datetime, verb: str) -> Reminder:
    reminder.revision = changes.next_revision(reminder.patient)
    reminder.save(update_fields=None if reminder._state.adding else [*SETTABLE, "revision"])
    changes.record(by=by, at=at, patient=reminder.patient, verb=verb, subject=f"reminder:{reminder.pk}")
    return reminder
