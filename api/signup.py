"""Sign-up by invitation: what Osteon asks beside e-mail and password."""

from django import forms
from django.http import HttpRequest
from django.utils import timezone as clock

from api.zones import known_zone
from journal.accounts.models import User
from journal.actions import invitations
from journal.actions.refusals import RefusedError
from journal.fence import scope
from reminders.actions import programmes


class InvitedSignupForm(forms.Form):
    """`invitation_code` and the IANA zone of the phone."""

    invitation_code = forms.CharField(max_length=60)
    timezone = forms.CharField(max_length=64)

    def clean_invitation_code(self) -> str:
        code: str = self.cleaned_data["invitation_code"]
        try:
            with scope.within(scope.SYSTEM):  # nobody is known yet, and the code opens one row alone
                invitations.find(at=clock.now(), code=code)
        except RefusedError as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        return code

    def clean_timezone(self) -> str:
        name: str = self.cleaned_data["timezone"]
        try:
            return known_zone(name)
        except ValueError as error:
            raise forms.ValidationError(f"This is {error}.", code="unknown-timezone") from error

    def signup(self, request: HttpRequest, user: User) -> None:
        at = clock.now()
        with scope.within(scope.SYSTEM):  # the person becomes a patient here
            patient = invitations.accept(
                by=user,
                at=at,
                code=self.cleaned_data["invitation_code"],
                timezone=self.cleaned_data["timezone"],
            )
        with scope.within(scope.patient(user.pk, patient.pk, patient.clinic_id)):
            programmes.start(by=user, at=at, patient=patient)
