"""The forms of a care plan: one for each kind of item, with the questions that this kind has."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.admin import reading, rhythms, words
from journal.content import library, plan
from journal.content.plan import Kind, Planned
from journal.models import CareItem

HOLD_FOR = timedelta(days=7)  # what is offered; any day ahead can be chosen


def day(label: Any, *, required: bool = False, initial: date | None = None) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, initial=initial)


def area(label: Any, length: int, *, required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, required=required, max_length=length, widget=widget)


class ItemForm(forms.Form):
    """One item of one kind, new or changed. What is to be thought about twice is asked back once.

    `history` is what is known of the patient; `today` is the local day on which it starts when none is said;
    `item` is what is changed, with its version as it was shown.
    """

    def __init__(
        self,
        *said: Any,
        kind: Kind,
        history: Collection[str],
        today: date,
        item: CareItem | None = None,
        text: str = "",
        **more: Any,
    ) -> None:
        self.kind, self.history, self.item, self.today = kind, list(history), item, today
        more["initial"] = _initial(item, kind, text)
        super().__init__(*said, **more)
        self.fields.update(_fields(kind, self.history, item))
        self.warned: tuple[str, ...] = ()
        if item is None:
            self.fields["kind"] = forms.CharField(widget=forms.HiddenInput, initial=kind.kind)
        else:
            self.fields["why"] = forms.CharField(
                label=_("Why it is changed (optional)"), max_length=400, required=False
            )
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=item.version)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "rhythm" in self.fields:
            try:
                said["rrule"] = rhythms.made(said, self.item.rrule if self.item else "", self._starts(said))
            except forms.ValidationError as wrong:
                self.add_error(None, wrong)
        return said

    def _starts(self, said: dict[str, Any]) -> date:
        first: date | None = self.item.starts if self.item else said.get("starts")
        return first or self.today

    def planned(self) -> Planned:
        said = self.cleaned_data
        given = {name: said[name] for name in plan.FIELDS if said.get(name) not in (None, "", [])}
        if "tags" in given:
            given["tags"] = tuple(given["tags"])
        if self.item:
            return Planned(self.kind.kind, self.item.code, self.item.starts, **given)
        return Planned(self.kind.kind, said["code"], self._starts(said), **given)

    def asks_back(self, planned: Planned) -> bool:
        """Whether there is something to think about twice that this form has not shown yet."""
        tags = {*planned.tags, *plan.usual_tags(planned.kind, planned.code, planned.library_id)}
        self.warned = plan.warnings(tags, self.history)
        return bool(self.warned) and self.data.get("despite") != self.despite

    @property
    def warned_words(self) -> list[str]:
        """What is shown of it, in the language of who reads."""
        return [words.of(one) for one in self.warned]

    @property
    def despite(self) -> str:
        """What was warned of, as the second press says it back: another warning is asked anew."""
        return " ".join(self.warned)


def _initial(item: CareItem | None, kind: Kind, text: str) -> dict[str, Any]:
    if item is None:
        code = next((one.code for one in kind.codes if text and one.library == text), "")
        return {"library_id": text, "code": code, "tags": plan.usual_tags(kind.kind, code) if code else ()}
    return {name: getattr(item, name) for name in plan.FIELDS} | rhythms.initial(item.rrule, item.starts)


def _fields(kind: Kind, history: list[str], item: CareItem | None) -> dict[str, forms.Field]:
    """In the order in which they are asked; only what this kind may say."""
    asked = kind.needs | kind.may
    found: dict[str, forms.Field] = {}
    if item is None:
        codes = [(code.code, reading.capital(words.of(code.label))) for code in kind.codes]
        found["code"] = forms.ChoiceField(label=_("What"), choices=[("", _("Choose…")), *codes])
    if "library_id" in asked:
        texts = [(one.id, one.title) for one in library.in_language(words.language(), "exercise")]
        usual = [("", _("The one that goes with it"))]
        found["library_id"] = forms.ChoiceField(
            label=_("Text that the patient reads"), choices=[*usual, *texts], required=False
        )
    if "dose" in asked:
        found["dose"] = forms.CharField(label=_("How much and how often"), max_length=200, required=False)
    if "rrule" in asked:
        found |= rhythms.fields(kind.kind, *((item.rrule, item.starts) if item else ()))
    if "tags" in asked:
        found["tags"] = _tags(history)
    if "hours_a_day" in asked:
        found["hours_a_day"] = forms.IntegerField(
            label=_("Hours a day"), min_value=1, max_value=24, required=False
        )
    label = (
        _("In words, for the patient") if "text" in kind.needs else _("In words, for the patient (optional)")
    )
    found["text"] = area(label, 1000, required="text" in kind.needs)
    return found | _days(kind, item)


def _tags(history: list[str]) -> forms.MultipleChoiceField:
    """Each with what speaks against it for this patient, before it is chosen."""
    against: dict[str, list[str]] = {}
    for one in plan.cautions(plan.TAGS, history):
        against.setdefault(one.tag, []).append(reading.words(one.known))
    return forms.MultipleChoiceField(
        label=_("Safety: what it involves"),
        choices=[
            (
                tag.code,
                _("%(tag)s – think twice: %(known)s")
                % {"tag": reading.capital(words.of(tag.label)), "known": ", ".join(against[tag.code])}
                if tag.code in against
                else reading.capital(words.of(tag.label)),
            )
            for tag in plan.TAGS.values()
        ],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _days(kind: Kind, item: CareItem | None) -> dict[str, forms.Field]:
    asked = kind.needs | kind.may
    found: dict[str, forms.Field] = {}
    if item is None:
        found["starts"] = day(_("First day (empty: today)"))
    if "ends" in asked:
        needed = "ends" in kind.needs
        found["ends"] = day(_("Last day") if needed else _("Last day (optional)"), required=needed)
    if "review_on" in asked:
        needed = "review_on" in kind.needs
        label = _("Day of the review") if needed else _("Day of the review (optional)")
        found["review_on"] = day(label, required=needed)
    return found


class StopForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why it is stopped"), max_length=400)
    on = day(gettext_lazy("From which day on (empty: today)"))


class HoldForm(forms.Form):
    look_again_on = day(gettext_lazy("Look at it again on"), required=True)


class LiftForm(forms.Form):
    """Nothing to fill in: the button is the word."""
