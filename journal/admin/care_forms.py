"""The forms of a patient's page for facts, messages and notes; what parses does not save."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from journal.admin import reading, words
from journal.content import facts, messages, notes
from journal.content.facts import Stated


def _codes(groups: Iterable[Any], prefix: str = "") -> list[Any]:
    """Choices of a select, one group a kind: `medicine:denosumab`."""
    return [
        ("", gettext("Choose…")),
        *(
            (
                words.of(group.label),
                [(_value(group, code.code), reading.capital(_label(group, code))) for code in group.codes],
            )
            for group in groups
        ),
    ]


def _label(group: Any, code: Any) -> str:
    return words.fact(group.kind, code.code) if isinstance(group, facts.Kind) else words.of(code.label)


def _value(group: Any, code: str) -> str:
    return f"{group.kind}:{code}" if hasattr(group, "kind") else code


def _day(label: Any, *, required: bool = False) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}))


def _words(label: Any, length: int, rows: int = 2, *, required: bool = False) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=length, widget=area)


class FactForm(forms.Form):
    what = forms.ChoiceField(
        label=gettext_lazy("What is known"), choices=lambda: _codes(facts.KINDS.values())
    )
    since = _day(gettext_lazy("Day, or first day (empty: not known)"))
    until = _day(gettext_lazy("Last day, when it is over"))
    number = forms.DecimalField(
        label=gettext_lazy("Number: T-score, or height in cm"), max_digits=5, decimal_places=1, required=False
    )
    side = forms.ChoiceField(
        label=gettext_lazy("Side"),
        choices=[
            ("", "–"),
            ("left", gettext_lazy("Left")),
            ("right", gettext_lazy("Right")),
            ("both", gettext_lazy("Both")),
        ],
        required=False,
    )
    fragility = forms.NullBooleanField(
        label=gettext_lazy("Fracture from little force"),
        required=False,
        widget=forms.Select(
            choices=[
                ("", gettext_lazy("Not known")),
                ("true", gettext_lazy("Yes")),
                ("false", gettext_lazy("No")),
            ]
        ),
    )
    course_months = forms.IntegerField(
        label=gettext_lazy("Planned course in months"), min_value=1, max_value=120, required=False
    )
    text = _words(gettext_lazy("Details, such as dose or level (optional)"), 400)

    def stated(self) -> Stated:
        said = {name: self.cleaned_data[name] for name in facts.FIELDS}
        kind, _, code = self.cleaned_data["what"].partition(":")
        return Stated(kind=kind, code=code, **said)


class MessageForm(forms.Form):
    """Whole texts alone: nothing is typed to a patient here."""

    template = forms.ChoiceField(
        label=gettext_lazy("Message"),
        choices=lambda: [
            ("", gettext("Choose…")),
            *((one.code, words.of(one.label)) for one in messages.TEMPLATES.values()),
        ],
    )


class NoteForm(forms.Form):
    code = forms.ChoiceField(label=gettext_lazy("About"), choices=lambda: _codes(notes.GROUPS))
    day = _day(gettext_lazy("Day of it"), required=True)
    text = _words(gettext_lazy("Note, for your colleagues and for later"), 4000, 4, required=True)


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why it does not hold"), max_length=400)


class StopFactForm(forms.Form):
    until = _day(gettext_lazy("Last day"), required=True)
