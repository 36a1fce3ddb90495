"""Sign-up by invitation: what Osteon asks beside e-mail and password."""

from typing import Any
from uuid import uuid4

from allauth.core import context as asking
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone as clock
from pydantic import TypeAdapter, ValidationError

from api.zones import known_zone
from journal.accounts.models import User
from journal.actions import invitations
from journal.actions.refusals import RefusedError
from journal.content.consents import BY_CODE
from journal.fence import scope
from reminders.actions import programmes

_VERSIONS = TypeAdapter(dict[str, str])


class InvitedSignupForm(forms.Form):
    """`invitation_code` and the IANA zone of the phone; `consents`, version by purpose, may be left out."""

    invitation_code = forms.CharField(max_length=60)
    timezone = forms.CharField(max_length=64)
    consents = forms.JSONField(required=False)

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

    def clean_consents(self) -> dict[str, str] | None:
        """Left out: an app that shows every text before sign-up. Sent: the journal's is among them."""
        sent = self.data.get("consents")  # as sent: to the field an empty object is nothing
        if sent is None:
            return None
        try:
            versions = _VERSIONS.validate_python(sent, strict=True)
        except ValidationError as error:
            raise forms.ValidationError("This is not a version by purpose.", code="invalid") from error
        if "journal" not in versions:
            raise forms.ValidationError("Without this consent there is no journal.", code="required")
        if any(code not in BY_CODE or BY_CODE[code].version != said for code, said in versions.items()):
            raise forms.ValidationError("The text has changed. Please show the new one.", code="not-fit")
        return versions

    def clean(self) -> dict[str, Any] | None:
        """Unknown fields are named: of consents under a misspelt name all would count as agreed to.

        Whoever has no invitation isn't told whether an address has an account.
        """
        for name in sorted(set(self.data) - set(self.fields)):
            self.add_error(None, forms.ValidationError(f"Unknown field: {name[:60]}", code="unknown-field"))
        if "invitation_code" in self.errors:
            self.errors.pop("email", None)
        asking.request.sign_up = self
        return super().clean()

    def as_if_free(self, request: HttpRequest) -> None:
        """The address is taken: everything is done as for a free one, and taken back, but that the code is
        used up. Neither the time nor a second try with the code tells that there is an account.
        """
        email, self.cleaned_data["email"] = self.cleaned_data["email"], f"{uuid4().hex}@nobody.invalid"
        self.account_already_exists = False
        with transaction.atomic():
            self.save(request)  # type: ignore[attr-defined]  # of allauth's form, which this one is a part of
            transaction.set_rollback(True)
        self.cleaned_data["email"], self.account_already_exists = email, True
        with scope.within(scope.SYSTEM):
            invitations.use_up(at=clock.now(), code=self.cleaned_data["invitation_code"])

    def signup(self, request: HttpRequest, user: User) -> None:
        at = clock.now()
        with scope.within(scope.SYSTEM):  # the person becomes a patient here
            patient = invitations.accept(
                by=user,
                at=at,
                code=self.cleaned_data["invitation_code"],
                timezone=self.cleaned_data["timezone"],
                consented=self.cleaned_data["consents"],
            )
        with scope.within(scope.patient(user.pk, patient.pk, patient.clinic_id)):
            programmes.start(by=user, at=at, patient=patient)
