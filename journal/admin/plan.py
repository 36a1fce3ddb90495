"""A patient's care plan as a page of its own: planning, changing, holding and stopping, each by one verb."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from journal import load
from journal.accounts.models import Patient, User
from journal.actions import care_plan, exercise_pauses
from journal.actions.refusals import RefusedError
from journal.admin import addresses, chips, plan_forms, plan_lines, reading, record, rules, words
from journal.admin.care import CareDesk
from journal.admin.desk import person
from journal.content import library, plan
from journal.models import CareItem

REVIEW_AFTER = timedelta(weeks=12)
# A form that was not done: its name, the item that it is about, and what was typed.
Undone = tuple[str, UUID | None, Any] | None


@dataclass(frozen=True, slots=True)
class Sent:
    """One form as it was sent, and about what."""

    by: User
    at: datetime
    patient: Patient
    form: Any
    item: CareItem | None = None

    @property
    def today(self) -> date:
        return self.at.astimezone(self.patient.timezone).date()

    @property
    def row(self) -> CareItem:
        if self.item is None:
            raise Http404
        return self.item


def _add(sent: Sent) -> str:
    planned = sent.form.planned()
    care_plan.prescribe(by=sent.by, at=sent.at, patient=sent.patient, planned=planned)
    return _("Planned.")


def _change(sent: Sent) -> str:
    care_plan.change(
        by=sent.by,
        at=sent.at,
        patient=sent.patient,
        item=sent.row,
        planned=sent.form.planned(),
        seen=sent.form.cleaned_data["seen"],
        why=sent.form.cleaned_data["why"],
    )
    return _("Changed. What it said before is kept.")


def _stop(sent: Sent) -> str:
    said = sent.form.cleaned_data
    care_plan.stop(by=sent.by, at=sent.at, patient=sent.patient, item=sent.row, **said)
    return _("Stopped.")


def _hold(sent: Sent) -> str:
    said = sent.form.cleaned_data
    exercise_pauses.hold(by=sent.by, at=sent.at, patient=sent.patient, item=sent.row, **said)
    return _("Held. The patient is not asked to do it until somebody lifts the hold.")


def _lift(sent: Sent) -> str:
    exercise_pauses.lift_item(by=sent.by, at=sent.at, patient=sent.patient, item=sent.row)
    return _("The patient may go on with this exercise.")


# Name, verb, and whether it is about an item.
DEEDS: dict[str, tuple[Callable[[Sent], str], bool]] = {
    "plan-add": (_add, False),
    "plan-change": (_change, True),
    "plan-stop": (_stop, True),
    "plan-hold": (_hold, True),
    "plan-lift": (_lift, True),
}
PLAIN: dict[str, type[forms.Form]] = {
    "plan-stop": plan_forms.StopForm,
    "plan-hold": plan_forms.HoldForm,
    "plan-lift": plan_forms.LiftForm,
}
LABELS = {
    "plan-change": gettext_lazy("Change"),
    "plan-hold": gettext_lazy("Hold"),
    "plan-lift": gettext_lazy("Lift the hold"),
    "plan-stop": gettext_lazy("Stop"),
}


class PlanDesk(CareDesk):
    """The page of the plan, and its forms, each a POST to an address of its own."""

    def own_urls(self) -> list[URLPattern]:
        views = [("plan/", require_safe(self.plan_view), "plan")]
        views += [
            (f"{name}/{'<uuid:row_id>/' if about else ''}", self.plan_deed_view(name), name)
            for name, (_act, about) in DEEDS.items()
        ]
        own = [
            path(
                f"<str:object_id>/{place}", self.admin_site.admin_view(view), name=f"accounts_patient_{name}"
            )
            for place, view, name in views
        ]
        return [*own, *super().own_urls()]

    def plan_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.plan_page(request, self.shown(request, object_id))

    def plan_page(self, request: HttpRequest, patient: Any, sent: Undone = None) -> HttpResponse:
        """The plan; `sent` is a form that was not done, shown where it was pressed."""
        self.record(request, [patient], how="page" if sent is None else "deed")
        more = {**self.admin_site.each_context(request), **context(request, patient, patient.as_of, sent)}
        return TemplateResponse(request, "desk/plan.html", more)

    def plan_deed_view(self, name: str) -> Callable[..., HttpResponse]:
        def sent(request: HttpRequest, object_id: str, row_id: UUID | None = None) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            patient = self.shown(request, object_id)
            item = _item(request, patient, row_id) if row_id else None
            return self.plan_do(request, name, patient, item)

        return sent

    def plan_do(
        self, request: HttpRequest, name: str, patient: Patient, item: CareItem | None
    ) -> HttpResponse:
        """One form sent: the verb once, unless there is something to think about twice first."""
        sent = Sent(person(request), timezone.now(), patient, _form(name, request, patient, item), item)
        if sent.form.is_valid() and not _asks_back(sent):
            try:
                messages.success(request, DEEDS[name][0](sent))
                return redirect(_address(patient))
            except RefusedError as refusal:
                sent.form.add_error(None, words.refused(refusal))
        return self.plan_page(request, patient, (name, item.pk if item else None, sent.form))


def _asks_back(sent: Sent) -> bool:
    form = sent.form
    return isinstance(form, plan_forms.ItemForm) and form.asks_back(form.planned())


def _address(patient: Patient) -> str:
    return reverse("admin:accounts_patient_plan", args=[patient.pk])


def _item(request: HttpRequest, patient: Patient, row_id: UUID) -> CareItem:
    """An item of another patient or clinic is missing as an unknown one."""
    found = CareItem.objects.visible_to(request.user).filter(patient=patient, pk=row_id).first()
    if found is None:
        raise Http404
    return found


def _form(name: str, request: HttpRequest, patient: Patient, item: CareItem | None) -> forms.Form:
    if name in PLAIN:
        return PLAIN[name](request.POST, auto_id=_auto_id(name, item))
    kind = plan.KINDS.get(item.kind if item else request.POST.get("kind", ""))
    if kind is None:
        raise Http404
    today = timezone.now().astimezone(patient.timezone).date()
    return plan_forms.ItemForm(
        request.POST,
        kind=kind,
        history=_known(patient, today),
        today=today,
        item=item,
        auto_id=_auto_id(name, item),
    )


def _auto_id(name: str, item: CareItem | None) -> str:
    return f"{name}_{item.pk}_%s" if item else f"{name}_%s"


def _known(patient: Patient, today: date) -> frozenset[str]:
    return frozenset(load.profile(patient).on(today).history)


# --- the page ---


def context(request: HttpRequest, patient: Patient, as_of: datetime, sent: Undone) -> dict[str, Any]:
    today = as_of.astimezone(patient.timezone).date()
    known = _known(patient, today)
    found = plan_lines.lines(patient, today, known)
    for line in found["plan_current"]:
        line["forms"] = list(_row_forms(line, known, today, sent))
    return {
        **record.person(patient, as_of),
        **found,
        "title": _("Care plan, %(who)s") % {"who": patient},
        "undone": sent and (f"item-{sent[1]}" if sent[1] else "plan-add"),
        "back": addresses.of_patient(patient.pk),
        "kinds": [
            (kind.kind, words.of(kind.label), kind.kind == _asked(request, sent))
            for kind in plan.KINDS.values()
        ],
        "add": _new(request, known, today, sent),
        "library": _library(patient, known) if _asked(request, sent) == "exercise" else [],
        "known_words": [reading.words(code) for code in sorted(known)],
    }


def _asked(request: HttpRequest, sent: Undone) -> str:
    """The kind of item whose form is open."""
    if sent and sent[0] == "plan-add":
        kind: str = sent[2].kind.kind
        return kind
    asked = request.GET.get("kind", "")
    return asked if asked in plan.KINDS else ""


def _new(request: HttpRequest, known: frozenset[str], today: date, sent: Undone) -> dict[str, Any] | None:
    """The form of the kind asked for."""
    asked = _asked(request, sent)
    if not asked:
        return None
    kind = plan.KINDS[asked]
    if sent and sent[0] == "plan-add":
        form = sent[2]
    else:
        text = request.GET.get("text", "")
        form = plan_forms.ItemForm(kind=kind, history=known, today=today, text=text, auto_id="plan-add_%s")
        if "review_on" in kind.needs:
            form.initial["review_on"] = today + REVIEW_AFTER
    return {"label": words.of(kind.label), "form": form}


def _row_forms(line: dict[str, Any], known: frozenset[str], today: date, sent: Undone) -> Any:
    """What can be done with one item: a form each, the one that was not done as it was sent."""
    item: CareItem = line["row"]
    if item.stopped_on:
        return
    pauses = [one for one in line.get("why_held", ()) if one.get("lift")]
    liftable, held_by_clinic = bool(pauses), any(one["of_clinic"] for one in pauses)
    names = ["plan-change"]
    names += ["plan-lift"] if liftable else []
    names += ["plan-hold"] if item.kind == "exercise" and not held_by_clinic else []
    for name in [*names, "plan-stop"]:
        again = sent is not None and sent[0] == name and sent[1] == item.pk
        yield {
            "address": reverse(f"admin:accounts_patient_{name}", args=[item.patient_id, item.pk]),
            "label": LABELS[name],
            "form": sent[2] if sent and again else _empty(name, item, known, today),
            "open": again,
        }


def _empty(name: str, item: CareItem, known: frozenset[str], today: date) -> forms.Form:
    auto_id = _auto_id(name, item)
    if name == "plan-change":
        kind = plan.KINDS[item.kind]
        return plan_forms.ItemForm(kind=kind, history=known, today=today, item=item, auto_id=auto_id)
    initial = {"look_again_on": today + plan_forms.HOLD_FOR} if name == "plan-hold" else None
    return PLAIN[name](initial=initial, auto_id=auto_id)


def _library(patient: Patient, known: frozenset[str]) -> list[dict[str, Any]]:
    """The exercises of the library, each with what it involves and what speaks against it here."""
    lines = []
    for text in library.in_language(words.language(), "exercise"):
        code = next((one for one in plan.EXERCISE.codes if one.library == text.id), None)
        tags = plan.usual_tags("exercise", code.code, text.id) if code else ()
        lines.append(
            {
                "title": text.title,
                "rhythm": text.rhythm,
                "body": text.body,
                "source": text.source,
                "contested": text.contested,
                "tags": [chips.chip("tag", words.of(plan.TAGS[tag].label)) for tag in tags],
                "warnings": [words.of(one) for one in plan.warnings(tags, known)],
                "held_by": ", ".join(rules.name(pattern) for pattern in text.held_by),
                "address": f"{_address(patient)}?kind=exercise&text={text.id}#plan-add",
            }
        )
    return lines
