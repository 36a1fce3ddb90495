"""Zone rules change: where the installed ones say something new, what lies ahead is planned anew."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from journal.accounts.models import Patient
from journal.actions import changes
from reminders import schedule, zone_rules
from reminders.models import Reminder, ZoneRules

# From the beginning of this year: every moment that is stored lies within, the farthest a year after a first
# day that may be two years ahead.
YEARS = 5


def keep_in_step(*, at: datetime) -> int:
    """Works out next moments anew in every zone in use whose rules changed; returns how many moved.

    The local day and hour stay what they were; only the instant moves. Looking twice moves nothing twice.
    """
    first, last = datetime(at.year, 1, 1, tzinfo=UTC), datetime(at.year + YEARS, 1, 1, tzinfo=UTC)
    known = dict(ZoneRules.objects.values_list("zone", "digest"))
    moved = 0
    for zone in sorted(
        str(zone) for zone in Reminder.objects.order_by().values_list("timezone", flat=True).distinct()
    ):
        digest = zone_rules.digest(ZoneInfo(zone), first=first, last=last)
        if known.get(zone) != digest:
            moved += _plan_anew(zone, at)
            ZoneRules.objects.update_or_create(zone=zone, defaults={"digest": digest, "noted_at": at})
    return moved


def _plan_anew(zone: str, at: datetime) -> int:
    """Marked as done only afterwards: what a crash left is found again, and patients come one by one."""
    ahead = Reminder.objects.filter(timezone=zone, next_due_at__isnull=False)
    patients = ahead.order_by("patient").values_list("patient", flat=True).distinct()
    return sum(_of_patient(Patient(pk=number), zone, at) for number in patients.iterator())


def _of_patient(patient: Patient, zone: str, at: datetime) -> int:
    with changes.locked(patient) as locked:
        moved = 0
        for reminder in Reminder.objects.filter(patient=locked, timezone=zone, next_due_at__isnull=False):
            assert reminder.next_local_date is not None  # noqa: S101  (both or none)
            due = schedule.due_at(reminder.plan, reminder.next_local_date)
            if due == reminder.next_due_at:
                continue
            moved += 1
            reminder.next_due_at, reminder.revision = due, changes.next_revision(locked)
            reminder.save(update_fields=["next_due_at", "revision"])
            changes.record(
                by=None, at=at, patient=locked, verb="reminder.zone-rules", subject=f"reminder:{reminder.pk}"
            )
        return moved
