"""A patient's reminders as CommunicationRequests."""

from collections.abc import Iterator

from journal.accounts.models import Patient
from journal.fhir.resources import Resource, coded, made, refers_to
from reminders.models import Reminder


def resources(patient: Patient) -> Iterator[Resource]:
    for reminder in Reminder.objects.filter(patient=patient).order_by("pk"):
        yield _request(reminder)


def _request(reminder: Reminder) -> Resource:
    """When is said in words: this resource of R4 has no recurring time."""
    when = f"{reminder.rrule} at {reminder.local_time:%H:%M}, {reminder.timezone}"
    patient = refers_to("Patient", reminder.patient_id)
    return made(
        "CommunicationRequest",
        reminder.pk,
        status="revoked" if reminder.deleted_at else "active" if reminder.active else "on-hold",
        category=[coded(reminder.kind, reminder.get_kind_display(), "reminder")],
        subject=patient,
        recipient=[patient],
        payload=[{"contentString": reminder.title}],
        note=[{"text": when}],
    )
