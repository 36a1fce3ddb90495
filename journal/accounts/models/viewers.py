"""Which clinics somebody may see. What belongs to a patient is reached through the patient."""

from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from journal.accounts.models.users import User

Row = TypeVar("Row", bound=models.Model)
NOWHERE, EVERYWHERE = Q(pk__in=[]), Q(pk__isnull=False)


def works_at(person: User | AnonymousUser) -> Q:
    """Of clinics: where a member of staff works; all, to an operator."""
    if person.is_anonymous or not (person.is_active and person.is_staff):
        return NOWHERE
    if person.is_superuser and not hasattr(person, "clinician"):
        return EVERYWHERE
    return Q(clinicians__user=person.pk)


def cared_for_at(person: User | AnonymousUser) -> Q:
    """Of clinics: a patient's own."""
    if person.is_anonymous or not person.is_active:
        return NOWHERE
    return Q(patients__user=person.pk)
