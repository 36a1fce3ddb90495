"""Entries as sentences: what the patient said, when, and what it said before it was edited."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.admin import addresses, chips, moments, reading
from journal.admin.desk import PatientDesk
from journal.admin.lists import NewestDays
from journal.models import Entry, EntryVersion
from journal.models.entries import SaidByPatient


class Said:
    """One version of one entry, ready to be read."""

    def __init__(self, said: SaidByPatient) -> None:
        zone = said_in(said)
        self.day = moments.day(said.local_date)
        self.said_at = moments.local(said.recorded_at, zone)
        self.received_at = moments.local(said.received_at, zone)
        self.told = reading.told(said.report)
        self.answers = reading.answers(said.report)
        self.headline = reading.headline(said.report)


class EntryLine(Said):
    """An entry among others, with its page."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry)
        self.address = reverse("admin:journal_entry_change", args=[entry.pk])
        self.deleted = entry.deleted_at is not None
        self.edited = entry.version > 1
        self.earlier: list[tuple[int, Said]] = []


def said_in(said: SaidByPatient) -> ZoneInfo:
    """The zone of the phone at that moment."""
    return ZoneInfo(said.timezone)


class EntryDesk(PatientDesk):
    """The newest day first."""

    paginator = NewestDays
    page_template = "desk/entry.html"
    list_display = ("day", "who", "what", "marks")
    list_display_links = None
    search_fields = ("patient__name",)
    search_help_text = gettext_lazy("Patient’s name")

    def scope(self, request: HttpRequest) -> QuerySet[Entry]:
        entries = Entry.objects.visible_to(request.user).select_related("patient__user")
        return entries.order_by("-local_date", "-recorded_at", "-id")

    @display(description=gettext_lazy("Day"))
    def day(self, entry: Entry) -> SafeString:
        return format_html(
            '<a class="desk-link desk-nowrap" href="{}">{}</a><div class="desk-small">{} {}</div>',
            reverse("admin:journal_entry_change", args=[entry.pk]),
            moments.day(entry.local_date),
            f"{entry.recorded_at.astimezone(said_in(entry)):%H:%M}",
            entry.timezone,
        )

    @display(description=gettext_lazy("Patient"))
    def who(self, entry: Entry) -> SafeString:
        address = addresses.of_patient(entry.patient_id)
        return format_html('<a class="desk-link" href="{}">{}</a>', address, entry.patient)

    @display(description=gettext_lazy("What stands out"))
    def what(self, entry: Entry) -> SafeString:
        return format_html('<div class="desk-why">{}</div>', reading.headline(entry.report))

    @display(description=gettext_lazy("Marks"))
    def marks(self, entry: Entry) -> SafeString:
        return format_html(
            "{}{}",
            chips.chip("superseded", _("Deleted by the patient")) if entry.deleted_at else "",
            chips.chip("information", _("Edited, version %(n)s") % {"n": entry.version})
            if entry.version > 1
            else "",
        )

    def page_context(self, request: HttpRequest, thing: Entry, as_of: datetime) -> dict[str, Any]:
        earlier = EntryVersion.objects.filter(entry=thing, patient=thing.patient_id).order_by("-version")
        deleted = thing.deleted_at
        return {
            "title": _("Entry of %(day)s, %(who)s")
            % {"day": moments.day(thing.local_date), "who": thing.patient},
            "entry": thing,
            "said": EntryLine(thing),
            "deleted": deleted and moments.local(deleted, thing.patient.timezone),
            "earlier": [(version.version, Said(version)) for version in earlier],
        }
