"""News that nobody needs to hear any more."""

from datetime import datetime

from journal.accounts.models import Patient
from journal.models import Flag, OutboxEvent


def settle_before(*, at: datetime, patient: Patient, moment: datetime) -> int:
    """Counts the patient's news as told, at `at`, but for flags still open that were raised from `moment` on.

    For histories brought in as a whole, whose old flags would be announced as new. Returns how many.
    """
    fresh = Flag.objects.open().filter(patient=patient, raised_at__gte=moment).values("pk")
    waiting = OutboxEvent.objects.filter(patient=patient, relayed_at=None)
    return waiting.exclude(subject_id__in=fresh).update(relayed_at=at)
