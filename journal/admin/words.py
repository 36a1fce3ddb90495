"""Words that stand outside the desk, in the language of who reads it: codes, choices, lists, refusals.

Codes that patients log are said by the texts of the content (`journal/content/texts`), as the app says them.
What only clinicians read stands in the content in English, beside its logic; the catalogue holds the other
languages, and `every` tells the catalogue what there is.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import CharField, IntegerField
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from journal.actions import evaluation, recheck
from journal.actions import facts as facts_of_patients
from journal.actions.refusals import RefusedError
from journal.content import engine, facts, messages, notes, numbers, plan, report, texts, vocabulary
from journal.content.texts import Language
from journal.content.unfit import Value
from journal.models import Flag

# Whose choices the desk shows.
APPS = ("accounts", "journal", "reminders")


def language() -> str:
    """The one in which the desk speaks at this moment."""
    return (get_language() or texts.FIRST).partition("-")[0]


def spoken() -> Language:
    return texts.spoken(language())


def of(text: str | Promise) -> str:
    """These English words in the language of the desk; what the catalogue does not know stays as it is."""
    return gettext(str(text)) if text else ""


def fact(kind: str, code: str) -> str:
    """What a fact states; a known condition is one of the codes that patients' apps know too."""
    if kind == facts.HISTORY.kind and code in vocabulary.LISTS["history"]:
        return spoken().wording.label(code)
    return of(facts.label(kind, code))


def planned(kind: str, code: str) -> str:
    return of(plan.label(kind, code))


def note(code: str) -> str:
    return of(notes.label(code))


def why(flag: Flag) -> str:
    """Why a flag was raised, for the clinician; a sentence that can't be said is marked as English."""
    sentence = flag.why_clinician or flag.why
    said = texts.for_clinician(sentence, language(), _patterns(language()))
    return said or format_html('<span lang="{}">{}</span>', texts.FIRST, sentence)


def why_plain(flag: Flag) -> str:
    """The same where nothing but text fits."""
    sentence = flag.why_clinician or flag.why
    return texts.for_clinician(sentence, language(), _patterns(language())) or sentence


@cache
def _patterns(_language: str) -> dict[str, str]:
    """Patterns in the middle of a sentence, as rules name them and as the reader does."""
    return {code.replace("-", " "): pattern(code).lower() for code in engine.BY_PATTERN}


def refused(error: RefusedError) -> str:
    """Why an action was refused."""
    said = of(error.template)
    return said % {name: value(it) for name, it in error.values.items()} if error.values else said


def value(it: Value) -> str:
    """What goes into a refusal: choices by their label, lists word by word; names as they are."""
    if isinstance(it, tuple):
        return ", ".join(map(value, it))
    label = getattr(it, "label", None)
    return of(str(it)) if label is None else of(str(label)).lower()


def number(name: str) -> str:
    """What a number of a flag is called: `left-leg severity` → "Left leg: pain"."""
    key, _, what = name.rpartition(" ")
    if what not in numbers.LABELS:
        return numbers.label(name)
    words = of(numbers.LABELS[what].label)
    if key in {"", "whole"}:
        return words
    region = spoken().wording.region(key)
    return f"{region[:1].upper()}{region[1:]}: {words[:1].lower()}{words[1:]}"


def amount(name: str, number: int | float | str) -> str:
    """Its value as people write it: `2,0 cm`, `21 nov 2026`, `cadera, muslo`."""
    key = name.rpartition(" ")[2]
    if isinstance(number, int | float):
        plain = f"{number:.1f}" if key.endswith("_cm") and isinstance(number, float) else f"{number:g}"
        text = plain.replace(".", spoken().wording.decimal)
    elif key in numbers.DAYS:
        text = spoken().wording.day(date.fromisoformat(number))
    elif key == "sites":
        text = ", ".join(spoken().wording.site(code) for code in number.split(", ") if code)
    else:
        text = ", ".join(pattern(one).lower() for one in number.split(", "))
    unit = numbers.LABELS[key].unit if key in numbers.LABELS else ""
    return f"{text} {of(unit)}".strip()


ABBREVIATIONS = {"gi": "GI", "nsaid": "NSAID"}


def english(code: str) -> str:
    """`cauda-equina` → `Cauda equina`."""
    first, *rest = [ABBREVIATIONS.get(word, word) for word in code.split("-")]
    return " ".join([first[:1].upper() + first[1:], *rest])


def pattern(code: str) -> str:
    """What clinicians call a pattern; the rule's own title speaks to the patient."""
    return of(english(code))


_TOLD: list[tuple[str, str]] = []


def tell(where: str, texts: Iterable[str]) -> None:
    """Packages above this one say once, at the start, which words of theirs `of` will be asked for."""
    _TOLD.extend((where, text) for text in texts)


def every() -> Iterator[tuple[str, str]]:
    """Everything here that `of` may be asked for, each with the place where it stands."""
    reasons = (evaluation.NO_LONGER_MET, facts_of_patients.PROFILE_CHANGED, recheck.RULES_CHANGED)
    for where, text in (
        *_of_choices(),
        *_of_lists(),
        *_of_reports(),
        *_of_rules(),
        *(("reasons", one) for one in reasons),
        *_TOLD,
    ):
        if text:
            yield where, text


def _of_choices() -> Iterator[tuple[str, str]]:
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.get_fields():
                if isinstance(field, CharField | IntegerField):  # a time zone's name is said by nobody
                    yield from ((model._meta.label, str(label)) for _, label in field.flatchoices)


def _of_lists() -> Iterator[tuple[str, str]]:
    for kind in facts.KINDS.values():
        codes = () if kind is facts.HISTORY else kind.codes
        yield from (("facts", text) for text in (kind.label, kind.begins, *(code.label for code in codes)))
    for planned_kind in plan.KINDS.values():
        labels = (planned_kind.label, *(code.label for code in planned_kind.codes))
        yield from (("plan", text) for text in labels)
    yield from (("plan", heading) for heading in plan.headings())
    yield from (("plan", tag.label) for tag in plan.TAGS.values())
    yield from (("plan", text) for text in plan.warnings(plan.TAGS, vocabulary.LISTS["history"]))
    yield from (("fields", text) for text in (*facts.FIELD_WORDS.values(), *plan.FIELD_WORDS.values()))
    for group in notes.GROUPS:
        yield from (("notes", text) for text in (group.label, *(code.label for code in group.codes)))
    for one in numbers.LABELS.values():
        yield from (("numbers", text) for text in (one.label, one.unit))
    yield from (("messages", template.label) for template in messages.TEMPLATES.values())


def _of_reports() -> Iterator[tuple[str, str]]:
    """The names of fields, which stand before the answers that no sentence of the desk is made for."""
    parts: list[type[report.Part]] = [report.Report, *report.Part.__subclasses__()]
    for part in parts:
        yield from (("report", name.replace("_", " ")) for name in part.model_fields)


def _of_rules() -> Iterator[tuple[str, str]]:
    for rule in engine.BY_PATTERN.values():
        said = (english(rule.pattern), rule.clinician, rule.window, *(source.text for source in rule.sources))
        yield from ((rule.pattern, text) for text in said)
    yield texts.NOT_EVALUATED, english(texts.NOT_EVALUATED)


def choices(pairs: Any) -> list[tuple[str, str]]:
    """Choices of a form, their labels in the language of the desk."""
    return [(value, of(label)) for value, label in pairs]
