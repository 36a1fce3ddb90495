"""Mail addresses whose server said that nobody lives there."""

from datetime import timedelta

from django.db import models

from journal.accounts.models import User

# A 5xx may also be a server that was wrong for a day: after so long the address is tried again.
REST = timedelta(days=30)


class DeadAddress(models.Model):
    """Reminders are not mailed there; news of flags is, without end. Another address is a new start."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField()
    code = models.CharField(max_length=60)
    since = models.DateTimeField()

    class Meta:
        verbose_name_plural = "dead addresses"

    def __str__(self) -> str:
        return self.code
