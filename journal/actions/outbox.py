"""News that follow from what is on record, and news that nobody needs to hear any more."""

from datetime import datetime
from uuid import UUID

from journal.accounts.models import Patient
from journal.models import Flag, OutboxEvent


def plan_changed(*, at: datetime, patient: Patient) -> None:
    """Reminders and tasks that follow from plan and facts, and what is held, have to be looked at again."""
    kind = OutboxEvent.Kind.PLAN_CHANGED
    OutboxEvent.objects.create(patient=patient, kind=kind, subject_id=UUID(int=patient.pk), at=at)


def settle_before(*, at: datetime, patient: Patient, moment: datetime) -> int:
    """Counts the patient's news as told, at `at`, but for flags still open that were raised from `moment` on.

    For histories brought in as a whole, whose old flags would be announced as new. Returns how many.
    """
    fresh = Flag.objects.open().filter(patient=patient, raised_at__gte=moment).values("pk")
    waiting = OutboxEvent.objects.of_flags().filter(patient=patient)
    return waiting.exclude(subject_id__in=fresh).update(relayed_at=at)
