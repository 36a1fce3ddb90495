"""Tiny builders, so that the case is the only text in a test.

said = days({0: day(pains=[pain("lumbar", 2)]), 5: day(pains=[pain("lumbar", 8, onset="sudden")])})
raised(said) == {("sudden-back-pain", 5)}
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from journal.content.engine import RULES, Action, Evaluation, evaluate
from journal.content.history import Entry, History, Profile
from journal.content.report import Report
from journal.content.rule import Finding, Rule

START = date(2026, 1, 5)
Said = dict[str, Any]


def on(offset: int) -> date:
    return START + timedelta(days=offset)


def pain(site: str, severity: int = 5, side: str | None = None, **more: Any) -> Said:
    """A pain item; limb sites are on the left unless told."""
    midline = site in {"head", "neck", "chest", "abdomen", "thoracic", "lumbar", "sacrum"}
    return {"site": site, "side": side or ("midline" if midline else "left"), "severity": severity, **more}


def nerve(symptom: str, site: str | None = None, side: str | None = None) -> Said:
    """A nerve symptom; limb sites are on the left unless told."""
    placed = site is not None and site not in {
        "saddle",
        "head",
        "neck",
        "chest",
        "abdomen",
        "thoracic",
        "lumbar",
    }
    return {"symptom": symptom, "site": site, "side": side or ("left" if placed else None)}


def fall(*, injury: bool = False, near: bool = False) -> Said:
    return {"kind": "near_fall" if near else "fall", "injury": injury}


def walk(minutes: int = 20, kind: str = "walking") -> Said:
    return {"type": kind, "minutes": minutes}


def day(**said: Any) -> Said:
    """What one entry says; what is not named was not asked."""
    return said


def quiet(**said: Any) -> Said:
    """An entry that answered every list with "none", but for what is named."""
    return {"pains": [], "neuro": [], "falls": [], "activity": [], "systemic": [], "medications": [], **said}


Days = Mapping[int, Said | Iterable[Said]]


def history(
    days: Days, codes: Iterable[str] = (), *, age: int = 68, peak_height_cm: float | None = None
) -> History:
    """A history of entries by day offset; a list is several entries of one day."""
    entries = []
    for offset, said in days.items():
        for number, one in enumerate([said] if isinstance(said, Mapping) else said):
            at = datetime.combine(on(offset), time(9 + number), UTC)
            entries.append(Entry(f"{offset}.{number}", on(offset), at, Report.model_validate(one).document()))
    return History(Profile(date(2026 - age, 1, 1), frozenset(codes), peak_height_cm), entries)


def run(days: Days, codes: Iterable[str] = (), *, as_of: int | None = None, **more: Any) -> Evaluation:
    """Evaluate, by default as of the last day."""
    told = {k: more.pop(k) for k in ("age", "peak_height_cm") if k in more}
    last = max(days, default=0) if as_of is None else as_of
    return evaluate(history(days, codes, **told), as_of=on(last), **more)


def raised(
    days: Days, codes: Iterable[str] = (), *, only: str | None = None, **more: Any
) -> set[tuple[str, int]]:
    """(pattern, day offset) of every flag; of one pattern with `only`."""
    flags = run(days, codes, **more).flags
    return {(f.pattern, (f.day - START).days) for f in flags if only in {None, f.pattern}}


def found(
    rule: Rule, days: Days, codes: Iterable[str] = (), *, at: int | None = None, **more: Any
) -> set[str]:
    """The keys for which this one rule holds on a day (the last one unless told), covered or not."""
    last = max(days) if at is None else at
    return {f.key for f in find(rule, history(days, codes, **more), on(last))}


def find(rule: Rule, history: History, day: date) -> tuple[Finding, ...]:
    """What the rule finds; and where it finds something, the engine asks it."""
    found = rule.find(history, day)
    assert not found or rule.is_asked(history.on(day).codes), f"{rule.pattern} would not have been asked"
    return found


def arms(rule: Rule, days: Days, codes: Iterable[str] = (), *, at: int | None = None, **more: Any) -> str:
    """The arms of a rule that are true on a day, of all keys together; "" when it doesn't hold."""
    last = max(days) if at is None else at
    found = find(rule, history(days, codes, **more), on(last))
    return " ".join(f.arm for f in found)


def acted(kind: Any, pattern: str, raised_on: int, day_offset: int, *keys: str) -> Action:
    return Action(pattern, on(raised_on), frozenset(keys or {"whole"}), kind, on(day_offset))


def live(pattern: str) -> Rule:
    return next(rule for rule in RULES if rule.pattern == pattern)
