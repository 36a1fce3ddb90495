"""When a secret was guessed, by whom it was meant and from where."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Guesses(models.Model):
    """The moments at which one key was guessed for; the key is a keyed hash of an account or an address."""

    key = models.CharField(max_length=64, primary_key=True)
    at = ArrayField(models.DateTimeField())

    def __str__(self) -> str:
        return self.key
