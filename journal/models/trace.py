"""The trail: every row that was made, changed or removed. Triggers write it; nothing else can."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Trace(models.Model):
    """Ids and names of columns, never a value of a patient's record (journal.fence.trail)."""

    at = models.DateTimeField(help_text="By the database's clock, at the very statement.")
    person = models.BigIntegerField(null=True, help_text="Id of the account that asked; null: the system.")
    kind = models.CharField(max_length=10, help_text="patient, staff, office or system.")
    db_role = models.CharField(max_length=63)
    table = models.CharField(max_length=63)
    row = models.CharField(max_length=40)
    patient = models.BigIntegerField(null=True)
    deed = models.CharField(max_length=10, help_text="added, changed or removed.")
    columns = ArrayField(models.CharField(max_length=63), null=True)
    was = models.JSONField(
        null=True, help_text="Who might see what, as it was before; of a new row as it is."
    )

    class Meta:
        indexes = [models.Index(fields=["patient", "id"], name="trace_patient")]

    def __str__(self) -> str:
        return f"{self.deed} {self.table} {self.row}"
