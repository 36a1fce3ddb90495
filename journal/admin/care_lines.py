"""Facts, care plan and notes as the lines of a patient's page."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal import load
from journal.accounts.models import Patient, User
from journal.admin import care_forms, moments, plan_lines, reading, words
from journal.admin.plan_lines import titled
from journal.content import facts, messages, prompts, texts, vocabulary
from journal.models import Entry, Fact, Message, Note

MESSAGES_SHOWN = 12


def facts_of(patient: Patient) -> list[Fact]:
    """All that was ever stated, in one statement; which of them hold is told by `standing`."""
    return list(Fact.objects.filter(patient=patient).select_related("by", "withdrawal__by"))


def standing(every: Sequence[Fact]) -> list[Fact]:
    """As `Fact.objects.standing()`, of rows that are read already."""
    kept = [fact for fact in every if getattr(fact, "withdrawal", None) is None]
    corrected = {fact.replaces_id for fact in kept}
    return [fact for fact in kept if fact.pk not in corrected]


def context(patient: Patient, today: date, every: Sequence[Fact]) -> dict[str, Any]:
    """What the three sections show; `every` are the patient's facts."""
    profile = load.profile(patient).on(today)
    return {
        "history": [reading.words(code) for code in vocabulary.LISTS["history"] if code in profile.history],
        "prompts": _prompts(patient, today, every),
        **_facts(patient, every),
        **plan_lines.lines(patient, today, profile.history),
        "plan_address": reverse("admin:accounts_patient_plan", args=[patient.pk]),
        **_notes(patient),
        "inbox": _inbox(patient),
        "templates": [
            (words.of(one.label), one.in_language(patient.language)) for one in messages.TEMPLATES.values()
        ],
        "message_send_form": care_forms.MessageForm(auto_id="message-send_%s"),
        "fact_add_form": care_forms.FactForm(auto_id="fact-add_%s"),
        "note_add_form": care_forms.NoteForm(auto_id="note-add_%s"),
    }


def _prompts(patient: Patient, today: date, every: Sequence[Fact]) -> list[str]:
    """What to bring up, from the last four weeks and what is on record."""
    first = today - timedelta(days=prompts.LOOKED_AT)
    said = Entry.objects.current().filter(patient=patient, local_date__gte=first)
    known = [fact.stated for fact in standing(every)]
    found = prompts.standing(said.values_list("local_date", "report"), known, today)
    return [texts.prompt(code, why, words.language()) for code, why in found]


def _facts(patient: Patient, every: Sequence[Fact]) -> dict[str, Any]:
    known = {fact.pk for fact in standing(every)}
    order = {kind: place for place, kind in enumerate(facts.KINDS)}
    lines = sorted(every, key=lambda fact: (order[fact.kind], fact.since or date.min, fact.pk))
    return {
        "facts_standing": [_fact_line(fact, patient) for fact in lines if fact.pk in known],
        "facts_past": [_fact_line(fact, patient) for fact in lines if fact.pk not in known],
    }


def _fact_line(fact: Fact, patient: Patient) -> dict[str, Any]:
    kind = facts.KINDS[fact.kind]
    may_stop = "until" in kind.may and fact.until is None
    return {
        "row": fact,
        "heading": titled(words.of(kind.label), words.fact(fact.kind, fact.code)),
        "details": reading.capital("; ".join(_fact_details(fact, kind))),
        "text": fact.text,
        "author": _author(fact.by, fact.at, patient),
        "withdrawn": _withdrawn(fact, patient),
        "forms": [
            *([_row_form("fact-stop", _("Stop"), fact, care_forms.StopFactForm)] if may_stop else []),
            _row_form("fact-withdraw", _("Withdraw"), fact, care_forms.WithdrawForm),
        ],
    }


def _fact_details(fact: Fact, kind: facts.Kind) -> Iterable[str]:
    if fact.number is not None:
        number = f"{fact.number:g} cm" if fact.kind == "peak_height" else f"{fact.number:+g}"
        yield moments.decimal(number)
    if fact.since:
        yield f"{words.of(kind.begins).lower()} {moments.day(fact.since)}"
    if fact.until:
        yield _("last day %(day)s") % {"day": moments.day(fact.until)}
    if fact.side:
        yield words.of(fact.get_side_display())
    if fact.fragility is not None:
        yield _("from little force") if fact.fragility else _("not from little force")
    if fact.course_months:
        yield ngettext("course of %(n)s month", "course of %(n)s months", fact.course_months) % {
            "n": fact.course_months
        }


def _notes(patient: Patient) -> dict[str, Any]:
    every = Note.objects.filter(patient=patient).select_related("by", "withdrawal__by")
    lines = [
        {
            "row": note,
            "heading": reading.capital(words.note(note.code)),
            "details": moments.day(note.day),
            "text": note.text,
            "author": _author(note.by, note.at, patient),
            "withdrawn": _withdrawn(note, patient),
            "forms": [_row_form("note-withdraw", _("Withdraw"), note, care_forms.WithdrawForm)],
        }
        for note in every
    ]
    return {
        "notes_standing": [line for line in lines if not line["withdrawn"]],
        "notes_past": [line for line in lines if line["withdrawn"]],
    }


def _inbox(patient: Patient) -> list[dict[str, str]]:
    """What was sent, newest first, as the patient reads it, and when that was."""
    sent = Message.objects.filter(patient=patient).select_related("by").order_by("-at")[:MESSAGES_SHOWN]
    return [
        {
            "title": messages.TEMPLATES[one.template].in_language(patient.language).title,
            "language": patient.language or texts.FIRST,
            "author": _author(one.by, one.at, patient),
            "read": moments.local(one.read_at, patient.timezone) if one.read_at else "",
        }
        for one in sent
    ]


def _author(by: User | None, at: datetime, patient: Patient) -> str:
    who = by or _("With the invitation")
    return f"{who}, {moments.local(at, patient.timezone)}"


def _withdrawn(row: Fact | Note, patient: Patient) -> str:
    """Why it does not hold, when it was withdrawn."""
    withdrawal = getattr(row, "withdrawal", None)
    if withdrawal is None:
        return ""
    return _("Withdrawn by %(who)s: %(why)s") % {
        "who": _author(withdrawal.by, withdrawal.at, patient),
        "why": withdrawal.reason,
    }


def _row_form(name: str, label: str, row: Any, form: type[forms.Form]) -> dict[str, Any]:
    return {
        "address": reverse(f"admin:accounts_patient_{name}", args=[row.patient_id, row.pk]),
        "label": label,
        "form": form(auto_id=f"{name}_{row.pk}_%s"),
    }
