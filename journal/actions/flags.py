"""What people do with a flag. Once a person has touched it, only a person closes it."""

import hashlib
import json
from datetime import date, datetime

from journal.accounts.models import Clinician, Patient, User
from journal.actions import changes, evaluation, outbox
from journal.actions.refusals import NotPossibleNowError, StaleError
from journal.models import Flag, FlagAction, OutboxEvent


def acknowledge(*, by: User, at: datetime, flag: Flag, note: str = "", seen: str = "") -> Flag:
    """Seen, being dealt with: stops the chase. Again on a later day it says: still being dealt with.

    Raises:
        NotPossibleNowError: acknowledged today already, or resolved.
        StaleError: no longer what the person saw.
    """
    with changes.locked(flag.patient) as patient:
        flag = _as_seen(flag, seen)
        today = flag.actions.filter(kind=FlagAction.Kind.ACKNOWLEDGE, day=_day(patient, at))
        if flag.status == Flag.Status.RESOLVED or today.exists():
            raise NotPossibleNowError("This flag is already %(status)s.", status=Flag.Status(flag.status))
        return _act(by=by, at=at, patient=patient, flag=flag, kind=FlagAction.Kind.ACKNOWLEDGE, note=note)


def resolve(
    *,
    by: User,
    at: datetime,
    flag: Flag,
    outcome: str,
    note: str,
    useful: bool | None = None,
    seen: str = "",
) -> Flag:
    """Closed, with what came of it (`FlagAction.Outcome`) and a note; `useful` when the person said so.

    Raises:
        NotPossibleNowError: no outcome or note, or resolved already.
        StaleError: no longer what the person saw.
    """
    if outcome not in FlagAction.Outcome.values or not note.strip():
        raise NotPossibleNowError("Closing a flag needs an outcome and a note.")
    with changes.locked(flag.patient) as patient:
        flag = _as_seen(flag, seen)
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


def add_note(*, by: User, at: datetime, flag: Flag, note: str) -> Flag:
    """A remark for colleagues, whatever the flag's state; it changes nothing else.

    Raises:
        NotPossibleNowError: nothing was written.
    """
    if not note.strip():
        raise NotPossibleNowError("A note needs a text.")
    with changes.locked(flag.patient) as patient:
        flag = Flag.objects.get(pk=flag.pk)
        return _act(by=by, at=at, patient=patient, flag=flag, kind=FlagAction.Kind.NOTE, note=note.strip())


def assign(*, by: User, at: datetime, flag: Flag, owner: Clinician, note: str = "", seen: str = "") -> Flag:
    """One colleague deals with this flag from now on; the patient's physiotherapist stays who it was.

    Raises:
        NotPossibleNowError: somebody of another clinic, or no longer there; the owner already; or closed.
        StaleError: no longer what the person saw.
    """
    with changes.locked(flag.patient) as patient:
        flag = _as_seen(flag, seen)
        if owner.clinic_id != patient.clinic_id or not owner.user.is_active:
            raise NotPossibleNowError("Flags are assigned to people who work in the patient’s clinic.")
        if flag.status not in (Flag.Status.OPEN, Flag.Status.ACKNOWLEDGED):
            raise NotPossibleNowError("This flag is closed.")
        if flag.owner_id == owner.pk:
            raise NotPossibleNowError("%(owner)s has this flag already.", owner=str(owner))
        flag.owner = owner
        kind = FlagAction.Kind.ASSIGN
        return _act(by=by, at=at, patient=patient, flag=flag, kind=kind, note=note, to=owner)


def lift_hold(*, by: User, at: datetime, flag: Flag, note: str = "", seen: str = "") -> Flag:
    """Exercise may go on although the flag is not resolved yet.

    Raises:
        NotPossibleNowError: it holds nothing.
        StaleError: no longer what the person saw.
    """
    with changes.locked(flag.patient) as patient:
        flag = _as_seen(flag, seen)
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


def look_of(flag: Flag) -> str:
    """What a person decides by, in a few letters. A page sends it back as `seen`; the patient's own reading
    of the advice, and notes of colleagues, leave it as it is.
    """
    decided = (flag.status, flag.owner_id, flag.hold_lifted_at, flag.supported, flag.last_met, flag.evidence)
    return hashlib.sha256(json.dumps(decided, default=str, sort_keys=True).encode()).hexdigest()[:16]


def _as_seen(flag: Flag, seen: str) -> Flag:
    """The flag of a locked patient as it is now; empty `seen` asks for no comparison."""
    now = Flag.objects.select_related("owner__user").get(pk=flag.pk)
    if seen and seen != look_of(now):
        if now.owner:
            raise StaleError(
                "This flag changed after your page was shown: it is %(status)s, with %(owner)s."
                " Please look at it again first.",
                status=Flag.Status(now.status),
                owner=str(now.owner),
            )
        raise StaleError(
            "This flag changed after your page was shown: it is %(status)s. Please look at it again first.",
            status=Flag.Status(now.status),
        )
    return now


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
    to: Clinician | None = None,
) -> Flag:
    """One action on one flag of a locked patient: the row, the state, the record, the news."""
    day = _day(patient, at)
    FlagAction.objects.create(
        flag=flag, kind=kind, day=day, at=at, by=by, outcome=outcome, note=note, useful=useful, to=to
    )
    flag.status = STATUS_AFTER.get(kind, flag.status)
    if kind == FlagAction.Kind.LIFT_HOLD:
        flag.hold_lifted_at = at
    flag.revision = changes.next_revision(patient)
    flag.save(update_fields=["status", "owner", "hold_lifted_at", "revision"])
    changes.record(by=by, at=at, patient=patient, verb=f"flag.{kind}", subject=f"flag:{flag.pk}")
    if kind in (FlagAction.Kind.LIFT_HOLD, FlagAction.Kind.RESOLVE):
        outbox.plan_changed(at=at, patient=patient)
    if kind in NEWS:
        OutboxEvent.objects.create(patient=patient, kind=NEWS[kind], subject_id=flag.pk, at=at)
        # Whether a report joins a flag depends on what was done with it (G10).
        evaluation.run(at=at, patient=patient, since=day)
        flag.refresh_from_db()
    return flag


def _day(patient: Patient, at: datetime) -> date:
    """The patient's local day, by the home zone."""
    return at.astimezone(patient.timezone).date()
