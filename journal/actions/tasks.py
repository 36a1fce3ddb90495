"""What the clinic has to do: kept in step with what is on record, ticked off by people."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from journal.accounts.models import Patient, User
from journal.actions import changes
from journal.actions.refusals import NotPossibleNowError
from journal.models import Task


def keep_in_step(
    *,
    at: datetime,
    patient: Patient,
    kinds: Collection[str],
    wanted: Mapping[tuple[str, str], date],
) -> None:
    """Makes the wanted tasks (kind and source, with the day) of a locked patient and drops open ones of
    these kinds that nothing asks for any more. What a person has done stays done."""
    stored = {(task.kind, task.source): task for task in Task.objects.filter(patient=patient, kind__in=kinds)}
    for key in wanted.keys() - stored.keys():
        want(at=at, patient=patient, kind=key[0], source=key[1], due_on=wanted[key])
    for key, task in stored.items():
        if task.done_at is None and (key in wanted) is (task.dropped_at is not None):
            task.dropped_at = None if key in wanted else at
            _save(task, None, at, verb="task.dropped" if task.dropped_at else "task.raised")


def want(*, at: datetime, patient: Patient, kind: str, source: str, due_on: date) -> Task:
    """One thing to do for a locked patient, once for its source."""
    task = Task(patient=patient, kind=kind, source=source, due_on=due_on, raised_at=at)
    _save(task, None, at, verb="task.raised")
    return task


def done(*, by: User, at: datetime, patient: Patient, task: Task, note: str = "") -> Task:
    """Ticked off.

    Raises:
        NotPossibleNowError: done already, or no longer needed.
    """
    with changes.locked(patient) as locked:
        stored = Task.objects.get(patient=locked, pk=task.pk)
        if stored.done_at or stored.dropped_at:
            raise NotPossibleNowError("This is done already, or no longer needed.")
        stored.patient = locked
        stored.done_at, stored.done_by, stored.note = at, by, note.strip()
        _save(stored, by, at, verb="task.done")
        return stored


def close(*, by: User | None, at: datetime, patient: Patient, kind: str, sources: Collection[str]) -> None:
    """Ends open tasks of a locked patient: done when a person did what they ask for, else dropped."""
    for task in Task.objects.open().filter(patient=patient, kind=kind, source__in=sources):
        task.patient = patient
        if by is None:
            task.dropped_at = at
        else:
            task.done_at, task.done_by = at, by
        _save(task, by, at, verb="task.dropped" if by is None else "task.done")


def _save(task: Task, by: User | None, at: datetime, *, verb: str) -> None:
    changes.next_revision(task.patient)
    names = None if task._state.adding else ["done_at", "done_by", "note", "dropped_at"]
    task.save(update_fields=names)
    changes.record(
        by=by,
        at=at,
        patient=task.patient,
        verb=verb,
        subject=f"task:{task.pk}",
        data={"kind": task.kind, "source": task.source},
    )
