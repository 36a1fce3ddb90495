"""What a lead does about who looks after whom: hand patients over, and name who stands in."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journal.accounts.models import Clinician, User
from journal.actions import caseload
from journal.admin import sent


class ColleagueForm(forms.Form):
    """Chooses among the people of one clinic."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("To"), queryset=Clinician.objects.none(), empty_label=gettext_lazy("Choose…")
    )

    def __init__(self, *data: Any, about: Clinician, **more: Any) -> None:
        super().__init__(*data, **more)
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


def _hand_over(by: User, at: datetime, about: Clinician, form: forms.Form) -> str:
    said = form.cleaned_data
    count = caseload.hand_over(by=by, at=at, giving=about, taking=said["to"], note=said["note"])
    return ngettext("Handed over: %(n)s patient.", "Handed over: %(n)s patients.", count) % {"n": count}


def _cover(by: User, at: datetime, about: Clinician, form: forms.Form) -> str:
    said = form.cleaned_data
    days = {name: said[name] for name in ("first_day", "last_day")}
    caseload.cover(by=by, at=at, away=about, standing_in=said["to"], **days)
    return _("Recorded: flags go to the one who stands in on these days.")


DEEDS: dict[str, tuple[str | Promise, type[ColleagueForm], sent.Act]] = {
    "hand-over": (gettext_lazy("Hand over all patients"), HandOverForm, _hand_over),
    "cover": (gettext_lazy("Stand in during leave"), CoverForm, _cover),
}


def forms_for(about: Clinician, refused: ColleagueForm | None = None) -> list[tuple[str, str, ColleagueForm]]:
    """Name, heading and form of each: empty, or as it was filled in when it was refused."""
    return [
        (name, str(heading), refused if type(refused) is make else make(about=about, auto_id=f"{name}_%s"))
        for name, (heading, make, _act) in DEEDS.items()
    ]


def do(name: str, request: HttpRequest, about: Clinician) -> dict[str, Any] | None:
    """One form sent. Refused: gives back what was typed, for the page."""
    _heading, make, act = DEEDS[name]
    form = make(request.POST, about=about, auto_id=f"{name}_%s")
    return None if sent.carry_out(request, form, act, about) else {"deeds": forms_for(about, form)}
