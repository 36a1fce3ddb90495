"""What is done with facts, notes, messages and tasks on a patient's page: each form calls one verb."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext

from journal.accounts.models import Patient, User
from journal.actions import accounts, exercise_pauses, facts, notes, tasks
from journal.actions import messages as inbox
from journal.actions.refusals import NotPossibleNowError, RefusedError
from journal.admin import care_forms, words
from journal.admin import tasks as task_lines
from journal.admin.desk import PatientDesk, person
from journal.models import Fact, Note, Task

Act = Callable[[User, datetime, Patient, Any, Any], str]


def _add_fact(by: User, at: datetime, patient: Patient, _: None, form: care_forms.FactForm) -> str:
    facts.add(by=by, at=at, patient=patient, stated=form.stated())
    return gettext("Recorded. The rules looked at the whole history again.")


def _stop_fact(by: User, at: datetime, patient: Patient, fact: Fact, form: forms.Form) -> str:
    facts.stop(by=by, at=at, patient=patient, fact=fact, until=form.cleaned_data["until"])
    return gettext("The last day is recorded.")


def _withdraw_fact(by: User, at: datetime, patient: Patient, fact: Fact, form: forms.Form) -> str:
    facts.withdraw(by=by, at=at, patient=patient, fact=fact, reason=form.cleaned_data["reason"])
    return gettext("Withdrawn. The rules looked at the whole history again.")


def _add_note(by: User, at: datetime, patient: Patient, _: None, form: forms.Form) -> str:
    notes.add(by=by, at=at, patient=patient, **form.cleaned_data)
    return gettext("Noted.")


def _withdraw_note(by: User, at: datetime, patient: Patient, note: Note, form: forms.Form) -> str:
    notes.withdraw(by=by, at=at, patient=patient, note=note, reason=form.cleaned_data["reason"])
    return gettext("Withdrawn.")


def _send_message(by: User, at: datetime, patient: Patient, _: None, form: forms.Form) -> str:
    inbox.send(by=by, at=at, patient=patient, template=form.cleaned_data["template"])
    return gettext("Sent to the patient’s inbox.")


def _sign_out(by: User, at: datetime, patient: Patient, _: None, form: forms.Form) -> str:
    if patient.user is None:
        raise NotPossibleNowError("The patient has no account yet.")
    accounts.sign_out_everywhere(by=by, at=at, user=patient.user)
    return gettext("Signed out on all devices. The patient can sign in again with the password.")


def _forget_second_factors(by: User, at: datetime, patient: Patient, _: None, form: forms.Form) -> str:
    if patient.user is None:
        raise NotPossibleNowError("The patient has no account yet.")
    accounts.forget_second_factors(by=by, at=at, user=patient.user)
    return gettext("Taken away, and signed out on all devices. The password is enough for the next sign-in.")


def _task_done(by: User, at: datetime, patient: Patient, task: Task, form: forms.Form) -> str:
    tasks.done(by=by, at=at, patient=patient, task=task, **form.cleaned_data)
    return gettext("Done.")


def _lift_pause(by: User, at: datetime, patient: Patient, task: Task, form: forms.Form) -> str:
    pause = exercise_pauses.of_task(task)
    if pause is None:
        raise NotPossibleNowError("This is not about an exercise.")
    exercise_pauses.lift(by=by, at=at, patient=patient, exercise=pause.exercise)
    return gettext("The patient may go on with this exercise.")


@dataclass(frozen=True, slots=True)
class Deed:
    """One form: what it sends, and the verb. `model` is set when it acts on a row."""

    form: type[forms.Form]
    act: Act
    model: type[Model] | None = None
    key: str = "int"


DEEDS = {
    "fact-add": Deed(care_forms.FactForm, _add_fact),
    "fact-stop": Deed(care_forms.StopFactForm, _stop_fact, Fact),
    "fact-withdraw": Deed(care_forms.WithdrawForm, _withdraw_fact, Fact),
    "note-add": Deed(care_forms.NoteForm, _add_note),
    "note-withdraw": Deed(care_forms.WithdrawForm, _withdraw_note, Note),
    "message-send": Deed(care_forms.MessageForm, _send_message),
    "sign-out": Deed(forms.Form, _sign_out),
    "second-factor": Deed(forms.Form, _forget_second_factors),
    "task-done": Deed(task_lines.DoneForm, _task_done, Task, "uuid"),
    "pause-lift": Deed(task_lines.LiftForm, _lift_pause, Task, "uuid"),
}


class CareDesk(PatientDesk):
    """The forms of a patient's page, each a POST to an address of its own."""

    def own_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<str:object_id>/{name}/{f'<{deed.key}:row_id>/' if deed.model else ''}",
                self.admin_site.admin_view(self.deed_view(name)),
                name=f"accounts_patient_{name}",
            )
            for name, deed in DEEDS.items()
        ]

    def deed_view(self, name: str) -> Callable[..., HttpResponse]:
        def sent(request: HttpRequest, object_id: str, row_id: int | UUID | None = None) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            patient = self.shown(request, object_id)
            return self.do(request, name, patient, _row(request, name, patient, row_id))

        return sent

    def do(self, request: HttpRequest, name: str, patient: Patient, row: Any) -> HttpResponse:
        """One form sent: the verb once. What does not fit is shown again, with what was typed."""
        deed = DEEDS[name]
        form = deed.form(request.POST, auto_id=f"{name}_%s")
        if form.is_valid():
            try:
                thanks = deed.act(person(request), timezone.now(), patient, row, form)
                messages.success(request, thanks)
                return redirect("admin:accounts_patient_change", patient.pk)
            except RefusedError as refusal:
                form.add_error(None, words.refused(refusal))
        if row is None:
            return self.page(request, patient, **{f"{name.replace('-', '_')}_form": form})
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        messages.warning(request, gettext("Nothing was changed. %(why)s") % {"why": said})
        return redirect("admin:accounts_patient_change", patient.pk)


def _row(request: HttpRequest, name: str, patient: Patient, row_id: int | UUID | None) -> Any:
    """The row that the form is about; one of another patient or clinic is missing as an unknown one."""
    model = DEEDS[name].model
    if model is None:
        return None
    rows: QuerySet[Any] = model._default_manager.visible_to(request.user)  # type: ignore[attr-defined]
    found = rows.filter(patient=patient, pk=row_id).first()
    if found is None:
        raise Http404
    return found
