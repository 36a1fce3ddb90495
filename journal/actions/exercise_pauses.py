"""An exercise after which pain rose, or that a clinician holds, pauses until a clinician lifts it.

A pause for pain follows from what is reported now: repeats, late reports and edits need no special case.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from journal.accounts.models import Patient, User
from journal.actions import changes, outbox, tasks
from journal.actions.refusals import NotFitError, NotPossibleNowError
from journal.content import exercise_pain
from journal.content.exercise_pain import Done
from journal.models import CareItem, Entry, ExercisePause, Task


def weigh(*, at: datetime, patient: Patient, source: str, day: date, done: Iterable[Done]) -> None:
    """Brings the pauses of one report in step with all that it says now, for a locked patient.

    A rise that an edit took back ends its pause unless a clinician has lifted it already. A rise that is
    told long after its day pauses nothing.
    """
    rises = exercise_pain.rises(done)
    stored = {pause.exercise: pause for pause in ExercisePause.objects.filter(patient=patient, source=source)}
    if exercise_pain.still_matters(day, at.astimezone(patient.timezone).date()):
        for exercise in sorted(rises.keys() - stored.keys()):
            _begin(
                at, patient, ExercisePause(exercise=exercise, source=source, day=day, rise=rises[exercise])
            )
    for exercise, pause in stored.items():
        _follow(at, patient, pause, rise=rises.get(exercise))


def of_entry(*, at: datetime, patient: Patient, entry: Entry) -> None:
    """The same for an entry: what it says of exercises, nothing once it is withdrawn."""
    said = () if entry.deleted_at else entry.report.get("exercises") or ()
    done = [Done(one["exercise"], one.get("pain_before"), one.get("pain_after")) for one in said]
    if entry.version == 1 and not entry.deleted_at and not exercise_pain.rises(done):
        return  # nothing to pause, and nothing that an earlier version could have paused
    weigh(at=at, patient=patient, source=f"entry:{entry.client_id}", day=entry.local_date, done=done)


def hold(*, by: User, at: datetime, patient: Patient, item: CareItem, look_again_on: date) -> ExercisePause:
    """A clinician pauses an exercise of the plan; the clinic's list asks again on the local day given.

    Raises:
        NotFitError: no exercise, or a day that is not ahead.
        NotPossibleNowError: it is over, or a clinician holds it already.
    """
    with changes.locked(patient) as locked:
        today = at.astimezone(locked.timezone).date()
        item = CareItem.objects.get(patient=locked, pk=item.pk)
        if item.kind != "exercise":
            raise NotFitError("Only an exercise can be held.")
        if look_again_on <= today:
            raise NotFitError("The day to look again must lie ahead.")
        if not CareItem.objects.filter(pk=item.pk).current(today).exists():
            raise NotPossibleNowError("This is stopped or over already.")
        if ExercisePause.objects.open().filter(patient=locked, exercise=str(item.pk), rise=None).exists():
            raise NotPossibleNowError("This exercise is held already.")
        source = f"clinic:{uuid.uuid4()}"
        pause = ExercisePause(patient=locked, exercise=str(item.pk), source=source, day=today, at=at, by=by)
        _save(pause, by, at, verb="exercise.held")
        kind = Task.Kind.EXERCISE_PAUSED
        tasks.want(at=at, patient=locked, kind=kind, source=_source(pause), due_on=look_again_on)
        return pause


def lift(*, by: User, at: datetime, patient: Patient, exercise: str) -> None:
    """The patient may go on with this exercise: every open pause of it ends.

    Raises:
        NotPossibleNowError: it is not paused.
    """
    _lift(by=by, at=at, patient=patient, names={exercise})


def lift_item(*, by: User, at: datetime, patient: Patient, item: CareItem) -> None:
    """The same for an exercise of the plan, whether its pauses name the item or its text.

    Raises:
        NotPossibleNowError: it is not paused.
    """
    _lift(by=by, at=at, patient=patient, names={str(item.pk), item.explained_by} - {""})


def _lift(*, by: User, at: datetime, patient: Patient, names: set[str]) -> None:
    with changes.locked(patient) as locked:
        pauses = list(ExercisePause.objects.open().filter(patient=locked, exercise__in=names))
        if not pauses:
            raise NotPossibleNowError("This exercise is not paused.")
        for pause in pauses:
            pause.patient, pause.lifted_at, pause.lifted_by = locked, at, by
            _save(pause, by, at, verb="exercise.pause-lifted")
        sources = [_source(pause) for pause in pauses]
        tasks.close(by=by, at=at, patient=locked, kind=Task.Kind.EXERCISE_PAUSED, sources=sources)
        outbox.plan_changed(at=at, patient=locked)


def of_task(task: Task) -> ExercisePause | None:
    """The pause that a task is about; None for other tasks."""
    kind, _, number = task.source.partition(":")
    if task.kind != Task.Kind.EXERCISE_PAUSED or kind != "pause":
        return None
    return ExercisePause.objects.filter(patient=task.patient_id, pk=number).select_related("patient").first()


def _begin(at: datetime, patient: Patient, pause: ExercisePause) -> None:
    pause.patient, pause.at = patient, at
    _save(pause, None, at, verb="exercise.paused")
    today = at.astimezone(patient.timezone).date()
    kind = Task.Kind.EXERCISE_PAUSED
    tasks.want(at=at, patient=patient, kind=kind, source=_source(pause), due_on=today)


def _follow(at: datetime, patient: Patient, pause: ExercisePause, *, rise: int | None) -> None:
    """A stored pause after an edit of its report."""
    pause.patient = patient
    if (
        pause.lifted_at
        or (rise == pause.rise and pause.dropped_at is None)
        or (not rise and pause.dropped_at)
    ):
        return
    kind, key = Task.Kind.EXERCISE_PAUSED, _source(pause)
    if rise is None:
        pause.dropped_at = at
        outbox.plan_changed(at=at, patient=patient)
        tasks.close(by=None, at=at, patient=patient, kind=kind, sources=[key])
    else:
        if pause.dropped_at:
            Task.objects.filter(patient=patient, kind=kind, source=key).update(dropped_at=None)
        pause.rise, pause.dropped_at = rise, None
    _save(pause, None, at, verb="exercise.pause-dropped" if rise is None else "exercise.paused")


def _source(pause: ExercisePause) -> str:
    return f"pause:{pause.pk}"


def _save(pause: ExercisePause, by: User | None, at: datetime, *, verb: str) -> None:
    changes.next_revision(pause.patient)
    names = None if pause._state.adding else ["rise", "lifted_at", "lifted_by", "dropped_at"]
    pause.save(update_fields=names)
    changes.record(
        by=by,
        at=at,
        patient=pause.patient,
        verb=verb,
        subject=f"exercise_pause:{pause.pk}",
        data={"exercise": pause.exercise, "day": pause.day.isoformat(), "source": pause.source},
    )
