"""The triage queue, and a flag's page with its three buttons."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import action, display
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from journal.accounts.models import User
from journal.actions import flags
from journal.actions.refusals import RefusedError
from journal.admin import chips, evidence, moments, rules
from journal.admin.desk import PatientDesk, person
from journal.admin.entries import EntryLine
from journal.admin.filters import OwnerFilter, PatternFilter, StatusFilter, UrgencyFilter
from journal.content import numbers
from journal.models import Entry, Flag, FlagAction

EVIDENCE_SHOWN = 4  # the newest; the others are one press away


class NoteForm(forms.Form):
    note = forms.CharField(
        label="Note (optional)", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ResolveForm(forms.Form):
    outcome = forms.ChoiceField(
        label="What came of it", choices=[("", "Choose…"), *FlagAction.Outcome.choices]
    )
    note = forms.CharField(
        label="Note, for your colleagues and for later",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    useful = forms.TypedChoiceField(
        label=gettext_lazy("Was this flag useful to you?"),
        choices=[("", gettext_lazy("No answer")), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda said: said == "yes",
        empty_value=None,
        required=False,
    )


# The filters that are used many times a day, as links that a keyboard reaches too.
VIEWS = {
    "Unresolved": "",
    "Mine": "owner=mine",
    "Nobody’s": "owner=nobody",
    "Open": "status=open",
    "Acknowledged": "status=acknowledged",
    "Resolved": "status=resolved",
    "Withdrawn": "status=superseded",
    "All": "status=any",
}


def views(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Name, query and whether it is what is shown."""
    shown = request.GET.urlencode()
    return [(name, query, query == shown) for name, query in VIEWS.items()]


Act = Callable[[User, datetime, Flag, dict[str, Any]], Flag]


def _acknowledge(by: User, at: datetime, flag: Flag, said: dict[str, Any]) -> Flag:
    return flags.acknowledge(by=by, at=at, flag=flag, note=said["note"])


def _resolve(by: User, at: datetime, flag: Flag, said: dict[str, Any]) -> Flag:
    return flags.resolve(by=by, at=at, flag=flag, **said)


def _lift_hold(by: User, at: datetime, flag: Flag, said: dict[str, Any]) -> Flag:
    return flags.lift_hold(by=by, at=at, flag=flag, note=said["note"])


BUTTONS: dict[str, tuple[type[forms.Form], Act, str]] = {
    "acknowledge": (NoteForm, _acknowledge, "Acknowledged. The reminders to your team about it stop."),
    "resolve": (ResolveForm, _resolve, "Resolved."),
    "lift-hold": (NoteForm, _lift_hold, "The exercise hold is lifted."),
}


class FlagDesk(PatientDesk):
    """Most urgent first; what is resolved or withdrawn is one filter away, newest first."""

    page_template = "desk/flag.html"
    list_display = ("how_urgent", "who", "why_flagged", "when", "time_left", "owned_by")
    list_display_links = None
    list_filter = (StatusFilter, UrgencyFilter, PatternFilter, OwnerFilter)
    list_before_template = "desk/queue_note.html"
    search_fields = ("patient__name",)
    search_help_text = "Patient's name"
    actions = ("acknowledge_selected",)

    def scope(self, request: HttpRequest) -> QuerySet[Flag]:
        people = ("patient__user", "patient__clinic", "owner__user")
        flags = Flag.objects.visible_to(request.user).select_related(*people)
        closed = request.GET.get(StatusFilter.parameter_name) in StatusFilter.CLOSED
        return flags.order_by("-raised_at", "id") if closed else flags.by_urgency()

    def own_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(self.button_view(name)),
                name=f"journal_flag_{name}",
            )
            for name in BUTTONS
        ]

    # --- the queue ---

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more = {"title": "Triage queue", "views": views(request)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    @display(description="Urgency")
    def how_urgent(self, flag: Flag) -> SafeString:
        below = [] if flag.status == Flag.Status.OPEN else [chips.status(flag)]
        if chips.holds(flag):
            below.append(chips.chip("held", "Exercise held"))
        lines = format_html_join("", '<div class="desk-below">{}</div>', ((one,) for one in below))
        return format_html("{}{}", chips.urgency(flag), lines)

    @display(description="Patient")
    def who(self, flag: Flag) -> SafeString:
        return format_html(
            '<a class="desk-link" href="{}">{}</a><div class="desk-small">{}</div>',
            reverse("admin:accounts_patient_change", args=[flag.patient_id]),
            flag.patient,
            moments.age(flag.patient.born, flag.day),
        )

    @display(description="Why")
    def why_flagged(self, flag: Flag) -> SafeString:
        return format_html(
            '<div class="desk-why"><a class="desk-link" href="{}">{}</a><div>{}</div>{}</div>',
            reverse("admin:journal_flag_change", args=[flag.pk]),
            rules.name(flag.pattern),
            flag.why_clinician or flag.why,
            _remark(chips.unsupported(flag)),
        )

    @display(description="Day of the event")
    def when(self, flag: Flag) -> SafeString:
        return format_html(
            '<div class="desk-nowrap">{}</div><div class="desk-small">{}</div>',
            moments.day(flag.day),
            met_again(flag),
        )

    @display(description="Time to act (patient’s time)")
    def time_left(self, flag: Flag) -> SafeString:
        return format_html(
            '<div class="desk-nowrap">{}</div>'
            '<div class="desk-small desk-nowrap">raised {}</div><div class="desk-small">{}</div>',
            chips.time_to_act(flag, flag.as_of),  # type: ignore[attr-defined]
            moments.short(flag.raised_at, flag.patient.timezone),
            flag.patient.timezone.key,
        )

    @display(description="Owner")
    def owned_by(self, flag: Flag) -> str:
        return str(flag.owner or "nobody")

    @action(description="Acknowledge the chosen flags")
    def acknowledge_selected(self, request: HttpRequest, queryset: QuerySet[Flag]) -> None:
        by, at, done = person(request), timezone.now(), 0
        for flag in queryset:
            try:
                flags.acknowledge(by=by, at=at, flag=flag)
                done += 1
            except RefusedError as refusal:
                messages.warning(request, f"{flag.patient}, {rules.name(flag.pattern)}: {refusal}")
        if done:
            messages.success(request, f"Acknowledged: {done} flag{'s' if done > 1 else ''}.")

    # --- one flag ---

    def page_context(self, request: HttpRequest, thing: Flag, as_of: datetime) -> dict[str, Any]:
        flag = thing
        seen = Entry.objects.filter(patient=flag.patient_id, client_id__in=flag.entry_ids)
        entries = list(seen.order_by("-recorded_at", "-id"))
        return {
            "title": f"{rules.name(flag.pattern)}, {flag.patient}",
            "flag": flag,
            "heading": rules.name(flag.pattern),
            "urgency": chips.urgency(flag),
            "status": chips.status(flag),
            "unsupported": chips.unsupported(flag),
            "exercise": chips.exercise(flag),
            "time_to_act": chips.time_to_act(flag, as_of),
            "age": moments.age(flag.patient.born, flag.day),
            "day": moments.day(flag.day),
            "met": _days(flag.days_met),
            "raised": moments.local(flag.raised_at, flag.patient.timezone),
            "due": moments.local(flag.due_at, flag.patient.timezone),
            "seen": flag.seen_at and moments.local(flag.seen_at, flag.patient.timezone),
            "numbers": sorted(
                (numbers.label(name), numbers.value(name, it)) for name, it in flag.numbers.items()
            ),
            "covered": [(rules.name(pattern), _days(days)) for pattern, days in flag.covered.items()],
            "evidence": [EntryLine(entry) for entry in entries[:EVIDENCE_SHOWN]],
            "evidence_more": [EntryLine(entry) for entry in entries[EVIDENCE_SHOWN:]],
            "deeds": [
                (deed, moments.local(deed.at, flag.patient.timezone))
                for deed in flag.actions.select_related("by").order_by("-at", "-id")
            ],
            **rules.context(flag.pattern),
            **evidence.context(request, flag, as_of, entries),
            "may_acknowledge": flag.status in (Flag.Status.OPEN, Flag.Status.SUPERSEDED),
            "may_resolve": flag.status != Flag.Status.RESOLVED,
            "may_lift_hold": flag.holds_exercise and not flag.hold_lifted_at and chips.may_still_hold(flag),
            "acknowledge_form": NoteForm(auto_id="acknowledge_%s"),
            "resolve_form": ResolveForm(auto_id="resolve_%s"),
            "lift_hold_form": NoteForm(auto_id="lift_%s"),
        }

    def button_view(self, name: str) -> Callable[[HttpRequest, str], HttpResponse]:
        def pressed(request: HttpRequest, object_id: str) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            return self.press(request, name, self.shown(request, object_id))

        return pressed

    def press(self, request: HttpRequest, name: str, flag: Flag) -> HttpResponse:
        """One press of one button: the action's verb once, its refusal in words."""
        form_class, act, thanks = BUTTONS[name]
        form = form_class(request.POST, auto_id=f"{name.split('-', maxsplit=1)[0]}_%s")
        if not form.is_valid():
            return self.page(request, flag, **{f"{name.replace('-', '_')}_form": form})
        try:
            act(person(request), timezone.now(), flag, form.cleaned_data)
            messages.success(request, thanks)
        except RefusedError as refusal:
            messages.warning(request, f"Nothing was changed. {refusal}")
        return redirect("admin:journal_flag_change", flag.pk)


def _days(days: list[str]) -> list[str]:
    return [moments.day(date.fromisoformat(day)) for day in days]


def met_again(flag: Flag) -> str:
    days = len(flag.days_met)
    return f"met on {days} days" if days > 1 else "met once"


def _remark(text: str) -> SafeString | str:
    return format_html('<div class="desk-remark">{}</div>', text) if text else ""
