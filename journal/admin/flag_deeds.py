"""What people do with a flag: the forms, and the one verb behind each button."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.accounts.models import Clinician, User
from journal.actions import flags
from journal.actions.refusals import RefusedError
from journal.admin import words
from journal.admin.desk import clinician_of, person
from journal.models import Flag, FlagAction

NOTE_LENGTH = 4000
CLOSES = frozenset({"resolve"})  # the deeds that ask again who is there


def colleagues(request: HttpRequest) -> list[Clinician]:
    """Those to whom a flag of the viewer's clinic can be given, by name; nobody for operators."""
    mine = clinician_of(request)
    there = Clinician.objects.filter(clinic=mine.clinic_id if mine else None, user__is_active=True)
    return sorted(there.select_related("user"), key=str)


class SeenForm(forms.Form):
    """Carries what the page showed, so that a change in between is noticed."""

    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def __init__(self, *sent: Any, people: list[Clinician] | None = None, **more: Any) -> None:
        super().__init__(*sent, **more)
        self.people = {str(one.pk): one for one in people or []}

    @property
    def said(self) -> dict[str, Any]:
        return self.cleaned_data


class NoteForm(SeenForm):
    note = forms.CharField(
        label=gettext_lazy("Note (optional)"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 1}),
    )


class RemarkForm(NoteForm):
    note = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AssignForm(NoteForm):
    owner = forms.ChoiceField(label=gettext_lazy("Who deals with it"))

    field_order = ("owner", "note")

    def __init__(self, *sent: Any, people: list[Clinician] | None = None, **more: Any) -> None:
        super().__init__(*sent, people=people, **more)
        names = [(key, str(one)) for key, one in self.people.items()]
        self.fields["owner"].choices = [("", _("Choose…")), *names]  # type: ignore[attr-defined]

    @property
    def said(self) -> dict[str, Any]:
        return {**self.cleaned_data, "owner": self.people[self.cleaned_data["owner"]]}


class ResolveForm(SeenForm):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it"),
        choices=lambda: [("", _("Choose…")), *words.choices(FlagAction.Outcome.choices)],
    )
    note = forms.CharField(
        label=gettext_lazy("Note, for your colleagues and for later"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    useful = forms.TypedChoiceField(
        label=gettext_lazy("Was this flag useful to you?"),
        choices=[("", gettext_lazy("No answer")), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda said: said == "yes",
        empty_value=None,
        required=False,
    )


Act = Callable[[User, datetime, Flag, dict[str, Any]], Flag]


def _acknowledge(by: User, at: datetime, flag: Flag, said: dict[str, Any]) -> Flag:
    return flags.acknowledge(by=by, at=at, flag=flag, **said)


def _assign(by: User, at: datetime, flag: Flag, said: dict[str, Any]) -> Flag:
    return flags.assign(by=by, at=at, flag=flag, **said)


def _note(by: User, at: datetime, flag: Flag, said: dict[str, Any]) -> Flag:
    return flags.add_note(by=by, at=at, flag=flag, note=said["note"])


def _resolve(by: User, at: datetime, flag: Flag, said: dict[str, Any]) -> Flag:
    return flags.resolve(by=by, at=at, flag=flag, **said)


def _lift_hold(by: User, at: datetime, flag: Flag, said: dict[str, Any]) -> Flag:
    return flags.lift_hold(by=by, at=at, flag=flag, **said)


BUTTONS: dict[str, tuple[type[SeenForm], Act, Promise | str]] = {
    "acknowledge": (
        NoteForm,
        _acknowledge,
        gettext_lazy("Acknowledged. The reminders to your team about it stop."),
    ),
    "assign": (AssignForm, _assign, gettext_lazy("Assigned.")),
    "note": (RemarkForm, _note, gettext_lazy("The note is kept.")),
    "resolve": (ResolveForm, _resolve, gettext_lazy("Resolved.")),
    "lift-hold": (NoteForm, _lift_hold, gettext_lazy("The exercise hold is lifted.")),
}


def form_of(
    name: str, request: HttpRequest, flag: Flag | None = None, typed: QueryDict | None = None
) -> SeenForm:
    """The form of one button: the one sent, or one to send about this flag, with what was typed before."""
    make = BUTTONS[name][0]
    sent = request.POST if request.method == "POST" and flag is None else None
    initial = {**(typed.dict() if typed else {}), "seen": flags.look_of(flag)} if flag else {}
    people = colleagues(request) if make is AssignForm else None
    return make(sent, people=people, initial=initial, auto_id=f"{name.split('-', maxsplit=1)[0]}_%s")


def do(request: HttpRequest, name: str, flag: Flag, form: SeenForm) -> bool:
    """The verb of one button once, its thanks or its refusal in words."""
    _form, act, thanks = BUTTONS[name]
    try:
        act(person(request), timezone.now(), flag, form.said)
    except RefusedError as refusal:
        messages.warning(request, _("Nothing was changed. %(why)s") % {"why": words.refused(refusal)})
        return False
    messages.success(request, str(thanks))
    return True
