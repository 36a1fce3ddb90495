"""What the clinic has to do, as a list of its own and on the patient's page."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.accounts.models import Patient
from journal.admin import addresses, moments, plan_lines, reading, words
from journal.admin.desk import PatientDesk
from journal.admin.filters import TOLD_TO_ME, TaskOwnerFilter
from journal.admin.lists import DeskList
from journal.content import library
from journal.models import CareItem, ExercisePause, Task

ABOUT = (Task.Kind.REVIEW, Task.Kind.EXERCISE_PAUSED)
VIEWS = {
    gettext_lazy("All of the clinic"): "",
    TOLD_TO_ME[1]: "caseload=told",
    gettext_lazy("My patients"): "caseload=mine",
    gettext_lazy("Without physiotherapist"): "caseload=nobody",
}


class DoneForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("Note (optional)"), required=False, max_length=400)


class LiftForm(forms.Form):
    """Nothing to fill in: the button is the word."""


class TaskList(DeskList):
    """A page of tasks, each with what it is about: two statements more, however many there are."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        known = about(list(self.result_list))
        for task in self.result_list:
            task.about = known.get(task.pk, "")


class TaskDesk(PatientDesk):
    """Open tasks of the clinic, the oldest first; each is done on its patient's page."""

    page_template = "desk/facts.html"
    list_display = ("what", "who", "since", "physio")
    list_display_links = None
    list_filter = (TaskOwnerFilter,)
    views_say_all = True
    list_before_template = "desk/tasks_note.html"

    def get_changelist(self, request: HttpRequest, **more: Any) -> type[TaskList]:
        return TaskList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shown = request.GET.urlencode()
        views = [(str(name), query, query == shown) for name, query in VIEWS.items()]
        return super().changelist_view(
            request, {"title": _("To do"), "views": views, **(extra_context or {})}
        )

    def scope(self, request: HttpRequest) -> QuerySet[Task]:
        waiting = Task.objects.visible_to(request.user).waiting_at(timezone.now())
        return waiting.select_related("patient__user", "patient__physiotherapist__user").order_by(
            "due_on", "pk"
        )

    @display(description=gettext_lazy("To do"))
    def what(self, task: Task) -> SafeString:
        about = getattr(task, "about", "")
        return format_html('{}<div class="desk-small">{}</div>', words.of(task.get_kind_display()), about)

    @display(description=gettext_lazy("Patient"))
    def who(self, task: Task) -> SafeString:
        address = addresses.of_patient(task.patient_id)
        return format_html('<a class="desk-link" href="{}#to-do">{}</a>', address, task.patient)

    @display(description=gettext_lazy("Since"))
    def since(self, task: Task) -> str:
        return moments.day(task.due_on)

    @display(description=gettext_lazy("Physiotherapist"))
    def physio(self, task: Task) -> str:
        return str(task.patient.physiotherapist or _("nobody"))

    def page_context(self, request: HttpRequest, thing: Task, as_of: Any) -> dict[str, Any]:
        return {
            "title": words.of(thing.get_kind_display()),
            "facts": [
                (_("To do"), words.of(thing.get_kind_display())),
                (_("About"), about([thing]).get(thing.pk) or "–"),
                (_("Patient"), self.who(thing)),
                (_("Since"), self.since(thing)),
            ],
        }


def lines(patient: Patient, today: date) -> list[dict[str, Any]]:
    """The patient's open tasks, each with its form."""
    waiting = list(Task.objects.waiting(today).filter(patient=patient))
    known = about(waiting)
    return [_line(task, known.get(task.pk, "")) for task in waiting]


def _line(task: Task, about: str) -> dict[str, Any]:
    paused = task.kind == Task.Kind.EXERCISE_PAUSED
    name, label, form = (
        ("pause-lift", _("The patient may go on"), LiftForm) if paused else ("task-done", _("Done"), DoneForm)
    )
    return {
        "row": task,
        "heading": words.of(task.get_kind_display()),
        "details": _("Since %(day)s") % {"day": moments.day(task.due_on)},
        "text": about,
        "forms": [
            {
                "address": reverse(f"admin:accounts_patient_{name}", args=[task.patient_id, task.pk]),
                "label": label,
                "form": form(auto_id=f"{name}_{task.pk}_%s"),
            }
        ],
    }


def about(tasks: Collection[Task]) -> dict[Any, str]:
    """What each task is about, in words: an item of the plan, or a pause of an exercise."""
    named = {
        task.pk: task.source.split(":")[1] for task in tasks if task.kind in ABOUT and ":" in task.source
    }
    numbers = [int(key) for key in named.values() if key.isdecimal()]
    pauses = {str(one.pk): one for one in ExercisePause.objects.filter(pk__in=numbers).select_related("by")}
    ids = filter(None, map(_uuid, (*named.values(), *(pause.exercise for pause in pauses.values()))))
    items = {str(item.pk): item for item in CareItem.objects.filter(pk__in=set(ids))}
    return {
        task.pk: _about(task.patient_id, pauses.get(named[task.pk]), items.get(named[task.pk]), items)
        for task in tasks
        if task.pk in named
    }


def _about(
    patient: int, pause: ExercisePause | None, item: CareItem | None, items: dict[str, CareItem]
) -> str:
    """Nothing for what is not, or no longer, this patient's."""
    if pause and pause.patient_id == patient:
        return f"{_exercise(pause, items.get(pause.exercise))}: {plan_lines.why_paused(pause)}."
    if item and item.patient_id == patient:
        return ". ".join(part for part in (plan_lines.heading(item), item.text) if part)
    return ""


def _uuid(text: str) -> UUID | None:
    """A phone may name an exercise by any text."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _exercise(pause: ExercisePause, item: CareItem | None) -> str:
    """The name of the item of the plan or of the library's text; as it was sent when neither knows it."""
    if item and item.patient_id == pause.patient_id:
        return reading.capital(words.planned(item.kind, item.code))
    texts = {text.id: text.title for text in library.in_language(words.language())}
    return texts.get(pause.exercise) or pause.exercise
