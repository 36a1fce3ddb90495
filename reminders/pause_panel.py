"""The patient's reminders on the desk: whether they are paused, and what became of planned exercise."""

from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.accounts.models import Patient, User
from journal.admin import moments
from journal.admin import words as said
from journal.admin.care import Deed
from journal.admin.panels import Asked, Panel
from reminders import adherence, labels
from reminders.actions import settings
from reminders.adherence import Figures
from reminders.models import ReminderSettings


class PauseForm(forms.Form):
    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=lambda: said.choices(ReminderSettings.Why.choices)
    )


class ResumeForm(forms.Form):
    """Nothing to fill in: the button is the word."""


def _pause(by: User, at: datetime, patient: Patient, _row: None, form: forms.Form) -> str:
    settings.pause(by=by, at=at, patient=patient, **form.cleaned_data)
    return _("No reminder rings on these days, those of medicines included.")


def _resume(by: User, at: datetime, patient: Patient, _row: None, form: forms.Form) -> str:
    settings.resume(by=by, at=at, patient=patient)
    return _("Reminders ring again from the next turn on.")


DEEDS = {"reminders-pause": Deed(PauseForm, _pause), "reminders-resume": Deed(ResumeForm, _resume)}


def of_a_patient(asked: Asked) -> Panel:
    """Reminders paused or not, and planned exercise with what became of it."""
    shown_now = shown(asked.thing, asked.as_of)
    return Panel("pause", _("Pauses and exercise"), "reminders/pause_panel.html", shown_now)


def shown(patient: Patient, as_of: datetime) -> dict[str, Any]:
    """What the panel says."""
    found = settings.of(patient)
    today = as_of.astimezone(patient.timezone).date()
    figures = adherence.of(patient, today=today, language=said.language())
    if found.paused_until is not None and found.paused_until < today:
        found = ReminderSettings(patient=patient, a_day=found.a_day)  # a pause that is over
    paused = found.paused_from is not None
    return {
        "state": _state(found),
        "adherence": [
            {"name": _("Exercise, %(n)s days") % {"n": one.days}, "said": words(one)}
            for one in figures.overall
        ],
        "exercises": [
            # What is not prescribed may have the patient's own words for a title.
            {"name": one.title if one.care_item else _("Programme"), "said": words(one.spans[-1])}
            for one in figures.exercises
        ],
        "pause_form": PauseForm(auto_id="reminders-pause_%s"),
        "pause_address": reverse("admin:accounts_patient_reminders-pause", args=[patient.pk]),
        "resume_form": ResumeForm(auto_id="reminders-resume_%s"),
        "resume_address": reverse("admin:accounts_patient_reminders-resume", args=[patient.pk])
        if paused
        else "",
    }


def _state(found: ReminderSettings) -> str:
    if found.paused_from is None or found.paused_until is None:
        return _("ring, %(n)s a day at most") % {"n": found.a_day}
    first, last = moments.day(found.paused_from), moments.day(found.paused_until)
    return _("paused from %(first)s to %(last)s: %(why)s") % {
        "first": first,
        "last": last,
        "why": said.of(found.get_pause_reason_display()).lower(),
    }


def words(figures: Figures) -> str:
    """`5 of 7 done; not today: 1 pain; 1 without an answer; pain rose after 1`."""
    if not figures.planned and not figures.held:
        return _("no reminder came due")
    skipped = ", ".join(f"{count} {labels.reason(reason)}" for reason, count in figures.skipped.items())
    parts = [
        _("%(n)s of %(all)s done") % {"n": figures.done, "all": figures.planned},
        _("not today: %(reasons)s") % {"reasons": skipped} if skipped else "",
        _("%(n)s without an answer") % {"n": figures.ignored} if figures.ignored else "",
        _("%(n)s held") % {"n": figures.held} if figures.held else "",
        _("pain rose after %(n)s") % {"n": figures.pain_rose} if figures.pain_rose else "",
    ]
    return "; ".join(part for part in parts if part)
