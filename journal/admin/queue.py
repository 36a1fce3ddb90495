"""The queue as a place to work in: deeds in a row, deeds on many rows, and word of what came in meanwhile."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journal.actions import flags
from journal.actions.refusals import RefusedError
from journal.admin import flag_deeds, fresh, rules, waiting, words
from journal.admin.chips import URGENCY_WORDS
from journal.admin.desk import clinician_of, person
from journal.admin.filters import OwnerFilter
from journal.admin.lists import DeskList, asked_for, narrowing
from journal.models import Flag, FlagAction

# The filters that are used many times a day, as links that a keyboard reaches too.
VIEWS = {
    gettext_lazy("Unresolved"): "",
    gettext_lazy("Mine"): "owner=mine",
    gettext_lazy("Nobody’s"): "owner=nobody",
    gettext_lazy("Overdue"): "overdue=yes",
    gettext_lazy("Open"): "status=open",
    gettext_lazy("Acknowledged"): "status=acknowledged",
    gettext_lazy("Resolved"): "status=resolved",
    gettext_lazy("Withdrawn"): "status=superseded",
    gettext_lazy("All"): "status=any",
}
# Key and what it does; the script knows the same ones.
KEYS = (
    ("j", gettext_lazy("next flag")),
    ("k", gettext_lazy("flag before")),
    (gettext_lazy("Enter"), gettext_lazy("open the flag’s page")),
    ("p", gettext_lazy("open the patient’s page")),
    ("a", gettext_lazy("acknowledge")),
    ("e", gettext_lazy("assign, note or resolve, here in the list")),
    ("x", gettext_lazy("choose the flag, to deal with several at once")),
    ("/", gettext_lazy("search")),
    ("?", gettext_lazy("this list")),
)
BULK = {
    "assign": gettext_lazy("Assign the chosen flags"),
    "note": gettext_lazy("Add one note to the chosen flags"),
    "resolve": gettext_lazy("Resolve the chosen flags"),
}
DONE = {
    "acknowledge": gettext_lazy("Acknowledged"),
    "assign": gettext_lazy("Assigned"),
    "note": gettext_lazy("Noted"),
    "resolve": gettext_lazy("Resolved"),
}


class QueueList(DeskList):
    """Rows with the deeds that the viewer may do on them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        people = flag_deeds.colleagues(request) if clinician_of(request) else []
        outcomes = _options(words.choices(FlagAction.Outcome.choices))
        names = [(one.pk, str(one)) for one in people]
        owners = {owner: _options(names, owner) for owner in {flag.owner_id for flag in self.result_list}}
        for flag in self.result_list:
            flag.colleagues = people
            flag.owners, flag.outcomes = owners[flag.owner_id], outcomes
            flag.look = flags.look_of(flag)


def _options(choices: Iterable[tuple[Any, Any]], not_again: Any = None) -> SafeString:
    """As they stand in the form of each row: made once for the page, for they are rows times people."""
    marked = ((value, mark_safe(" disabled" if value == not_again else ""), name) for value, name in choices)  # noqa: S308
    return format_html_join("", '<option value="{}"{}>{}</option>', marked)


def views(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Name, query and whether it is what is shown."""
    shown = asked_for(request)
    return [(str(name), query, query == shown) for name, query in VIEWS.items()]


def narrow(request: HttpRequest) -> dict[str, Any]:
    """Urgency, pattern and owner as three choices that a keyboard reaches; what else is asked for stays."""
    patterns = [(one, rules.name(one)) for one in waiting.patterns(request)]
    choices = {
        "urgency": (
            _("Urgency"),
            _("Any urgency"),
            [(one.value, str(it)) for one, it in URGENCY_WORDS.items()],
        ),
        "pattern": (_("Pattern"), _("Any pattern"), patterns),
        "owner": (_("Owner"), _("Whole clinic"), OwnerFilter.offered()),
    }
    return narrowing(request, choices, kept=("status", "overdue", "q"))


def deeds(flag: Flag) -> SafeString | str:
    """What can be done with one row, without leaving the list; nothing for those who only read."""
    people = getattr(flag, "colleagues", [])
    if not people:
        return ""
    context = {
        "flag": flag,
        "owners": flag.owners,  # type: ignore[attr-defined]
        "outcomes": flag.outcomes,  # type: ignore[attr-defined]
        "may_acknowledge": flag.status == Flag.Status.OPEN,
        "may_assign": flag.status in (Flag.Status.OPEN, Flag.Status.ACKNOWLEDGED),
        "may_resolve": flag.status != Flag.Status.RESOLVED,
        "seen": flag.look,  # type: ignore[attr-defined]
    }
    return render_to_string("desk/queue_deeds.html", context)


def back(sent: str) -> str:
    """The queue with the filters it had; only ever the queue, whatever was sent."""
    query = QueryDict(sent[:500]).urlencode()
    return f"{reverse('admin:journal_flag_changelist')}{'?' if query else ''}{query}"


def news(request: HttpRequest) -> HttpResponse:
    """What a page that lies open asks now and then. No name, no pattern: there is no look to record."""
    now = waiting.numbers(request)
    answer = JsonResponse({"open": now.open, "mark": now.mark})
    answer["Cache-Control"] = "no-store"
    return answer


def acknowledge_all(request: HttpRequest, chosen: QuerySet[Flag]) -> None:
    _each(request, chosen, "acknowledge", lambda flag, seen: _acknowledged(request, flag, seen))


def _acknowledged(request: HttpRequest, flag: Flag, seen: str) -> None:
    flags.acknowledge(by=person(request), at=timezone.now(), flag=flag, seen=seen)


def bulk(request: HttpRequest, site: Any, chosen: QuerySet[Flag], name: str) -> HttpResponse | None:
    """Asks once what to do with all of them, then does it flag by flag; None once it was done."""
    form_class, act, _thanks = flag_deeds.BUTTONS[name]
    people = flag_deeds.colleagues(request)
    form = form_class(request.POST if "confirmed" in request.POST else None, people=people, auto_id="bulk_%s")
    if not form.is_bound or not form.is_valid():
        return question(request, site, chosen, name, form=form, sent=request.POST)
    if name in flag_deeds.CLOSES and not fresh.may_close(request):
        sent, place = plain(request.POST), get_random_string(12)
        sent.setlist("_selected_action", [str(flag.pk) for flag in chosen])
        page = reverse("admin:journal_flag_chosen", args=[place])
        return fresh.ask(request, place=place, sent=sent, then=page)
    said = form.said
    by, at = person(request), timezone.now()
    _each(request, chosen, name, lambda flag, seen: act(by, at, flag, {**said, "seen": seen}))
    return None


def asked_again(request: HttpRequest, site: Any, chosen: QuerySet[Flag], typed: QueryDict) -> HttpResponse:
    """The question about the flags to close, filled in."""
    form = flag_deeds.ResolveForm(initial=typed.dict(), auto_id="bulk_%s")
    return question(request, site, chosen, "resolve", form=form, sent=typed)


def question(
    request: HttpRequest,
    site: Any,
    chosen: QuerySet[Flag],
    name: str,
    *,
    form: flag_deeds.SeenForm,
    sent: QueryDict,
) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": str(BULK[name]),
        "form": form,
        "action": f"{name}_selected",
        "chosen": [(flag, rules.name(flag.pattern), _seen(sent, flag)) for flag in chosen],
        "back": reverse("admin:journal_flag_changelist"),
    }
    return TemplateResponse(request, "desk/queue_bulk.html", context)


def plain(sent: QueryDict) -> QueryDict:
    """What a person typed, without the form's own token."""
    typed = sent.copy()
    typed.pop("csrfmiddlewaretoken", None)
    return typed


def _seen(sent: QueryDict, flag: Flag) -> str:
    return sent.get(f"seen-{flag.pk}", "")[:16]


def _each(
    request: HttpRequest, chosen: QuerySet[Flag], name: str, act: Callable[[Flag, str], object]
) -> None:
    """One transaction a flag: what is refused is said by name, the others are done."""
    done = 0
    for flag in chosen:
        try:
            act(flag, _seen(request.POST, flag))
            done += 1
        except RefusedError as refusal:
            messages.warning(request, f"{flag.patient}, {rules.name(flag.pattern)}: {words.refused(refusal)}")
    if done:
        count = ngettext("%(n)s flag", "%(n)s flags", done) % {"n": done}
        messages.success(request, f"{DONE[name]}: {count}.")


def next_open(request: HttpRequest, flag: Flag) -> str:
    """Where the most urgent flag is that nobody has looked at yet, other than this one; or empty."""
    opened = Flag.objects.visible_to(request.user).open().exclude(pk=flag.pk).by_urgency()
    found = opened.values_list("pk", flat=True).first()
    return reverse("admin:journal_flag_change", args=[found]) if found else ""


def refused_in_place(request: HttpRequest, form: flag_deeds.SeenForm) -> None:
    """An incomplete form of a row is answered above the list."""
    wrong = ", ".join(str(form.fields[name].label) for name in form.errors if name in form.fields)
    messages.warning(request, _("Nothing was changed. Please fill in: %(fields)s.") % {"fields": wrong})


def return_to(request: HttpRequest, flag: Flag) -> HttpResponse:
    """Where the button was pressed: in the list, or on the flag's own page."""
    if "back" in request.POST:
        return redirect(back(request.POST["back"]))
    return redirect("admin:journal_flag_change", flag.pk)
