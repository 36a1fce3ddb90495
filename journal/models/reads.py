"""Every look of staff at a patient's record."""

from collections.abc import Sequence
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import connection, models
from django.db.models.functions import Now

from journal.accounts.models import Patient, User

_WRITE = """
INSERT INTO journal_staffread (patient_id, by_id, route, how, role)
SELECT unnest(%(patients)s::bigint[]), %(by)s, %(route)s, %(how)s, %(role)s
"""


class StaffReadQuerySet(models.QuerySet["StaffRead"]):
    """Looks, reached through the viewer."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(person))

    def write(self, *, by: User, patients: Sequence[int], route: str, how: str, role: str) -> None:
        """One row a patient's id, in one statement that is a transaction of its own unless there is one."""
        values: dict[str, Any] = {
            "patients": list(patients),
            "by": by.pk,
            "route": route,
            "how": how,
            "role": role,
        }
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, values)


class StaffRead(models.Model):
    """Who looked at whose record, when, on which page. A trigger stamps `at` and `db_role`, and refuses a
    look in another's name; rows are only ever added.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="staff_reads", db_index=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    route = models.CharField(max_length=120)
    how = models.CharField(max_length=12, default="page", help_text="A word of journal.content.looks.")
    role = models.CharField(max_length=20, blank=True, help_text="What the person was to the clinic.")
    db_role = models.CharField(max_length=63, db_default="")

    objects = StaffReadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["patient", "-at"], name="staff_read_patient_at")]

    def __str__(self) -> str:
        return self.route
