"""The care plan as lines: what each item says, why it is held, what it said before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.accounts.models import Patient
from journal.actions import care_plan
from journal.actions.care_plan import Hold
from journal.admin import chips, moments, reading, rhythms, rules, words
from journal.content import library, plan
from journal.models import CareItem, CareItemVersion, ExercisePause


def titled(kind: str, label: str) -> str:
    """`Medicine: denosumab`; a kind with one thing in it says that alone."""
    return kind if label.startswith(kind.lower()) else f"{kind}: {label}"


def lines(patient: Patient, today: date, history: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """What holds or begins later, and what is over. Four statements, however much was planned."""
    every = list(CareItem.objects.filter(patient=patient).select_related("by", "stopped_by"))
    current = [item for item in every if _holds_on_or_later(item, today)]
    holds = care_plan.holds(patient=patient, items=current)
    earlier: dict[Any, list[CareItemVersion]] = defaultdict(list)
    for version in CareItemVersion.objects.filter(patient=patient).select_related("by").order_by("-version"):
        earlier[version.item_id].append(version)
    known = list(history)
    found = {item.pk: _line(item, patient, known, today, earlier[item.pk]) for item in every}
    for item, hold in holds.items():
        found[item.pk] |= {"held": chips.chip("held", _("Held")), "why_held": list(_why(hold))}
    over = [item for item in every if item not in current]
    return {
        "plan_current": [found[item.pk] for item in current],
        "plan_past": [found[item.pk] for item in over],
    }


def _holds_on_or_later(item: CareItem, today: date) -> bool:
    ended = item.ends is not None and item.ends < today
    return not ended and (item.stopped_on is None or item.stopped_on > today)


def _line(
    item: CareItem, patient: Patient, history: list[str], today: date, earlier: list[CareItemVersion]
) -> dict[str, Any]:
    return {
        "row": item,
        "heading": heading(item),
        "details": reading.capital("; ".join(_details(item, today))),
        "text": item.text,
        "reads": _title_of(item.explained_by),
        "tags": [chips.chip("tag", words.of(plan.TAGS[tag].label)) for tag in item.tags],
        "warnings": [words.of(one) for one in plan.warnings(item.tags, history)],
        "author": _author(item, patient),
        "withdrawn": _stopped(item),
        "earlier": [_before(version, item, patient) for version in earlier],
    }


def heading(item: CareItem) -> str:
    return titled(words.of(plan.KINDS[item.kind].label), words.planned(item.kind, item.code))


def _stopped(item: CareItem) -> str:
    if not item.stopped_on:
        return ""
    return _("Stopped from %(day)s on by %(who)s: %(why)s") % {
        "day": moments.day(item.stopped_on),
        "who": item.stopped_by,
        "why": item.stop_reason,
    }


def _details(item: CareItem, today: date) -> Iterator[str]:
    yield from _said(item)
    began = _("begins %(day)s") if item.starts > today else _("since %(day)s")
    yield began % {"day": moments.day(item.starts)}
    if item.ends:
        yield _("last day %(day)s") % {"day": moments.day(item.ends)}
    if item.review_on:
        due = _("review due %(day)s") if item.review_on <= today else _("review on %(day)s")
        yield due % {"day": moments.day(item.review_on)}


def _said(row: CareItem | CareItemVersion) -> Iterator[str]:
    if row.dose:
        yield row.dose
    if row.rrule:
        yield rhythms.words(row.rrule)
    if row.hours_a_day:
        yield ngettext("%(n)s hour a day", "%(n)s hours a day", row.hours_a_day) % {"n": row.hours_a_day}


def _before(version: CareItemVersion, item: CareItem, patient: Patient) -> dict[str, str]:
    """One earlier version: what it said, who said it, until when and why no longer."""
    parts = list(_said(version))
    parts += [words.of(plan.TAGS[tag].label) for tag in version.tags]
    parts += [_("last day %(day)s") % {"day": moments.day(version.ends)}] if version.ends else []
    parts += [_("review on %(day)s") % {"day": moments.day(version.review_on)}] if version.review_on else []
    until = moments.local(version.replaced_at, patient.timezone)
    return {
        "details": reading.capital("; ".join(parts)) or _("Without further words"),
        "text": version.text,
        "author": _author(version, patient),
        "until": _("until %(at)s: %(why)s") % {"at": until, "why": version.why}
        if version.why
        else _("until %(at)s") % {"at": until},
    }


def _author(row: CareItem | CareItemVersion, patient: Patient) -> str:
    return f"{row.by}, {moments.local(row.at, patient.timezone)}"


def _title_of(text: str) -> str:
    return next((one.title for one in library.in_language(words.language()) if one.id == text), "")


# --- holds ---


def _why(hold: Hold) -> Iterator[dict[str, Any]]:
    for flag in hold.flags:
        yield {
            "text": _("Held by the flag %(flag)s") % {"flag": rules.name(flag.pattern)},
            "address": reverse("admin:journal_flag_change", args=[flag.pk]),
        }
    for pause in hold.pauses:
        yield {
            "text": reading.capital(why_paused(pause)),
            "address": "",
            "lift": True,
            "of_clinic": pause.rise is None,
        }


def why_paused(pause: ExercisePause) -> str:
    if pause.rise is None:
        return _("held by %(who)s since %(day)s") % {"who": pause.by, "day": moments.day(pause.day)}
    return _("pain rose by %(rise)s on %(day)s") % {"rise": pause.rise, "day": moments.day(pause.day)}
