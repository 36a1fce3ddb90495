"""What the clinic has to do, as a list of its own and on the patient's page."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.accounts.models import Clinician, Patient
from journal.actions import exercise_pauses
from journal.admin import moments, reading, words
from journal.admin.desk import PatientDesk, clinician_of
from journal.content import library
from journal.models import CareItem, ExercisePause, Task


class DoneForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("Note (optional)"), required=False, max_length=400)


class LiftForm(forms.Form):
    """Nothing to fill in: the button is the word."""


class TaskDesk(PatientDesk):
    """Open tasks of the clinic, the oldest first; each is done on its patient's page."""

    page_template = "desk/facts.html"
    list_display = ("what", "who", "since", "physio")
    list_display_links = None

    def scope(self, request: HttpRequest) -> QuerySet[Task]:
        clinician: Clinician | None = clinician_of(request)
        zone = clinician.clinic.timezone if clinician else timezone.get_default_timezone()
        waiting = Task.objects.visible_to(request.user).waiting(timezone.now().astimezone(zone).date())
        return waiting.select_related("patient__user", "patient__physiotherapist__user").order_by(
            "due_on", "pk"
        )

    @display(description=gettext_lazy("To do"))
    def what(self, task: Task) -> str:
        return words.of(task.get_kind_display())

    @display(description=gettext_lazy("Patient"))
    def who(self, task: Task) -> SafeString:
        address = reverse("admin:accounts_patient_change", args=[task.patient_id])
        return format_html('<a class="desk-link" href="{}#to-do">{}</a>', address, task.patient)

    @display(description=gettext_lazy("Since"))
    def since(self, task: Task) -> str:
        return moments.day(task.due_on)

    @display(description=gettext_lazy("Physiotherapist"))
    def physio(self, task: Task) -> str:
        return str(task.patient.physiotherapist or _("nobody"))

    def page_context(self, request: HttpRequest, thing: Task, as_of: Any) -> dict[str, Any]:
        return {
            "title": self.what(thing),
            "facts": [
                (_("To do"), self.what(thing)),
                (_("Patient"), self.who(thing)),
                (_("Since"), self.since(thing)),
            ],
        }


def lines(patient: Patient, today: date) -> list[dict[str, Any]]:
    """The patient's open tasks, each with its form."""
    return [_line(task) for task in Task.objects.waiting(today).filter(patient=patient)]


def _line(task: Task) -> dict[str, Any]:
    pause = exercise_pauses.of_task(task)
    name, label, form = (
        ("pause-lift", _("The patient may go on"), LiftForm) if pause else ("task-done", _("Done"), DoneForm)
    )
    return {
        "row": task,
        "heading": words.of(task.get_kind_display()),
        "details": _("Since %(day)s") % {"day": moments.day(task.due_on)},
        "text": _of_pause(pause) if pause else "",
        "forms": [
            {
                "address": reverse(f"admin:accounts_patient_{name}", args=[task.patient_id, task.pk]),
                "label": label,
                "form": form(auto_id=f"{name}_{task.pk}_%s"),
            }
        ],
    }


def _of_pause(pause: ExercisePause) -> str:
    return _("%(exercise)s: pain rose by %(n)s on %(day)s.") % {
        "exercise": _exercise(pause),
        "n": pause.rise,
        "day": moments.day(pause.day),
    }


def _exercise(pause: ExercisePause) -> str:
    """The name of the item of the plan or of the library's text; as it was sent when neither knows it."""
    items = CareItem.objects.filter(patient=pause.patient, kind="exercise")
    planned = {str(item.pk): reading.capital(words.planned(item.kind, item.code)) for item in items}
    texts = {text.id: text.title for text in library.in_language(words.language())}
    return planned.get(pause.exercise) or texts.get(pause.exercise) or pause.exercise
