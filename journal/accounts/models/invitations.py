"""An invitation: a code of which only the hash is kept, for one patient, once."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from journal.accounts.models.clinics import Clinic, Clinician, OfStaffQuerySet
from journal.accounts.models.patients import Patient
from journal.accounts.models.users import User


class InvitationQuerySet(OfStaffQuerySet["Invitation"]):
    """Whom a clinic invites: for its leads alone."""

    def visible_to(self, person: User | AnonymousUser) -> Self:
        leads = Clinician.objects.filter(user=person.pk, user__is_active=True, role=Clinician.Role.LEAD)
        return super().visible_to(person).filter(clinic__in=leads.values("clinic"))


class Invitation(models.Model):
    """Becomes a patient when the code comes back at sign-up."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="invitations")
    code_hash = models.CharField(max_length=64, unique=True)
    profile = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    used_by = models.OneToOneField(Patient, on_delete=models.PROTECT, null=True, related_name="invitation")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True, used_by__isnull=True)
                | models.Q(used_at__isnull=False, used_by__isnull=False),
                name="invitation_used_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="invitation_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation to {self.clinic}"
