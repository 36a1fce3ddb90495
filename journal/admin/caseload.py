"""What a lead does about who looks after whom: hand patients over, and name who stands in."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journal.accounts.models import Clinician, User
from journal.actions import caseload
from journal.actions.refusals import RefusedError
from journal.admin import words
from journal.admin.desk import person


class ColleagueForm(forms.Form):
    """Chooses among the people of one clinic."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("To"), queryset=Clinician.objects.none(), empty_label=gettext_lazy("Choose…")
    )

    def __init__(self, *sent: Any, about: Clinician, **more: Any) -> None:
        super().__init__(*sent, **more)
        colleagues = Clinician.objects.filter(clinic=about.clinic_id, user__is_active=True).exclude(
            pk=about.pk
        )
        self.fields["to"].queryset = colleagues.select_related("user")  # type: ignore[attr-defined]


class HandOverForm(ColleagueForm):
    note = forms.CharField(label=gettext_lazy("Note, for later (optional)"), max_length=400, required=False)


class CoverForm(ColleagueForm):
    first_day = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))


def _hand_over(by: User, at: datetime, about: Clinician, said: dict[str, Any]) -> str:
    count = caseload.hand_over(by=by, at=at, giving=about, taking=said["to"], note=said["note"])
    return ngettext("Handed over: %(n)s patient.", "Handed over: %(n)s patients.", count) % {"n": count}


def _cover(by: User, at: datetime, about: Clinician, said: dict[str, Any]) -> str:
    days = {name: said[name] for name in ("first_day", "last_day")}
    caseload.cover(by=by, at=at, away=about, standing_in=said["to"], **days)
    return _("Recorded: flags go to the one who stands in on these days.")


Act = Callable[[User, datetime, Clinician, dict[str, Any]], str]
DEEDS: dict[str, tuple[str | Promise, type[ColleagueForm], Act]] = {
    "hand-over": (gettext_lazy("Hand over all patients"), HandOverForm, _hand_over),
    "cover": (gettext_lazy("Stand in during leave"), CoverForm, _cover),
}


def forms_for(about: Clinician) -> list[tuple[str, str, ColleagueForm]]:
    """Name, heading and empty form of each."""
    return [
        (name, str(heading), form(about=about, auto_id=f"{name}_%s"))
        for name, (heading, form, _act) in DEEDS.items()
    ]


def do(name: str, request: HttpRequest, about: Clinician) -> None:
    """One form sent: the verb once, its refusal in words."""
    _heading, form_class, act = DEEDS[name]
    form = form_class(request.POST, about=about)
    if not form.is_valid():
        messages.warning(request, _("Nothing was changed. Please choose a colleague, and days where asked."))
        return
    try:
        messages.success(request, act(person(request), timezone.now(), about, form.cleaned_data))
    except RefusedError as refusal:
        messages.warning(request, _("Nothing was changed. %(why)s") % {"why": words.refused(refusal)})
