"""What clinicians plan for a patient, and what is held at present."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from journal import load
from journal.accounts.models import Patient, User
from journal.actions import changes, outbox
from journal.actions.refusals import NotFitError, NotPossibleNowError
from journal.content import library, plan
from journal.content.plan import Planned
from journal.models import CareItem, CareItemVersion, ExercisePause, Flag

FIXED = ("kind", "code", "starts")
CHANGED = ("text", "library_id", "dose", "rrule", "tags", "hours_a_day", "ends", "review_on")
# Why an exercise is held, with the library's text that says so to the patient: a flag that holds all of
# them, one that holds some, pain that rose after this one, a clinician's wish.
HELD = {"all": "R12", "some": "R13", "pain-rise": "R10", "clinic": "R11"}


def prescribe(*, by: User, at: datetime, patient: Patient, planned: Planned) -> CareItem:
    """One more item. What to think about twice is told by `warnings_for`; it forbids nothing and is recorded.

    Raises:
        NotFitError: something is missing, too much, or contradicts itself.
    """
    _check(planned)
    with changes.locked(patient) as locked:
        item = CareItem.objects.create(
            patient=locked,
            **{name: getattr(planned, name) for name in FIXED},
            **_said(planned),
            by=by,
            at=at,
            revision=changes.next_revision(locked),
        )
        _record(by=by, at=at, patient=locked, verb="care.prescribed", item=item)
        return item


def change(
    *, by: User, at: datetime, patient: Patient, item: CareItem, planned: Planned, seen: int, why: str = ""
) -> CareItem:
    """The item says something else from now on; what it said is kept as a version.

    Kind, code and first day stay: another thing is another item. `seen` is the version that was shown.

    Raises:
        NotFitError: something is missing, too much, or contradicts itself.
        NotPossibleNowError: changed meanwhile, stopped or over, or nothing is different.
    """
    with changes.locked(patient) as locked:
        item = CareItem.objects.get(patient=locked, pk=item.pk)
        _check(planned)
        if any(getattr(planned, name) != getattr(item, name) for name in FIXED):
            raise NotFitError("What it is and its first day stay; plan another item instead.")
        _still(item, at.astimezone(locked.timezone).date())
        if item.version != seen:
            raise NotPossibleNowError(
                "A colleague changed this after your page was shown. Please look again."
            )
        said = _said(planned)
        if all(getattr(item, name) == value for name, value in said.items()):
            raise NotPossibleNowError("Nothing is different.")
        _keep(item, at, why)
        for name, value in said.items():
            setattr(item, name, value)
        item.version, item.by, item.at = item.version + 1, by, at
        item.revision = changes.next_revision(locked)
        item.save(update_fields=[*said, "version", "by", "at", "revision"])
        _record(by=by, at=at, patient=locked, verb="care.changed", item=item)
        return item


def _keep(item: CareItem, at: datetime, why: str) -> None:
    was = {name: getattr(item, name) for name in (*CHANGED, "version", "by", "at")}
    CareItemVersion.objects.create(
        patient_id=item.patient_id, item=item, replaced_at=at, why=why.strip(), **was
    )


def _check(planned: Planned) -> None:
    try:
        plan.check(planned)
    except plan.UnfitItemError as unfit:
        raise NotFitError(unfit.template, **unfit.values) from unfit
    if planned.library_id and planned.library_id not in {item.id for item in library.items()}:
        raise NotFitError("The library has no such text.")


def _said(planned: Planned) -> dict[str, Any]:
    """The columns; tags are those stated and those that this exercise always has, in the list's order."""
    tags = {*planned.tags, *plan.usual_tags(planned.kind, planned.code, planned.library_id)}
    said = {name: getattr(planned, name) for name in CHANGED}
    return {**said, "tags": [tag for tag in plan.TAGS if tag in tags]}


def _still(item: CareItem, today: date) -> None:
    if item.stopped_on or (item.ends and item.ends < today):
        raise NotPossibleNowError("This is stopped or over already.")


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
        _still(item, today)
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
    """Why an exercise is paused (of `HELD`), and the flags or the pauses behind it."""

    why: str
    flags: tuple[Flag, ...] = ()
    pauses: tuple[ExercisePause, ...] = ()

    def in_words(self, language: str) -> str:
        """For the patient."""
        return held_words(self.why, language)


@dataclass(frozen=True, slots=True)
class Holding:
    """All that holds exercise of one patient at present: unresolved flags and open pauses."""

    flags: tuple[Flag, ...]
    pauses: tuple[ExercisePause, ...]

    def of(self, text: library.Item | None, *names: str) -> Hold | None:
        """Why an exercise is held that follows this text and goes by these names; None when it isn't."""
        general = tuple(flag for flag in self.flags if flag.holds_exercise)
        own = tuple(flag for flag in self.flags if text and flag.pattern in text.held_by)
        mine = tuple(pause for pause in self.pauses if pause.exercise in names)
        if general or own:
            return Hold("all" if general else "some", general or own, mine)
        return Hold(mine[0].why, pauses=mine) if mine else None


def holding(patient: Patient) -> Holding:
    """Read in two queries."""
    flags = Flag.objects.unresolved().filter(patient=patient, hold_lifted_at=None)
    pauses = ExercisePause.objects.open().filter(patient=patient).select_related("by")
    return Holding(tuple(flags.order_by("raised_at", "pk")), tuple(pauses.order_by("rise")))


def holds(*, patient: Patient, items: Iterable[CareItem]) -> dict[CareItem, Hold]:
    """The exercises of these items that are held at present.

    A flag that holds exercise holds all of them; an unresolved flag that a library text names in `held_by`
    holds the exercises that follow this text. An exercise after which pain rose pauses alone, whether the
    patient named the item or its text; and one that a clinician holds.
    """
    return holds_among(items, holding(patient))


def holds_among(items: Iterable[CareItem], known: Holding) -> dict[CareItem, Hold]:
    """The same by what was read before."""
    exercises = (item for item in items if item.kind == "exercise")
    found = {
        item: known.of(library.by_id(item.explained_by, "en"), str(item.pk), item.explained_by)
        for item in exercises
    }
    return {item: hold for item, hold in found.items() if hold}


def holds_of_programme(items: Iterable[CareItem], known: Holding, *, on: date) -> dict[str, Hold]:
    """The texts of the library's programme that are held, by id; it is for days without a prescription.

    A reminder leaves out what is held and goes on with the next text, so this is where the patient sees it.
    """
    if any(item.kind == "exercise" and item.holds_on(on) for item in items):
        return {}
    found = {text.id: known.of(text, text.id) for text in library.items("exercise")}
    return {text: hold for text, hold in found.items() if hold}


def held_words(why: str, language: str) -> str:
    """Why an exercise pauses (of `HELD`), in words for a patient who reads this language."""
    return next(one.body for one in library.in_language(language, "reminder") if one.id == HELD[why])


def _record(*, by: User, at: datetime, patient: Patient, verb: str, item: CareItem) -> None:
    changes.record(
        by=by,
        at=at,
        patient=patient,
        verb=verb,
        subject=f"care_item:{item.pk}",
        data={"kind": item.kind, "code": item.code, **_warned(patient, item, verb)},
    )
    outbox.plan_changed(at=at, patient=patient)


def _warned(patient: Patient, item: CareItem, verb: str) -> dict[str, list[str]]:
    """What the desk warned of when this was planned or changed; left out when there was nothing."""
    if verb == "care.stopped":
        return {}
    day = max(item.starts, item.at.astimezone(patient.timezone).date())
    found = plan.cautions(item.tags, load.profile(patient).on(day).history)
    return {"warned": [f"{one.tag}:{one.known}" for one in found]} if found else {}
