"""What people do with a flag. Once a person has touched it, only a person closes it."""

from datetime import date, datetime

from journal.accounts.models import Patient, User
from journal.actions import changes, evaluation
from journal.actions.refusals import NotPossibleNowError
from journal.models import Flag, FlagAction, OutboxEvent


def acknowledge(*, by: User, at: datetime, flag: Flag, note: str = "") -> Flag:
    """Seen, being dealt with: stops the chase. Again on a later day it says: still being dealt with.

    Raises:
        NotPossibleNowError: acknowledged today already, or resolved.
    """
    with changes.locked(flag.patient) as patient:
        flag = Flag.objects.get(pk=flag.pk)
        today = flag.actions.filter(kind=FlagAction.Kind.ACKNOWLEDGE, day=_day(patient, at))
        if flag.status == Flag.Status.RESOLVED or today.exists():
            raise NotPossibleNowError(f"This flag is already {flag.get_status_display().lower()}.")
        return _act(by=by, at=at, patient=patient, flag=flag, kind=FlagAction.Kind.ACKNOWLEDGE, note=note)


def resolve(
    *, by: User, at: datetime, flag: Flag, outcome: str, note: str, useful: bool | None = None
) -> Flag:
    """Closed, with what came of it (`FlagAction.Outcome`) and a note; `useful` when the person said so."""
    if outcome not in FlagAction.Outcome.values or not note.strip():
        raise NotPossibleNowError("Closing a flag needs an outcome and a note.")
    with changes.locked(flag.patient) as patient:
        flag = Flag.objects.get(pk=flag.pk)
        if flag.status == Flag.Status.RESOLVED:
            raise NotPossibleNowError("This flag is already resolved.")
        return _act(
            by=by,
            at=at,
            patient=patient,
            flag=flag,
            kind=FlagAction.Kind.RESOLVE,
            note=note,
            outcome=outcome,
            useful=useful,
        )


def lift_hold(*, by: User, at: datetime, flag: Flag, note: str = "") -> Flag:
    """Exercise may go on although the flag is not resolved yet."""
    with changes.locked(flag.patient) as patient:
        flag = Flag.objects.get(pk=flag.pk)
        if not flag.holds_exercise or flag.hold_lifted_at:
            raise NotPossibleNowError("This flag does not hold exercise.")
        return _act(by=by, at=at, patient=patient, flag=flag, kind=FlagAction.Kind.LIFT_HOLD, note=note)


def mark_seen(*, by: User, at: datetime, flag: Flag) -> Flag:
    """The patient confirms having read the advice; the first time counts."""
    with changes.locked(flag.patient) as patient:
        flag = Flag.objects.get(pk=flag.pk)
        if flag.seen_at is None:
            flag.seen_at = at
            flag.revision = changes.next_revision(patient)
            flag.save(update_fields=["seen_at", "revision"])
            changes.record(by=by, at=at, patient=patient, verb="flag.seen", subject=f"flag:{flag.pk}")
        return flag


STATUS_AFTER = {
    FlagAction.Kind.ACKNOWLEDGE: Flag.Status.ACKNOWLEDGED,
    FlagAction.Kind.RESOLVE: Flag.Status.RESOLVED,
}
NEWS = {
    FlagAction.Kind.ACKNOWLEDGE: OutboxEvent.Kind.FLAG_ACKNOWLEDGED,
    FlagAction.Kind.RESOLVE: OutboxEvent.Kind.FLAG_RESOLVED,
}


def _act(
    *,
    by: User,
    at: datetime,
    patient: Patient,
    flag: Flag,
    kind: FlagAction.Kind,
    note: str,
    outcome: str = "",
    useful: bool | None = None,
) -> Flag:
    """One action on one flag of a locked patient: the row, the state, the record, the news."""
    day = _day(patient, at)
    FlagAction.objects.create(
        flag=flag, kind=kind, day=day, at=at, by=by, outcome=outcome, note=note, useful=useful
    )
    flag.status = STATUS_AFTER.get(kind, flag.status)
    if kind == FlagAction.Kind.LIFT_HOLD:
        flag.hold_lifted_at = at
    flag.revision = changes.next_revision(patient)
    flag.save(update_fields=["status", "hold_lifted_at", "revision"])
    changes.record(by=by, at=at, patient=patient, verb=f"flag.{kind}", subject=f"flag:{flag.pk}")
    if kind in NEWS:
        OutboxEvent.objects.create(patient=patient, kind=NEWS[kind], subject_id=flag.pk, at=at)
        # Whether a report joins a flag depends on what was done with it (G10).
        evaluation.run(at=at, patient=patient, since=day)
        flag.refresh_from_db()
    return flag


def _day(patient: Patient, at: datetime) -> date:
    """The patient's local day, by the home zone."""
    return at.astimezone(patient.timezone).date()
