"""Who was told what, over which channel, how far it came, and why it did not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import action, display
from django.contrib.admin.views.main import ChangeList
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journal.accounts.models import Patient
from journal.actions.refusals import RefusedError
from journal.admin import moments, reading, words
from journal.admin.desk import person
from journal.admin.filters import ChoicesFilter
from journal.admin.lists import NewestMoments
from journal.rows import AnyOf
from reminders import labels
from reminders.actions import deliveries
from reminders.admin.looks import Facts, LookOnly, PatientFilter, link
from reminders.models import Attempt, Delivery


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


class CodeFilter(admin.SimpleListFilter):
    """By a code that no list of choices bounds in the database, in the words of the desk."""

    codes: Mapping[str, str | Promise]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, reading.capital(words.of(said))) for code, said in self.codes.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


class ChannelFilter(CodeFilter):
    title = gettext_lazy("channel")
    parameter_name = "channel"
    codes = labels.CHANNELS


class KindFilter(CodeFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"
    codes = labels.KINDS


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

    list_display = ("what", "about", "who", "whom", "over", "receipt_state", "why", "due")
    list_filter = (
        PatientFilter,
        *((name, ChoicesFilter) for name in ("state", "topic")),
        KindFilter,
        ChannelFilter,
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
        return DeliveryPages(queryset, per_page, self.patients(request))

    def record(self, request: HttpRequest, things: Iterable[Delivery], *, how: str) -> None:
        """A digest is about a clinic: it shows nobody's record."""
        super().record(request, [row for row in things if row.patient_id is not None], how=how)

    def page_context(self, request: HttpRequest, thing: Any, as_of: datetime) -> dict[str, Any]:
        again = {
            "address": reverse("admin:reminders_delivery_again", args=[thing.pk]),
            "label": _("Send again"),
            "note": _("It goes out with the next round, as long as it is still of use."),
        }
        shown = {"title": self.what(thing), "buttons": [again] if self.unsent(thing) else []}
        return {**super().page_context(request, thing, as_of), **shown}

    def unsent(self, row: Delivery) -> bool:
        return row.patient_id is not None and (row.state != Delivery.State.SENT or row.webhook is not None)

    def own_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.again_view)
        return [path("<str:object_id>/again/", view, name="reminders_delivery_again")]

    def again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The button of one delivery's page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = self.shown(request, object_id)
        self.record(request, [row], how="deed")
        self.send_again_selected(request, Delivery.objects.filter(pk=row.pk))
        return HttpResponseRedirect(reverse("admin:reminders_delivery_change", args=[row.pk]))

    @action(description=gettext_lazy("Send the chosen messages again"))
    def send_again_selected(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Each by itself; of what was refused one sentence, with every reason once."""
        by, at, done = person(request), timezone.now(), 0
        refused: Counter[str] = Counter()
        for delivery in queryset:
            try:
                deliveries.send_again(by=by, at=at, delivery=delivery)
                done += 1
            except RefusedError as refusal:
                refused[words.refused(refusal)] += 1
        if refused:
            messages.warning(request, _not_again(refused))
        if done:
            said = ngettext("On the way again: %(n)s message.", "On the way again: %(n)s messages.", done)
            messages.success(request, said % {"n": done})

    @display(description=gettext_lazy("What"))
    def what(self, row: Delivery) -> str:
        return reading.capital(labels.kind(row.kind))

    @display(description=gettext_lazy("About"))
    def about(self, row: Delivery) -> str | SafeString:
        """The short id that mails name, and the way to the flag or the turn; nothing of what they say."""
        if row.kind.startswith("reminder."):
            return link(reverse("admin:reminders_occurrence_change", args=[row.subject_id]), _("Turn"))
        if row.kind.startswith("flag.") and row.patient_id is not None:
            short = _("Flag %(id)s") % {"id": row.subject_id.hex[:8]}
            return link(reverse("admin:journal_flag_change", args=[row.subject_id]), short)
        return "–"

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
        return labels.channel(row.channel)

    @display(description=gettext_lazy("Receipt"))
    def receipt_state(self, row: Delivery) -> str:
        return words.of(row.receipt)

    @display(description=gettext_lazy("Why not"))
    def why(self, row: Delivery) -> str:
        """With the count of attempts where there were several."""
        said = labels.reason(row.last_error)
        if not said or row.attempts < 2:
            return said
        tries = ngettext("%(n)s attempt", "%(n)s attempts", row.attempts) % {"n": row.attempts}
        return f"{said} ({tries})"

    @display(description=gettext_lazy("Due (recipient’s time)"))
    def due(self, row: Delivery) -> SafeString:
        zone = row.zone
        return format_html(
            '<div class="desk-nowrap">{}</div><div class="desk-small">{}</div>',
            moments.clock(row.due_at, zone),
            zone.key,
        )

    def moment(self, row: Delivery, at: datetime | None) -> str:
        return moments.local(at, row.zone) if at else _("no")

    def facts(self, row: Delivery) -> Facts:
        return [
            (_("What"), self.what(row)),
            (_("About"), self.about(row)),
            (_("To"), self.whom(row)),
            (_("Over"), self.over(row)),
            (_("Receipt"), words.of(row.receipt)),
            (_("State"), words.of(row.get_state_display())),
            (_("Due"), self.moment(row, row.due_at)),
            (_("Sent"), self.moment(row, row.sent_at)),
            (_("Delivered"), self.moment(row, row.delivered_at)),
            (_("Opened"), self.moment(row, row.opened_at)),
            (_("Done or skipped"), self.moment(row, row.acted_at)),
            (_("Snoozed"), self.moment(row, row.snoozed_at)),
            (_("Useless after"), moments.local(row.expires_at, row.zone) if row.expires_at else _("never")),
            (_("Why not"), labels.reason(row.last_error) or "–"),
            (_("Attempts"), row.attempts),
            *((_("Attempt %(n)s") % {"n": each.number}, self.attempt(row, each)) for each in row.tries.all()),
        ]

    def attempt(self, row: Delivery, tried: Attempt) -> str:
        came_of_it = words.of(tried.code) or _("went out")
        return f"{moments.to_the_second(tried.at, row.zone)}: {came_of_it}"


def _not_again(refused: Counter[str]) -> str:
    """`Not sent again: 3 messages. This message is sent already.`; several reasons each with their count."""
    many = len(refused) > 1
    count = ngettext("Not sent again: %(n)s message.", "Not sent again: %(n)s messages.", refused.total())
    reasons = (f"{why} ({n})" if many else why for why, n in refused.most_common())
    return " ".join([count % {"n": refused.total()}, *reasons])
