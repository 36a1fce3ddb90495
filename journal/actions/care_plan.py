"""What clinicians plan for a patient, and what is held at present."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from journal import load
from journal.accounts.models import Patient, User
from journal.actions import changes, outbox
from journal.actions.refusals import NotFitError, NotPossibleNowError
from journal.content import library, plan
from journal.content.plan import Planned
from journal.models import CareItem, ExercisePause, Flag

COLUMNS = (
    "kind", "code", "starts", "text", "library_id", "dose", "rrule", "ends", "review_on", "hours_a_day",
)  # fmt: skip
ALL_HELD = (
    "Please pause this exercise for now. Your clinic is looking into something that you logged, and will "
    "tell you when to go on."
)
ONE_HELD = (
    "Please pause this exercise for now and do the others as planned. Your clinic is looking into something "
    "that you logged, and will tell you when to go on."
)


# The library's text for it.
AFTER_PAIN = "R10"


def prescribe(*, by: User, at: datetime, patient: Patient, planned: Planned) -> CareItem:
    """One more item. What to think about twice is told by `warnings_for`; it forbids nothing.

    Raises:
        NotFitError: something is missing, too much, or contradicts itself.
    """
    try:
        plan.check(planned)
    except plan.UnfitItemError as unfit:
        raise NotFitError(unfit.template, **unfit.values) from unfit
    if planned.library_id and planned.library_id not in {item.id for item in library.items()}:
        raise NotFitError("The library has no such text.")
    with changes.locked(patient) as locked:
        item = CareItem.objects.create(
            patient=locked,
            **{name: getattr(planned, name) for name in COLUMNS},
            tags=_tags(planned),
            by=by,
            at=at,
            revision=changes.next_revision(locked),
        )
        _record(by=by, at=at, patient=locked, verb="care.prescribed", item=item)
        return item


def _tags(planned: Planned) -> list[str]:
    """The tags stated and those that this kind of exercise always has, in the order of the list."""
    usual = plan.CODES[planned.kind, planned.code].tags
    return [tag for tag in plan.TAGS if tag in (*planned.tags, *usual)]


def stop(
    *, by: User, at: datetime, patient: Patient, item: CareItem, reason: str, on: date | None = None
) -> CareItem:
    """The item no longer holds from the local day `on` (today when None) on.

    Raises:
        NotFitError: no reason, or a day before the first or in the past.
        NotPossibleNowError: stopped already, or over.
    """
    if not reason.strip():
        raise NotFitError("Stopping needs a reason.")
    with changes.locked(patient) as locked:
        item = CareItem.objects.get(patient=locked, pk=item.pk)
        today = at.astimezone(locked.timezone).date()
        day = on or today
        if day < today:
            raise NotFitError("It can't be stopped on a day that has passed.")
        if item.stopped_on or (item.ends and item.ends < today):
            raise NotPossibleNowError("This is stopped or over already.")
        item.stopped_on, item.stopped_by, item.stopped_at = day, by, at
        item.stop_reason, item.revision = reason.strip(), changes.next_revision(locked)
        item.save(update_fields=["stopped_on", "stopped_by", "stopped_at", "stop_reason", "revision"])
        _record(by=by, at=at, patient=locked, verb="care.stopped", item=item)
        return item


def warnings_for(*, patient: Patient, tags: Iterable[str], day: date) -> tuple[str, ...]:
    """What to think about twice with these tags, by the patient's profile of that day."""
    return plan.warnings(tags, load.profile(patient).on(day).history)


@dataclass(frozen=True, slots=True)
class Hold:
    """Why an exercise is paused: in words for the patient, and the flags behind it.

    Without a flag, the reason is that pain rose after it.
    """

    reason: str
    flags: tuple[Flag, ...]


def holds(*, patient: Patient, items: Iterable[CareItem]) -> dict[CareItem, Hold]:
    """The exercises of these items that are held at present.

    A flag that holds exercise holds all of them; an unresolved flag that a library text names in `held_by`
    holds the exercises that follow this text. An exercise after which pain rose pauses alone, whether the
    patient named the item or its text.
    """
    exercises = [item for item in items if item.kind == "exercise"]
    flags = list(
        Flag.objects.unresolved().filter(patient=patient, hold_lifted_at=None).order_by("raised_at", "pk")
    )
    general = tuple(flag for flag in flags if flag.holds_exercise)
    named = {text.id: set(text.held_by) for text in library.items()}
    paused = set(ExercisePause.objects.open().filter(patient=patient).values_list("exercise", flat=True))
    found = {}
    for item in exercises:
        own = tuple(flag for flag in flags if flag.pattern in named.get(item.explained_by, ()))
        if general or own:
            found[item] = Hold(ALL_HELD if general else ONE_HELD, general or own)
        elif paused & {str(item.pk), item.explained_by}:
            found[item] = Hold(_after_pain(patient.language), ())
    return found


def _after_pain(language: str) -> str:
    """Why an exercise pauses after which pain rose, in the patient's language."""
    return next(text.body for text in library.in_language(language, "reminder") if text.id == AFTER_PAIN)


def _record(*, by: User, at: datetime, patient: Patient, verb: str, item: CareItem) -> None:
    changes.record(
        by=by,
        at=at,
        patient=patient,
        verb=verb,
        subject=f"care_item:{item.pk}",
        data={"kind": item.kind, "code": item.code},
    )
    outbox.plan_changed(at=at, patient=patient)
