"""The clinic's patients, and one patient's last four weeks."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.admin import display
from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from journal.accounts.models import Patient
from journal.admin import additions, care, care_lines, chips, moments, rules, tasks
from journal.admin.entries import EntryLine
from journal.admin.filters import CaseloadFilter
from journal.admin.flags import time_to_act
from journal.models import Entry, Flag

DAYS_SHOWN = 28


class PatientListDesk(care.CareDesk):
    """By name; who has not logged for long is seen at a glance."""

    page_template = "desk/patient.html"
    list_display = ("who", "age", "last_entry", "flags_open", "physio")
    list_display_links = None
    list_filter = (CaseloadFilter,)
    search_fields = ("name",)
    search_help_text = "Name"

    def patient_of(self, thing: Patient) -> Patient:
        return thing

    def scope(self, request: HttpRequest) -> QuerySet[Patient]:
        return (
            Patient.objects.visible_to(request.user)
            .select_related("user", "clinic", "physiotherapist__user")
            .annotate(last_day=Subquery(_last_day()), unresolved=Coalesce(Subquery(_unresolved()), 0))
            .order_by("name", "id")
        )

    @display(description="Patient")
    def who(self, patient: Patient) -> SafeString:
        address = reverse("admin:accounts_patient_change", args=[patient.pk])
        return format_html('<a class="desk-link" href="{}">{}</a>', address, patient)

    @display(description="Age")
    def age(self, patient: Patient) -> str:
        return moments.age(patient.born, today_of(patient))

    @display(description="Last entry")
    def last_entry(self, patient: Patient) -> SafeString:
        last: date | None = patient.last_day  # type: ignore[attr-defined]
        if last is None:
            return format_html('<span class="desk-remark">{}</span>', "nothing logged yet")
        return format_html(
            '{}<div class="desk-small">{}</div>', moments.day(last), _ago(last, today_of(patient))
        )

    @display(description="Unresolved flags")
    def flags_open(self, patient: Patient) -> str:
        count: int = patient.unresolved  # type: ignore[attr-defined]
        return str(count) if count else "none"

    @display(description="Physiotherapist")
    def physio(self, patient: Patient) -> str:
        return str(patient.physiotherapist or "nobody")

    def page_context(self, request: HttpRequest, thing: Patient, as_of: datetime) -> dict[str, Any]:
        today = today_of(thing)
        flags = Flag.objects.filter(patient=thing).select_related("owner__user").by_urgency()
        return {
            "patient": thing,
            "age": moments.age(thing.born, today),
            **care_lines.context(thing, today),
            "tasks": tasks.lines(thing, today),
            "cards": additions.cards(thing, as_of),
            "enrolled": moments.day(thing.enrolled_at.astimezone(thing.timezone).date()),
            "now": moments.local(as_of, thing.timezone),
            "unresolved_flags": [_line(flag, as_of) for flag in flags.unresolved()],
            "closed_flags": [
                _line(flag, as_of) for flag in flags.exclude(status__in=["open", "acknowledged"])[:20]
            ],
            "days": last_days(thing, today),
            "days_shown": DAYS_SHOWN,
        }


def _last_day() -> QuerySet[Any]:
    mine = Entry.objects.current().filter(patient=OuterRef("pk")).order_by().values("patient")
    return mine.annotate(last=Max("local_date")).values("last")


def _unresolved() -> QuerySet[Any]:
    mine = Flag.objects.unresolved().filter(patient=OuterRef("pk")).order_by().values("patient")
    return mine.annotate(count=Count("pk", output_field=IntegerField())).values("count")


def today_of(patient: Patient) -> date:
    """The patient's own day at the moment the page was asked for."""
    as_of: datetime = patient.as_of  # type: ignore[attr-defined]
    return as_of.astimezone(patient.timezone).date()


def _ago(day: date, today: date) -> str:
    days = (today - day).days
    if days <= 0:
        return "today"
    return "yesterday" if days == 1 else f"{days} days ago"


def _line(flag: Flag, as_of: datetime) -> dict[str, Any]:
    return {
        "address": reverse("admin:journal_flag_change", args=[flag.pk]),
        "heading": rules.name(flag.pattern),
        "urgency": chips.urgency(flag),
        "status": chips.status(flag),
        "why": flag.why_clinician or flag.why,
        "day": moments.day(flag.day),
        "time_to_act": time_to_act(flag, as_of),
        "exercise": chips.exercise(flag),
        "unsupported": chips.unsupported(flag),
    }


def last_days(patient: Patient, today: date) -> list[dict[str, Any]]:
    """The last 28 local days, newest first: a day's entries, or a run of days without any, said so."""
    first = today - timedelta(days=DAYS_SHOWN - 1)
    said: dict[date, list[EntryLine]] = defaultdict(list)
    for entry in (
        Entry.objects.current().filter(patient=patient, local_date__gte=first).order_by("-recorded_at")
    ):
        said[entry.local_date].append(EntryLine(entry))
    # An entry may lie a day ahead of the patient's present zone; it is shown, not lost.
    newest = max([today, *said])
    return _with_gaps(said, [newest - timedelta(days=back) for back in range((newest - first).days + 1)])


def _with_gaps(said: dict[date, list[EntryLine]], days: list[date]) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for day in days:
        if day in said:
            lines.append({"day": moments.day(day), "entries": said[day]})
        elif lines and "gap" in lines[-1]:
            lines[-1]["gap"] += 1
            lines[-1]["from"] = moments.day(day)
        else:
            lines.append({"day": moments.day(day), "from": moments.day(day), "gap": 1})
    return lines
