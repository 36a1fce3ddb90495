"""A time line for who does not see it: sentences, the same facts as a table, and each day in one line."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.admin import moments, reading
from journal.admin.plots.axis import Axis
from journal.admin.plots.timeline_parts import Column, Event, Row
from journal.insight.days import Place, Told


def logged(told: Told) -> str:
    return _("Logged on %(n)s of %(all)s days.") % {
        "n": told.logged(told.period),
        "all": told.possible(told.period),
    }


def describe(told: Told, places: Sequence[Place]) -> str:
    """The plot in a few sentences, for who does not see it."""
    parts = [logged(told)]
    for place in places:
        one = told.place(place, told.period)
        parts.append(
            _("%(place)s: worst %(worst)s of 10, on %(days)s of %(answered)s days that answered.")
            % {
                "place": reading.capital(reading.place(*place)),
                "worst": one.worst,
                "days": one.days,
                "answered": one.answered,
            }
        )
    falls = sum(one.falls for day, one in told.days.items() if day in told.period)
    asked = len(told.answered("falls", told.period))
    parts.append(_("Falls: %(n)s, asked on %(asked)s days.") % {"n": falls, "asked": asked})
    return " ".join(parts)


HEADS = (
    gettext_lazy("Pain, of 10"),
    gettext_lazy("Nerve symptoms"),
    gettext_lazy("Falls"),
    gettext_lazy("Movement"),
    gettext_lazy("Medicines taken"),
    gettext_lazy("Flags and notes"),
)


def rows(told: Told, events: Sequence[Event]) -> list[Row]:
    """Newest first; a run of days without entry and event is one row, days before the journal none."""
    found: list[Row] = []
    by_day: dict[date, list[str]] = {}
    for event in events:
        for day in event.days or (event.day,):
            by_day.setdefault(day, []).append(f"{event.sign}: {event.text}" if event.sign else event.text)
    run: list[date] = []
    for day in reversed(told.period.dates):
        if day in told.days or day in by_day:
            found += _run(run)
            run = []
            found.append(Row(moments.day(day), cells=_cells(told, day, by_day.get(day, []))))
        elif day >= told.began:
            run.append(day)
    return found + _run(run)


def columns(told: Told, axis: Axis) -> list[Column]:
    return [
        Column(axis.edge(day), round(axis.step, 2), _column_words(told, day))
        for day in told.period.dates
        if day in told.days
    ]


def _column_words(told: Told, day: date) -> str:
    pain, *others = _cells(told, day, [])[:5]
    heads = [str(head).lower() for head in HEADS[1:5]]
    parts = [f"{head}: {cell}" for head, cell in zip(heads, others, strict=True)]
    hurt = _("pain")
    return "; ".join([f"{moments.day(day)}: {hurt}: {pain}", *parts])


def _run(days: list[date]) -> list[Row]:
    if not days:
        return []
    name = moments.day(days[0]) if len(days) == 1 else f"{moments.day(days[-1])} – {moments.day(days[0])}"
    return [Row(name, gap=len(days))]


def _cells(told: Told, day: date, events: list[str]) -> tuple[str, ...]:
    one = told.days.get(day)
    if one is None:
        silent = _("nothing logged")
        return (silent, silent, silent, silent, silent, "; ".join(events))
    pains = [
        f"{reading.place(*place)} {value}"
        for place in told.pains
        if day in told.pains[place] and (value := told.value(place, day))
    ]
    signs = [reading.nerve(sign._asdict()) for sign, days in told.signs.items() if day in days]
    falls = [reading.words("fall")] * one.falls + [reading.words("near_fall")] * one.near_falls
    medicines = [reading.words(code) for code, days in told.medicines.items() if day in days]
    return (
        _said(told, "pains", day, pains),
        _said(told, "neuro", day, signs),
        _said(told, "falls", day, falls),
        _said(told, "activity", day, [_("%(n)s min") % {"n": one.minutes}] if one.minutes else []),
        _said(told, "medications", day, medicines),
        "; ".join(events),
    )


def _said(told: Told, question: str, day: date, parts: list[str]) -> str:
    if not told.answers(question, day):
        return _("not asked")
    return "; ".join(parts) or _("none")
