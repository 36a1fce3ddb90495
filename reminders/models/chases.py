"""The chase of one flag: how far it has climbed, and when the next person is told."""

from django.db import models

from journal.accounts.models import Patient
from journal.models import Flag


class Chase(models.Model):
    """One a flag. It ends when somebody has the flag in hand, and starts anew when the flag is news again."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    flag = models.ForeignKey(Flag, on_delete=models.PROTECT, related_name="+", db_index=False)
    event_id = models.BigIntegerField(help_text="The news that began it; part of every key.")
    began_at = models.DateTimeField()
    stepped_at = models.DateTimeField(null=True, help_text="The last step, from which the next is counted.")
    chases = models.PositiveIntegerField(default=0)
    next_chase_at = models.DateTimeField(null=True, help_text="Empty once it has ended.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "flag"], name="chase_once_per_flag"),
        ]
        indexes = [
            models.Index(
                fields=["next_chase_at"],
                name="chase_due",
                condition=models.Q(next_chase_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Chase of {self.flag_id}"
