"""What would have kept a flag silent: one answer changed at a time, and the same rule asked again.

A rule is a pure function of the history, so the question has an exact answer. Only single changes are tried:
the answers of the day on which the flag was raised, earlier entries as a whole, what is known of the person.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from journal.content.history import Entry, History
from journal.content.report import Report
from journal.content.rule import Finding, Rule

Kind = Literal["less", "gradual", "without", "standing", "entry", "known", "younger"]
OTHERS = ("neuro", "falls", "systemic", "medications", "activity")


@dataclass(frozen=True, slots=True)
class Change:
    """One change after which the rule no longer finds the pattern.

    `item` is the answer as it was said, with its `field`; `limit` the highest severity that stays silent.
    """

    kind: Kind
    entry_id: str = ""
    day: date | None = None
    field: str = ""
    item: Any = None
    limit: int | None = None


def changes(rule: Rule, history: History, day: date, keys: Collection[str]) -> tuple[Change, ...] | None:
    """Every single change that keeps the rule silent on that day for these keys, the day's answers first.

    None when the facts as now known don't raise it at all, or when the rule judges the clock (G15).
    """
    case = _Case(rule, history, day, keys)
    return case.changes() if rule.find_after is None and case.fires(history) else None


@dataclass(frozen=True, slots=True)
class _Case:
    """The flag's day before its rule."""

    rule: Rule
    history: History
    day: date
    keys: Collection[str]

    def changes(self) -> tuple[Change, ...]:
        tried = [*self._of_the_day(), *self._of_the_person()]
        tried += [Change("entry", one.id, one.day) for one in self._before()]
        return tuple(one for one in tried if not self._fires_after(one))

    def fires(self, history: History) -> bool:
        return history.has_entry(self.day) and bool(self._found(history))

    def _fires_after(self, change: Change) -> bool:
        return self.fires(_after(self.history, change))

    def _found(self, history: History) -> list[Finding]:
        return [it for it in self.rule.find(history.at(self.day), self.day) if it.key in self.keys]

    def _of_the_day(self) -> Iterator[Change]:
        for entry in self.history.on(self.day).entries:
            report = entry.report
            if report.get("can_bear_weight") is False:
                yield Change("standing", entry.id, self.day, "can_bear_weight")
            for item in report.get("pains") or ():
                yield from self._of_a_pain(entry, item)
            for name in OTHERS:
                yield from (
                    Change("without", entry.id, self.day, name, item) for item in report.get(name) or ()
                )
            if report.get("height_cm") is not None:
                yield Change("without", entry.id, self.day, "height_cm", report["height_cm"])

    def _of_a_pain(self, entry: Entry, item: dict[str, Any]) -> Iterator[Change]:
        """The highest lower severity that is silent; failing that, the pain not named at all."""
        lower = range(item["severity"] - 1, 0, -1)
        less = (Change("less", entry.id, self.day, "pains", item, severity) for severity in lower)
        without = Change("without", entry.id, self.day, "pains", item)
        yield next((change for change in less if not self._fires_after(change)), without)
        if item.get("onset") == "sudden":
            yield Change("gradual", entry.id, self.day, "pains", item)

    def _of_the_person(self) -> Iterator[Change]:
        profile = self.history.profile
        yield from (Change("known", item=code) for code in sorted({*profile.history, *profile.dated}))
        if profile.born is not None:
            yield Change("younger")

    def _before(self) -> list[Entry]:
        """Earlier entries that the finding names."""
        named = {one for found in self._found(self.history) for one in found.entry_ids}
        return [one for one in self.history.entries if one.id in named and one.day < self.day]


def _after(history: History, change: Change) -> History:
    """The history as if that one thing were different."""
    if change.kind == "known":
        profile = history.profile
        dated = {code: spans for code, spans in profile.dated.items() if code != change.item}
        known = replace(profile, history=profile.history - {change.item}, dated=dated)
        return History(known, history.entries)
    if change.kind == "younger":
        return History(replace(history.profile, born=None), history.entries)
    if change.kind == "entry":
        return History(history.profile, [one for one in history.entries if one.id != change.entry_id])
    entries = [_changed(one, change) if one.id == change.entry_id else one for one in history.entries]
    return History(history.profile, entries)


def _changed(entry: Entry, change: Change) -> Entry:
    document = dict(entry.report)
    if change.kind == "standing":
        document["can_bear_weight"] = True
    elif change.field == "height_cm":
        document["height_cm"] = None
    else:
        document[change.field] = list(_items(entry.report[change.field], change))
    return replace(entry, report=Report.model_validate(document).document())


def _items(items: Sequence[Any], change: Change) -> Iterator[Any]:
    """The items of one question with the changed one put in, or left out."""
    done = False
    for item in items:
        if done or item != change.item:
            yield item
            continue
        done = True
        if change.kind == "less":
            yield {**item, "severity": change.limit}
        elif change.kind == "gradual":
            yield {**item, "onset": "gradual"}
