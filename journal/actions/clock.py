"""What only time brings about: nobody has heard of a patient since an urgent flag (G15)."""

from datetime import date, datetime, timedelta

from django.db.models import DateField, Exists, ExpressionWrapper, OuterRef

from journal.accounts.models import Patient
from journal.actions import changes, evaluation
from journal.content.engine import SILENCE_DAYS
from journal.content.rule import URGENT
from journal.content.texts import NOT_EVALUATED
from journal.models import Entry, Flag, FlagQuerySet

SILENCE = "silent-after-flag"
# Kiritimati's day begins 14 hours before UTC's.
EARLIEST_DAY_AHEAD = timedelta(hours=14)


def run(*, at: datetime, patient: Patient | None = None) -> list[Flag]:
    """Raises what the clock rule now asks for, for everybody or for one; the flags that this opened.

    Running it twice, or on ten machines, changes nothing: the evaluation under the patient's lock decides.
    """
    waiting = _unanswered(at)
    flags = waiting.filter(patient=patient) if patient else waiting
    return [opened for flag in flags for opened in _look(at=at, flag=flag)]


def _unanswered(at: datetime) -> FlagQuerySet:
    """Urgent flags that nobody touched, old enough, with no entry since and no flag about the silence yet."""
    due = ExpressionWrapper(OuterRef("day") + timedelta(days=SILENCE_DAYS), output_field=DateField())
    of_patient = {"patient": OuterRef("patient")}
    wrote = Entry.objects.current().filter(**of_patient, local_date__gt=OuterRef("day"), local_date__lt=due)
    # A second silence may have joined the flag about the first (G10).
    told = Flag.objects.filter(**of_patient, pattern=SILENCE, supported=True, day__lte=due, last_met__gte=due)
    return (
        Flag.objects.filter(
            ~Exists(wrote),
            ~Exists(told),
            status=Flag.Status.OPEN,
            urgency__in=URGENT,
            day__lte=(at + EARLIEST_DAY_AHEAD).date() - timedelta(days=SILENCE_DAYS),
        )
        .exclude(pattern__in=[SILENCE, NOT_EVALUATED])
        .select_related("patient")
        .order_by("patient_id", "day")
    )


def _look(*, at: datetime, flag: Flag) -> list[Flag]:
    """Evaluates the patient from the day on which the silence is due, once that day has come there."""
    due: date = flag.day + timedelta(days=SILENCE_DAYS)
    with changes.locked(flag.patient) as patient:
        if at.astimezone(patient.timezone).date() < due:
            return []
        changes.next_revision(patient)
        result = evaluation.run(at=at, patient=patient, since=due)
        changes.record(by=None, at=at, patient=patient, verb="clock.passed", subject=f"flag:{flag.pk}")
        return result.opened
