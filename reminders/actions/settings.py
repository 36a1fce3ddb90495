"""How many reminders a day, and pauses: a holiday, a stay in hospital."""

from datetime import date, datetime, timedelta

from journal.accounts.models import Patient, User
from journal.actions import changes
from journal.actions.refusals import NotFitError
from reminders.actions import planning
from reminders.models import Occurrence, ReminderSettings
from reminders.models.settings import LONGEST_PAUSE_DAYS, MOST_A_DAY


def limit(*, by: User, at: datetime, patient: Patient, a_day: int) -> ReminderSettings:
    """So many turns ring on one local day; what has a date or a dose rings nevertheless.

    Raises:
        NotFitError: not from 1 to 20.
    """
    if not 1 <= a_day <= MOST_A_DAY:
        raise NotFitError("From 1 to %(most)s reminders a day.", most=MOST_A_DAY)
    with changes.locked(patient) as locked:
        settings = _of(locked)
        settings.a_day = a_day
        return _save(settings, by=by, at=at, verb="reminders.limited")


def pause(
    *, by: User, at: datetime, patient: Patient, first: date, last: date, reason: str
) -> ReminderSettings:
    """No reminder rings on the local days from `first` to `last`; those that are out end at once.

    Another pause takes the place of the one before it.

    Raises:
        NotFitError: it ends before it begins or before today, is longer than 90 days, or has another reason.
    """
    if reason not in ReminderSettings.Why.values:
        raise NotFitError("A pause is for one of %(reasons)s.", reasons=tuple(ReminderSettings.Why.values))
    with changes.locked(patient) as locked:
        today = at.astimezone(locked.timezone).date()
        if not first <= last or last < today or last - first >= timedelta(days=LONGEST_PAUSE_DAYS):
            raise NotFitError(
                "A pause has a first and a last day, ends today at the earliest, and lasts %(most)s days at"
                " most.",
                most=LONGEST_PAUSE_DAYS,
            ).at("/until")
        settings = _of(locked)
        settings.paused_from, settings.paused_until, settings.pause_reason = first, last, reason
        _save(settings, by=by, at=at, verb="reminders.paused")
        _end_open(settings, at)
        return settings


def resume(*, by: User, at: datetime, patient: Patient) -> ReminderSettings:
    """Reminders ring again from the next turn on; nothing that was missed is made up for."""
    with changes.locked(patient) as locked:
        settings = _of(locked)
        if settings.paused_from is None:
            return settings
        settings.paused_from, settings.paused_until, settings.pause_reason = None, None, ""
        return _save(settings, by=by, at=at, verb="reminders.resumed")


def of(patient: Patient) -> ReminderSettings:
    """What is set, or what holds when nothing is."""
    return ReminderSettings.objects.filter(patient=patient).first() or ReminderSettings(patient=patient)


def _of(patient: Patient) -> ReminderSettings:
    settings = of(patient)
    settings.patient = patient
    return settings


def _end_open(settings: ReminderSettings, at: datetime) -> None:
    patient = settings.patient
    for turn in Occurrence.objects.open(at).filter(patient=patient).select_related("reminder"):
        if settings.paused_on(turn.local_date):
            turn.patient, turn.revision = patient, patient.revision
            turn.state, turn.reason, turn.snoozed_until = Occurrence.State.EXPIRED, "paused", None
            turn.save(update_fields=["state", "reason", "snoozed_until", "revision"])
            planning.change(turn, at=at).save()


def _save(settings: ReminderSettings, *, by: User, at: datetime, verb: str) -> ReminderSettings:
    patient = settings.patient
    changes.next_revision(patient)
    settings.save()
    changes.record(
        by=by,
        at=at,
        patient=patient,
        verb=verb,
        subject=f"reminder_settings:{patient.pk}",
        data={
            "a_day": settings.a_day,
            "from": settings.paused_from and settings.paused_from.isoformat(),
            "until": settings.paused_until and settings.paused_until.isoformat(),
        },
    )
    return settings
