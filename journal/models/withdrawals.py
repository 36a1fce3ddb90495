"""What was written wrongly is withdrawn, with a reason; it stays readable."""

from django.db import models

from journal.accounts.models import User


class Withdrawal(models.Model):
    """Who said, when and why, that a row of the record does not hold. Never edited."""

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=400)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"Withdrawn: {self.reason}"


def with_reason(table: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=~models.Q(reason=""), name=f"{table}_withdrawn_with_reason")


__all__ = ["Withdrawal", "with_reason"]
