"""A report as a person reads it: pure, from the document to plain sentences.

"Not asked" and "none" stay apart everywhere: a question that nobody put is no reassurance.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journal.admin import moments
from journal.admin.words import of, spoken

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of the report. `said` is None when it was not asked, empty when the answer was none."""

    question: str
    said: tuple[str, ...] | None

    def __str__(self) -> str:
        if self.said is None:
            return _("%(question)s: not asked") % {"question": self.question}
        said = "; ".join(self.said) if self.said else _("none")
        return f"{self.question}: {said}"


def words(code: str) -> str:
    """The plain words for a code; one that the vocabulary no longer has is still shown."""
    try:
        return spoken().wording.label(code)
    except KeyError:
        return code.replace("_", " ")


def listed(codes: Sequence[str] | None) -> str:
    return ", ".join(words(code) for code in codes or ())


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def place(site: str | None, side: str | None) -> str:
    """`left knee`, `lower back, in the middle`, `knee, both sides`."""
    if not site:
        return words(side) if side else ""
    try:
        return spoken().wording.heading(site, side)
    except KeyError:
        return words(site)


def pain(item: Document) -> str:
    """One pain: where and how strong, then how it began, what it feels like, what changes it."""
    where = capital(place(item["site"], item.get("side")))
    details = [
        words(item["onset"]) if item.get("onset") else "",
        listed(item.get("quality")),
        _("runs to the %(place)s") % {"place": words(item["radiates_to"])} if item.get("radiates_to") else "",
        _coded(item, "radiation", "path", "versus_usual"),
        _("after: %(what)s") % {"what": words(item["trigger"])} if item.get("trigger") else "",
        _for_weeks(item["weeks"]) if item.get("weeks") is not None else "",
        _("worse: %(what)s") % {"what": listed(item["worse_with"])} if item.get("worse_with") else "",
        _("better: %(what)s") % {"what": listed(item["better_with"])} if item.get("better_with") else "",
    ]
    strong = _("%(n)s of 10") % {"n": item["severity"]}
    return "; ".join([f"{where}: {strong}", *filter(None, details)])


def _for_weeks(weeks: int) -> str:
    return ngettext("for %(n)s week", "for %(n)s weeks", weeks) % {"n": weeks}


def _coded(item: Document, *fields: str) -> str:
    """The answers to these questions, as far as they were given."""
    return listed([item[field] for field in fields if item.get(field)])


def nerve(item: Document) -> str:
    where = place(item.get("site"), item.get("side"))
    placed = where and item["symptom"] != "saddle_numbness"
    drops = item.get("foot_drops")
    parts = [
        words(item["symptom"]),
        where if placed else "",
        _coded(item, "onset", "extent", "versus_usual"),
        "" if drops is None else _("the foot drops") if drops else _("the foot does not drop"),
    ]
    return ", ".join(filter(None, parts))


def fall(item: Document) -> str:
    parts = [
        words(item["kind"]),
        _("with an injury") if item.get("injury") else _("no injury stated"),
        _coded(item, "cause"),
        _("head hit") if item.get("head") else "",
        _("on the floor for an hour or more") if item.get("long_lie") else "",
    ]
    return ", ".join(filter(None, parts))


def movement(item: Document) -> str:
    after = _coded(item, "after")
    minutes = _("%(n)s min") % {"n": item["minutes"]}
    parts = (words(item["type"]), minutes, _("afterwards: %(how)s") % {"how": after} if after else "")
    return ", ".join(filter(None, parts))


LISTS: dict[str, tuple[str | Promise, Callable[[Any], str]]] = {
    "pains": (gettext_lazy("Pain"), pain),
    "neuro": (gettext_lazy("Nerve symptoms"), nerve),
    "falls": (gettext_lazy("Falls"), fall),
    "systemic": (gettext_lazy("General symptoms"), words),
    "medications": (gettext_lazy("Medicines taken"), words),
    "activity": (gettext_lazy("Movement"), movement),
}
QUESTIONS_ALWAYS_SHOWN = ("pains", "neuro", "falls", "can_bear_weight", "systemic", "medications", "activity")


STANDING = "can_bear_weight"
ALONE = {
    STANDING: gettext_lazy("Can stand on both legs"),
    "height_cm": gettext_lazy("Measured height"),
    "note": gettext_lazy("Note"),
}


def question(field: str) -> str:
    """What a field of a report asks, as a heading."""
    return str(LISTS[field][0]) if field in LISTS else str(ALONE.get(field) or capital(_field(field)))


def _field(name: str) -> str:
    """The words for a field that no sentence here is made for."""
    try:
        return spoken().wording.label(name)
    except KeyError:
        return of(name.replace("_", " "))


def answers(report: Document) -> list[Answer]:
    """Every question of a report with its answer, in the order in which a clinician reads them."""
    known = [_answer(field, report.get(field)) for field in QUESTIONS_ALWAYS_SHOWN]
    height = report.get("height_cm")
    if height is not None:
        known.append(Answer(question("height_cm"), (moments.decimal(f"{height:g} cm"),)))
    others = [field for field in report if field not in (*QUESTIONS_ALWAYS_SHOWN, "height_cm", "note")]
    known += [Answer(question(field), _plain(report[field])) for field in others]
    return known + ([Answer(question("note"), (report["note"],))] if report.get("note") else [])


def _answer(field: str, value: Any) -> Answer:
    if field == STANDING:
        return Answer(question(field), None if value is None else (_yes(value),))
    sentence = LISTS[field][1]
    return Answer(question(field), None if value is None else tuple(sentence(item) for item in value))


def _yes(value: object) -> str:
    return _("yes") if value else _("no")


def _plain(value: Any) -> tuple[str, ...] | None:
    """An answer that this page has no special sentence for."""
    if value is None:
        return None
    if isinstance(value, bool):
        return (_yes(value),)
    if isinstance(value, Mapping):
        parts = [
            f"{_field(name)} {' '.join(_plain(part) or ())}"
            for name, part in value.items()
            if part is not None
        ]
        return (", ".join(parts),)
    if isinstance(value, str):
        return (words(value),) if value else ()
    if isinstance(value, Sequence):
        return tuple(" ".join(_plain(item) or ()) for item in value)
    return (moments.decimal(f"{value:g}"),)


def sentences(report: Document) -> list[str]:
    """The whole report, one sentence a question."""
    return [_ended(str(answer)) for answer in answers(report)]


def told(report: Document) -> list[str]:
    """Only what was answered: for pages that show many reports under each other."""
    return [_ended(str(answer)) for answer in answers(report) if answer.said is not None]


def _ended(sentence: str) -> str:
    """With a full stop, unless the patient's own words end in one."""
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def headline(report: Document) -> str:
    """One line: what stands out, worst pain first."""
    pains = sorted(report.get("pains") or (), key=lambda item: -item["severity"])
    parts = [
        _("%(place)s %(n)s of 10") % {"place": place(item["site"], item.get("side")), "n": item["severity"]}
        for item in pains[:2]
    ]
    parts += [_("and %(n)s more") % {"n": len(pains) - 2}] if len(pains) > 2 else []
    parts += [nerve(item) for item in report.get("neuro") or ()]
    parts += [words(item["kind"]) for item in report.get("falls") or ()]
    parts += [_("cannot stand on both legs")] if report.get("can_bear_weight") is False else []
    parts += [words(code) for code in report.get("systemic") or ()]
    return capital("; ".join(parts)) or _nothing_stands_out(report)


def _nothing_stands_out(report: Document) -> str:
    asked = [str(text) for field, text in NONE_LOGGED.items() if report.get(field) is not None]
    if asked:
        return _("%(nothing)s logged") % {"nothing": capital(", ".join(asked))}
    moved = listed([item["type"] for item in report.get("activity") or ()])
    return capital(moved) or _("No symptom question answered")


NONE_LOGGED = {
    "pains": gettext_lazy("no pain"),
    "neuro": gettext_lazy("no nerve symptoms"),
    "falls": gettext_lazy("no falls"),
}
