"""The triage queue, and a flag's page with its buttons."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib.admin import action, display
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.admin import addresses, chips, evidence, flag_deeds, fresh, moments, queue, rules, waiting, words
from journal.admin.desk import PatientDesk
from journal.admin.entries import EntryLine
from journal.admin.filters import OverdueFilter, OwnerFilter, PatternFilter, StatusFilter, UrgencyFilter
from journal.admin.lists import MOST, DeskPaginator
from journal.models import Entry, Flag

EVIDENCE_SHOWN = 4  # the newest; the others are one press away


class FlagDesk(PatientDesk):
    """Most urgent first; what is resolved or withdrawn is one filter away, newest first."""

    page_template = "desk/flag.html"
    list_display = ("how_urgent", "who", "why_flagged", "time_left", "owned_by")
    list_display_links = None
    list_filter = (StatusFilter, UrgencyFilter, OverdueFilter, PatternFilter, OwnerFilter)
    list_before_template = "desk/queue_note.html"
    list_after_template = "desk/queue_forms.html"
    search_fields = ("patient__name",)
    search_help_text = gettext_lazy("Patient’s name")
    actions = ("acknowledge_selected", "assign_selected", "note_selected", "resolve_selected")

    def get_changelist(self, request: HttpRequest, **more: Any) -> type[queue.QueueList]:
        return queue.QueueList

    def get_paginator(self, request: HttpRequest, rows: Any, *given: Any, **more: Any) -> DeskPaginator:
        """The queue as it opens lists what waits, and that is counted already."""
        paginator: DeskPaginator = super().get_paginator(request, rows, *given, **more)
        if not set(request.GET) - {PAGE_VAR}:
            paginator.count = min(waiting.numbers(request).unresolved, MOST)
        return paginator

    def scope(self, request: HttpRequest) -> QuerySet[Flag]:
        people = ("patient__user", "owner__user")
        flags = Flag.objects.visible_to(request.user).select_related(*people)
        closed = request.GET.get(StatusFilter.parameter_name) in StatusFilter.CLOSED
        return flags.order_by("-raised_at", "id") if closed else flags.by_urgency()

    def own_urls(self) -> list[URLPattern]:
        shown = self.admin_site.admin_view
        return [
            path("news/", shown(self.news_view), name="journal_flag_news"),
            path("chosen/<str:place>/", shown(self.chosen_view), name="journal_flag_chosen"),
            *(
                path(
                    f"<path:object_id>/{name}/",
                    shown(self.button_view(name)),
                    name=f"journal_flag_{name}",
                )
                for name in flag_deeds.BUTTONS
            ),
        ]

    # --- the queue ---

    def news_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return queue.news(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        now = waiting.numbers(request)
        more = {
            "title": _("Triage queue"),
            "views": queue.views(request),
            **queue.narrow(request),
            "keys": queue.KEYS,
            "mark": now.mark,
            "open_now": now.open,
        }
        return super().changelist_view(request, {**more, **(extra_context or {})})

    @display(description=gettext_lazy("Urgency"))
    def how_urgent(self, flag: Flag) -> SafeString:
        below = [] if flag.status == Flag.Status.OPEN else [chips.status(flag)]
        if chips.holds(flag):
            below.append(chips.chip("held", _("Exercise held")))
        lines = format_html_join("", '<div class="desk-below">{}</div>', ((one,) for one in below))
        return format_html("{}{}", chips.urgency(flag), lines)

    @display(description=gettext_lazy("Patient"))
    def who(self, flag: Flag) -> SafeString:
        return format_html(
            '<a class="desk-link" href="{}" data-key="p">{}</a><div class="desk-small">{}</div>',
            addresses.of_patient(flag.patient_id),
            flag.patient,
            moments.age(flag.patient.born, flag.day),
        )

    @display(description=gettext_lazy("Why"))
    def why_flagged(self, flag: Flag) -> SafeString:
        return format_html(
            '<div class="desk-why"><a class="desk-link" href="{}">{}</a> '
            '<span class="desk-small">{}, {}</span><div>{}</div>{}{}</div>',
            reverse("admin:journal_flag_change", args=[flag.pk]),
            rules.name(flag.pattern),
            moments.day(flag.day),
            met_again(flag),
            words.why(flag),
            _remark(chips.unsupported(flag)),
            queue.deeds(flag),
        )

    @display(description=gettext_lazy("Time to act (patient’s time)"))
    def time_left(self, flag: Flag) -> SafeString:
        return format_html(
            '<div class="desk-nowrap">{}</div>'
            '<div class="desk-small desk-nowrap">{}</div><div class="desk-small">{}</div>',
            chips.time_to_act(flag, flag.as_of),  # type: ignore[attr-defined]
            _("raised %(at)s") % {"at": moments.short(flag.raised_at, flag.patient.timezone)},
            flag.patient.timezone.key,
        )

    @display(description=gettext_lazy("Owner"))
    def owned_by(self, flag: Flag) -> str:
        return str(flag.owner or _("nobody"))

    @action(description=gettext_lazy("Acknowledge the chosen flags"))
    def acknowledge_selected(self, request: HttpRequest, queryset: QuerySet[Flag]) -> None:
        queue.acknowledge_all(request, queryset)
        self.record(request, queryset, how="deed")

    @action(description=queue.BULK["assign"])
    def assign_selected(self, request: HttpRequest, queryset: QuerySet[Flag]) -> HttpResponse | None:
        return self.bulk(request, queryset, "assign")

    @action(description=queue.BULK["note"])
    def note_selected(self, request: HttpRequest, queryset: QuerySet[Flag]) -> HttpResponse | None:
        return self.bulk(request, queryset, "note")

    @action(description=queue.BULK["resolve"])
    def resolve_selected(self, request: HttpRequest, queryset: QuerySet[Flag]) -> HttpResponse | None:
        return self.bulk(request, queryset, "resolve")

    def bulk(self, request: HttpRequest, chosen: QuerySet[Flag], name: str) -> HttpResponse | None:
        """What was refused is said by name on the next page, so that a deed is a look as well."""
        asked = queue.bulk(request, self.admin_site, chosen, name)
        self.record(request, chosen, how="deed" if asked is None else "list")
        return asked

    def chosen_view(self, request: HttpRequest, place: str) -> HttpResponse:
        """Back from being asked again: the chosen flags, and what was typed about them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        typed = fresh.take_up(request, place)
        if typed is None:
            return redirect("admin:journal_flag_changelist")
        chosen = self.get_queryset(request).filter(pk__in=typed.getlist("_selected_action"))
        self.record(request, chosen, how="list")
        return queue.asked_again(request, self.admin_site, chosen, typed)

    # --- one flag ---

    def page_context(self, request: HttpRequest, thing: Flag, as_of: datetime) -> dict[str, Any]:
        flag = thing
        typed = fresh.take_up(request, str(flag.pk)) if request.method == "GET" else None
        seen = Entry.objects.filter(patient=flag.patient_id, client_id__in=flag.entry_ids)
        entries = list(seen.order_by("-recorded_at", "-id"))
        return {
            "title": f"{rules.name(flag.pattern)}, {flag.patient}",
            "flag": flag,
            "heading": rules.name(flag.pattern),
            "why": words.why(flag),
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
                (words.number(name), words.amount(name, it)) for name, it in flag.numbers.items()
            ),
            "covered": [(rules.name(pattern), _days(days)) for pattern, days in flag.covered.items()],
            "evidence": [EntryLine(entry) for entry in entries[:EVIDENCE_SHOWN]],
            "evidence_more": [EntryLine(entry) for entry in entries[EVIDENCE_SHOWN:]],
            "deeds": [
                (deed, moments.local(deed.at, flag.patient.timezone))
                for deed in flag.actions.select_related("by", "to__user").order_by("-at", "-id")
            ],
            **rules.context(flag.pattern),
            "told": rules.told(flag),
            **evidence.context(request, flag, as_of, entries),
            "may_acknowledge": flag.status in (Flag.Status.OPEN, Flag.Status.SUPERSEDED),
            "may_resolve": flag.status != Flag.Status.RESOLVED,
            "may_lift_hold": flag.holds_exercise and not flag.hold_lifted_at and chips.may_still_hold(flag),
            "may_assign": chips.may_still_hold(flag),
            "next_open": queue.next_open(request, flag),
            **{
                form_name(name): flag_deeds.form_of(
                    name, request, flag, typed if name in flag_deeds.CLOSES else None
                )
                for name in flag_deeds.BUTTONS
            },
            "typed_back": typed.get("back") if typed else None,
        }

    def button_view(self, name: str) -> Callable[[HttpRequest, str], HttpResponse]:
        def pressed(request: HttpRequest, object_id: str) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            return self.press(request, name, self.shown(request, object_id))

        return pressed

    def press(self, request: HttpRequest, name: str, flag: Flag) -> HttpResponse:
        """One press of one button: the action's verb once, its refusal in words; nothing typed is lost."""
        form = flag_deeds.form_of(name, request)
        if not form.is_valid():
            if "back" not in request.POST:
                return self.page(request, flag, **{form_name(name): form})
            queue.refused_in_place(request, form)
        elif name in flag_deeds.CLOSES and not fresh.may_close(request):
            page = reverse("admin:journal_flag_change", args=[flag.pk])
            return fresh.ask(request, place=str(flag.pk), sent=queue.plain(request.POST), then=page)
        elif not flag_deeds.do(request, name, flag, form) and form.said.get("note"):
            again = self.shown(request, str(flag.pk))
            filled = flag_deeds.form_of(name, request, again, queue.plain(request.POST))
            return self.page(request, again, **{form_name(name): filled})
        return queue.return_to(request, flag)


def form_name(button: str) -> str:
    """By which the page knows the form of a button."""
    return f"{button.replace('-', '_')}_form"


def _days(days: list[str]) -> list[str]:
    return [moments.day(date.fromisoformat(day)) for day in days]


def met_again(flag: Flag) -> str:
    days = len(flag.days_met)
    return _("met on %(n)s days") % {"n": days} if days > 1 else _("met once")


def _remark(text: str) -> SafeString | str:
    return format_html('<div class="desk-remark">{}</div>', text) if text else ""
