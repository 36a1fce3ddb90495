"""The lock that makes writes of one patient a queue, and the record of each write."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from journal.accounts.models import Patient, User
from journal.models import Change
from journal.rows import ask


@contextmanager
def locked(patient: Patient) -> Iterator[Patient]:
    """One transaction with the patient's row locked; yields the row as it is under the lock.

    Two entries that raise a flag only together are then seen together by the second one, whatever the
    moment at which they arrive. Patients never wait for each other.

    Raises:
        Patient.DoesNotExist: erased, perhaps while this waited for the lock.
    """
    with transaction.atomic():
        found = Patient.objects.by_sql(_LOCKED, {"patient": patient.pk})
        if found is None:
            raise Patient.DoesNotExist
        yield found[0]


_LOCKED = """
SELECT {columns} FROM accounts_patient AS patient WHERE id = %(patient)s AND erased_at IS NULL FOR UPDATE
"""


def revision_of(patient: Patient) -> int:
    """As it is now: verbs that were called in between raised it in objects of their own."""
    return int(ask("SELECT revision FROM accounts_patient WHERE id = %(id)s", {"id": patient.pk})()[0][0])


def next_revision(patient: Patient) -> int:
    """Raises the revision of a locked patient; every row that this write touches carries it."""
    patient.revision += 1
    patient.save(update_fields=["revision"])
    return patient.revision


def record(
    *,
    by: User | None,
    at: datetime,
    patient: Patient,
    verb: str,
    subject: str,
    data: dict[str, Any] | None = None,
) -> None:
    """Appends what was done. `by` is None when the system itself acted."""
    Change.objects.create(
        patient=patient, revision=patient.revision, verb=verb, subject=subject, by=by, at=at, data=data or {}
    )
