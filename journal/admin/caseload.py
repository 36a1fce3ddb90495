"""What a lead does about who looks after whom: hand patients over, and name who stands in."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from journal.accounts.models import Clinician, User
from journal.actions import caseload
from journal.actions.refusals import RefusedError
from journal.admin.desk import person


class ColleagueForm(forms.Form):
    """Chooses among the people of one clinic."""

    to = forms.ModelChoiceField(label="To", queryset=Clinician.objects.none(), empty_label="Choose…")

    def __init__(self, *sent: Any, about: Clinician, **more: Any) -> None:
        super().__init__(*sent, **more)
        colleagues = Clinician.objects.filter(clinic=about.clinic_id, user__is_active=True).exclude(
            pk=about.pk
        )
        self.fields["to"].queryset = colleagues.select_related("user")  # type: ignore[attr-defined]


class HandOverForm(ColleagueForm):
    note = forms.CharField(label="Note, for later (optional)", max_length=400, required=False)


class CoverForm(ColleagueForm):
    first_day = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))


def _hand_over(by: User, at: datetime, about: Clinician, said: dict[str, Any]) -> str:
    count = caseload.hand_over(by=by, at=at, giving=about, taking=said["to"], note=said["note"])
    return f"Handed over: {count} patient{'' if count == 1 else 's'}."


def _cover(by: User, at: datetime, about: Clinician, said: dict[str, Any]) -> str:
    days = {name: said[name] for name in ("first_day", "last_day")}
    caseload.cover(by=by, at=at, away=about, standing_in=said["to"], **days)
    return "Recorded: flags go to the one who stands in on these days."


Act = Callable[[User, datetime, Clinician, dict[str, Any]], str]
DEEDS: dict[str, tuple[str, type[ColleagueForm], Act]] = {
    "hand-over": ("Hand over all patients", HandOverForm, _hand_over),
    "cover": ("Stand in during leave", CoverForm, _cover),
}


def forms_for(about: Clinician) -> list[tuple[str, str, ColleagueForm]]:
    """Name, heading and empty form of each."""
    return [
        (name, heading, form(about=about, auto_id=f"{name}_%s")) for name, (heading, form, _) in DEEDS.items()
    ]


def do(name: str, request: HttpRequest, about: Clinician) -> None:
    """One form sent: the verb once, its refusal in words."""
    _, form_class, act = DEEDS[name]
    form = form_class(request.POST, about=about)
    if not form.is_valid():
        messages.warning(request, "Nothing was changed. Please choose a colleague, and days where asked.")
        return
    try:
        messages.success(request, act(person(request), timezone.now(), about, form.cleaned_data))
    except RefusedError as refusal:
        messages.warning(request, f"Nothing was changed. {refusal}")
