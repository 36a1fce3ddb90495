"""Reminders and what was sent, to look at: nothing here is edited, and no message's text is shown."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.contrib.admin import action, display
from django.contrib.admin.views.main import ChangeList
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journal.accounts.models import Patient
from journal.actions.refusals import RefusedError
from journal.admin import care, moments, names, rhythms, rules, words
from journal.admin.desk import PatientDesk, person
from journal.admin.filters import ChoicesFilter
from journal.admin.lists import NewestDays, NewestMoments
from journal.models import Flag
from journal.rows import AnyOf
from reminders import pause_panel
from reminders.actions import deliveries
from reminders.models import Attempt, Delivery, Occurrence, Reminder

care.DEEDS.update(pause_panel.DEEDS)
names.give(
    {
        Reminder: (gettext_lazy("reminder"), gettext_lazy("reminders")),
        Occurrence: (gettext_lazy("turn"), gettext_lazy("turns")),
        Delivery: (gettext_lazy("delivery"), gettext_lazy("deliveries")),
    },
    {
        Reminder: {"kind": gettext_lazy("kind"), "active": gettext_lazy("active")},
        Occurrence: {"state": gettext_lazy("state"), "reminder": gettext_lazy("reminder")},
        Delivery: {
            "state": gettext_lazy("state"),
            "topic": gettext_lazy("topic"),
            "channel": gettext_lazy("channel"),
            "attempts": gettext_lazy("attempts"),
        },
    },
)

Facts = list[tuple[str, Any]]
NAMES: dict[str, str | Promise] = {
    "flag.opened": gettext_lazy("new flag"),
    "flag.reopened": gettext_lazy("flag opened again"),
    "flag.chased": gettext_lazy("flag still unacknowledged"),
    "flag.acknowledged": gettext_lazy("flag acknowledged"),
    "flag.resolved": gettext_lazy("flag resolved"),
    "flag.digest": gettext_lazy("Morning digest"),
    "patient.left": gettext_lazy("patient with a flag has left"),
    "glass.broken": gettext_lazy("Opened by operators"),
    "message.sent": gettext_lazy("Message"),
    **{f"reminder.{kind}": label for kind, label in Reminder.Kind.choices},
}
CHANNELS = {
    "inbox": gettext_lazy("Inbox"),
    "email": gettext_lazy("E-mail"),
    "push": gettext_lazy("Push"),
    "webhook": gettext_lazy("Webhook"),
}


def _held_by(flag: Flag) -> str:
    return f"{rules.name(flag.pattern)}, {moments.day(flag.day)}"


class LookOnly(PatientDesk):
    """Rows of the patients whom the viewer may see; every look is recorded, as on all of the desk."""

    page_template = "desk/facts.html"
    people: tuple[str, ...] = ("patient__user", "patient__clinic")
    newest_first = "-id"

    def scope(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.visible_to(request.user)
        return rows.select_related(*self.people).order_by(self.newest_first, "pk")

    @display(description=gettext_lazy("Patient"))
    def who(self, row: Any) -> SafeString:
        address = reverse("admin:accounts_patient_change", args=[row.patient_id])
        return format_html('<a class="desk-link" href="{}">{}</a>', address, row.patient)

    def page_context(self, request: HttpRequest, thing: Any, as_of: datetime) -> dict[str, Any]:
        return {"facts": [(_("Patient"), self.who(thing)), *self.facts(thing)]}

    def facts(self, row: Any) -> Facts:
        """What the page of one row says beside the patient."""
        return []


@admin.register(Reminder)
class ReminderAdmin(LookOnly):
    """When a patient is reminded of what."""

    list_display = ("__str__", "who", "kind_of", "at", "state", "next_time")
    list_filter = (("kind", ChoicesFilter), "active")
    newest_first = "patient"

    @display(description=gettext_lazy("Kind"))
    def kind_of(self, row: Reminder) -> str:
        return words.of(row.get_kind_display())

    @display(description=gettext_lazy("Time of day"))
    def at(self, row: Reminder) -> str:
        return f"{row.local_time:%H:%M} ({row.timezone.key})"

    @display(description=gettext_lazy("Next"))
    def next_time(self, row: Reminder) -> str:
        """In the zone that stands beside the time of day."""
        return moments.clock(row.next_due_at, row.timezone) if row.next_due_at else "–"

    @display(description=gettext_lazy("State"))
    def state(self, row: Reminder) -> str:
        if row.deleted_at:
            return _("deleted by the patient")
        if not row.active:
            return _("switched off")
        return _("active") if row.next_due_at else _("over")

    def facts(self, row: Reminder) -> Facts:
        return [
            (_("Kind"), words.of(row.get_kind_display())),
            (_("Time of day"), self.at(row)),
            (_("Rhythm"), rhythms.words(row.rrule)),
            (_("Over"), ", ".join(words.of(Reminder.Channel(name).label) for name in row.channels)),
            (_("First day"), moments.day(row.starts_on)),
            (_("State"), self.state(row)),
            (_("Next"), self.next_time(row)),
        ]


@admin.register(Occurrence)
class OccurrenceAdmin(LookOnly):
    """What became of each turn."""

    list_display = ("day", "who", "reminder", "became", "held")
    list_filter = (("state", ChoicesFilter),)
    people = (*LookOnly.people, "reminder", "held_by")
    newest_first = "-local_date"
    paginator = NewestDays

    @display(description=gettext_lazy("Day"))
    def day(self, row: Occurrence) -> str:
        return moments.day(row.local_date)

    @display(description=gettext_lazy("State"))
    def became(self, row: Occurrence) -> str:
        return words.of(row.get_state_display())

    @display(description=gettext_lazy("Held by"))
    def held(self, row: Occurrence) -> str:
        return _held_by(row.held_by) if row.held_by else "–"

    def facts(self, row: Occurrence) -> Facts:
        return [
            (_("Day"), moments.day(row.local_date)),
            (_("Reminder"), row.reminder.title),
            (_("State"), words.of(row.get_state_display())),
            (_("Reason"), words.of(row.reason) or _("none")),
            (_("Held by"), _held_by(row.held_by) if row.held_by else _("nothing")),
        ]


class TimeFilter(admin.SimpleListFilter):
    """The last four weeks unless asked otherwise: of all that there ever was, a large clinic has millions."""

    title = gettext_lazy("time")
    parameter_name = "time"
    USUAL = 28
    LATELY = gettext_lazy("The last 28 days")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("365", _("The last 12 months")), ("all", _("All"))]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        unset, *rest = super().choices(changelist)
        yield {**unset, "display": self.LATELY}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        if self.value() == "all":
            return queryset
        days = 365 if self.value() == "365" else self.USUAL
        return queryset.filter(due_at__gte=timezone.now() - timedelta(days=days))


class ReceiptFilter(admin.SimpleListFilter):
    """How far it is known to have come."""

    title = gettext_lazy("receipt")
    parameter_name = "receipt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(word, words.of(word).capitalize()) for word in ("delivered", "opened", "acted", "snoozed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return queryset.filter(**{f"{self.value()}_at__isnull": False}) if self.value() else queryset


class DeliveryPages(NewestMoments):
    """Those about patients and those about the clinic as a whole, each by itself: the index of patients
    serves either, and neither when both are asked for at once.
    """

    def __init__(self, rows: QuerySet[Delivery], per_page: int, patients: QuerySet[Patient]) -> None:
        super().__init__(rows, per_page)
        self.among = ArraySubquery(patients.values("pk"))

    def how_many(self, rows: QuerySet[Delivery], most: int) -> int:
        return min(self._either(rows.order_by(), most).count(), most)

    def keys(self, rows: QuerySet[Delivery], start: int, end: int) -> list[int]:
        """Found before the rows: joined to them, all deliveries of these days would be read again."""
        found = self._either(rows, end).order_by("-due_at", "pk")[start:end]
        return [one["pk"] for one in found]

    def _either(self, rows: QuerySet[Delivery], most: int) -> QuerySet[Delivery, Any]:
        of_patients, of_the_clinic = self.arms(rows, most)
        return of_patients.union(of_the_clinic, all=True)

    def arms(self, rows: QuerySet[Delivery], most: int) -> list[QuerySet[Delivery, Any]]:
        """Keys of the first of each, with what they are sorted by."""
        either = rows.filter(AnyOf("patient", self.among)), rows.filter(patient=None)
        return [one.values("pk", "due_at")[:most] for one in either]


@admin.register(Delivery)
class DeliveryAdmin(LookOnly):
    """Who was told what, over which channel, how far it came, and why it did not."""

    list_display = ("what", "who", "whom", "over", "receipt_state", "tried", "why", "due", "sent")
    list_filter = (
        *((name, ChoicesFilter) for name in ("state", "topic", "channel")),
        ReceiptFilter,
        TimeFilter,
    )
    newest_first = "-due_at"
    list_before_template = "reminders/deliveries_note.html"
    people = (*LookOnly.people, "to__clinician__clinic", "device", "webhook__clinic")
    actions = ("send_again_selected",)

    def scope(self, request: HttpRequest) -> QuerySet[Delivery]:
        rows = Delivery.objects.visible_to(person(request))
        return rows.select_related(*self.people).order_by(self.newest_first, "pk")

    def get_paginator(
        self, request: HttpRequest, queryset: QuerySet[Delivery], per_page: int, *_more: Any
    ) -> DeliveryPages:
        return DeliveryPages(queryset, per_page, Patient.objects.visible_to(person(request)))

    def record(self, request: HttpRequest, things: Iterable[Delivery], *, how: str) -> None:
        """A digest is about a clinic: it shows nobody's record."""
        super().record(request, [row for row in things if row.patient_id is not None], how=how)

    def page_context(self, request: HttpRequest, thing: Any, as_of: datetime) -> dict[str, Any]:
        title = str(NAMES.get(thing.kind, words.of(thing.get_topic_display())))
        return {**super().page_context(request, thing, as_of), "title": title}

    def zone(self, row: Delivery) -> ZoneInfo:
        """The patient's; of a digest, the clinic's."""
        place = row.patient or (row.to.clinician.clinic if row.to else None)
        zone: ZoneInfo = place.timezone if place else ZoneInfo("UTC")
        return zone

    @action(description=gettext_lazy("Send the chosen messages again"))
    def send_again_selected(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        by, at, done = person(request), timezone.now(), 0
        for delivery in queryset:
            try:
                deliveries.send_again(by=by, at=at, delivery=delivery)
                done += 1
            except RefusedError as refusal:
                messages.warning(request, f"{delivery.subject_id.hex[:8]}: {words.refused(refusal)}")
        if done:
            said = ngettext("On the way again: %(n)s message.", "On the way again: %(n)s messages.", done)
            messages.success(request, said % {"n": done})

    @display(description=gettext_lazy("What"))
    def what(self, row: Delivery) -> SafeString:
        """The short id that mails name, and the way to the flag; nothing of what the flag says."""
        name = words.of(NAMES.get(row.kind, row.kind))
        if row.patient_id is None or row.topic == Delivery.Topic.REMINDER:
            return format_html("{}", name)
        address = reverse("admin:journal_flag_change", args=[row.subject_id])
        return format_html(
            '<a class="desk-link" href="{}">{}</a><div class="desk-small">{}</div>',
            address,
            _("Flag %(id)s") % {"id": row.subject_id.hex[:8]},
            name,
        )

    @display(description=gettext_lazy("Patient"))
    def who(self, row: Delivery) -> SafeString:
        return super().who(row) if row.patient_id else format_html("{}", _("the whole clinic"))

    @display(description=gettext_lazy("To"))
    def whom(self, row: Delivery) -> str:
        return str(row.to or row.webhook)

    @display(description=gettext_lazy("Over"))
    def over(self, row: Delivery) -> str:
        if row.device:
            return f"{words.of(row.device.get_kind_display())}, {words.of(str(row.device))}"
        return str(CHANNELS.get(row.channel, row.channel))

    @display(description=gettext_lazy("Receipt"))
    def receipt_state(self, row: Delivery) -> str:
        return words.of(row.receipt)

    @display(description=gettext_lazy("Attempts"))
    def tried(self, row: Delivery) -> int:
        return row.attempts

    @display(description=gettext_lazy("Why not"))
    def why(self, row: Delivery) -> str:
        return words.of(row.last_error)

    @display(description=gettext_lazy("Due (patient’s time)"))
    def due(self, row: Delivery) -> str:
        return moments.local(row.due_at, self.zone(row))

    @display(description=gettext_lazy("Sent (patient’s time)"))
    def sent(self, row: Delivery) -> str:
        return self.moment(row, row.sent_at)

    def moment(self, row: Delivery, at: datetime | None) -> str:
        return moments.local(at, self.zone(row)) if at else _("no")

    def facts(self, row: Delivery) -> Facts:
        return [
            (_("What"), self.what(row)),
            (_("To"), self.whom(row)),
            (_("Over"), self.over(row)),
            (_("Receipt"), words.of(row.receipt)),
            (_("State"), words.of(row.get_state_display())),
            (_("Due"), self.due(row)),
            (_("Sent"), self.sent(row)),
            (_("Delivered"), self.moment(row, row.delivered_at)),
            (_("Opened"), self.moment(row, row.opened_at)),
            (_("Done or skipped"), self.moment(row, row.acted_at)),
            (_("Snoozed"), self.moment(row, row.snoozed_at)),
            (
                _("Useless after"),
                moments.local(row.expires_at, self.zone(row)) if row.expires_at else _("never"),
            ),
            (_("Last error"), words.of(row.last_error) or _("none")),
            (_("Attempts"), row.attempts),
            *((_("Attempt %(n)s") % {"n": each.number}, self.attempt(row, each)) for each in row.tries.all()),
        ]

    def attempt(self, row: Delivery, tried: Attempt) -> str:
        became = words.of(tried.code) or _("went out")
        return f"{moments.local(tried.at, self.zone(row))}: {became}"
