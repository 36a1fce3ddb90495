"""Runs the rules over synthetic patients and counts: what is found, what is not, what it costs the team.

No database: the pure engine over invented journals. Memory doesn't grow with the number of patients, since a
patient is forgotten when counted.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from itertools import islice
from multiprocessing import get_context
from random import Random
from typing import Any

from journal.content import engine
from journal.content.engine import Action, Evaluation, RaisedFlag
from journal.content.history import Entry, History
from journal.content.report import Report
from journal.content.rule import URGENT
from journal.management.invented import assumptions as assumed
from journal.management.invented import cohort
from journal.management.invented.cohort import Struck, Synthetic
from journal.management.invented.diary import CORRECTED_AFTER, Said
from journal.management.invented.events import EVENTS

CHUNK = 10  # patients in one piece of work: a second or so


@dataclass
class Tally:
    """Counts of some patients; two tallies add up, in any order."""

    patients: Counter[str] = field(default_factory=Counter)  # by persona
    entries: Counter[str] = field(default_factory=Counter)
    quiet_entries: Counter[str] = field(default_factory=Counter)  # of patients without an event
    flags: Counter[tuple[str, str]] = field(default_factory=Counter)  # by pattern and urgency
    quiet_flags: Counter[str] = field(default_factory=Counter)  # by pattern, of patients without an event
    false: Counter[tuple[str, str]] = field(default_factory=Counter)  # by persona and pattern
    in_flares: Counter[str] = field(default_factory=Counter)  # false ones that fell into a flare, by pattern
    events: Counter[str] = field(default_factory=Counter)
    # By event: the pattern that saw it first, and the days from the event until the server knew.
    seen: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    other: Counter[tuple[str, str]] = field(default_factory=Counter)  # missed, but this was raised of it

    def add(self, more: "Tally") -> None:
        for one in fields(self):
            getattr(self, one.name).update(getattr(more, one.name))


def run(*, patients: int, days: int, seed: int, processes: int, told: Callable[[int], None]) -> Tally:
    """The whole cohort; `told` hears how many patients are done. With one process all is done in this one."""
    total, done = Tally(), 0
    for tally in _pieces(patients, days, seed, processes):
        total.add(tally)
        done = sum(total.patients.values())
        told(done)
    return total


def _pieces(patients: int, days: int, seed: int, processes: int) -> Iterator[Tally]:
    starts = iter(range(0, patients, CHUNK))
    if processes == 1:
        for start in starts:
            yield piece(start, min(start + CHUNK, patients), days, seed)
        return
    # Spawned, not forked: a child must not inherit the connections of this process. Few wait at a time, so
    # that a million patients take no more memory than a hundred.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting: set[Future[Tally]] = set()
        while True:
            for start in islice(starts, 2 * processes - len(waiting)):
                waiting.add(pool.submit(piece, start, min(start + CHUNK, patients), days, seed))
            if not waiting:
                return
            ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in ready)


def piece(first: int, last: int, days: int, seed: int) -> Tally:
    """Patients `first` to `last - 1`."""
    tally = Tally()
    for number in range(first, last):
        someone = cohort.patient(number, days=days, seed=seed)
        _count(tally, someone, answered(someone, Random(f"{seed} {number} team")))  # noqa: S311
    return tally


def answered(someone: Synthetic, rng: Random) -> Evaluation:
    """The flags of a patient whose team answers as assumed.

    An answer changes later flags only (G10), so flags are answered oldest first: all that stand up to the day
    on which the first answer now outstanding takes effect.
    """
    history = History(someone.profile, [_entry(said) for said in someone.journal])
    as_of = max(history.dates, default=cohort.UNTIL.date())
    actions: list[Action] = []
    seen: dict[tuple[str, date], bool] = {}
    result = engine.evaluate(history, as_of=as_of, actions=actions)
    while outstanding := [flag for flag in result.flags if (flag.pattern, flag.day) not in seen]:
        safe = min(_resolved_on(flag) for flag in outstanding)
        for flag in outstanding:
            if flag.day <= safe:
                seen[flag.pattern, flag.day] = rng.random() < assumed.TENDED
                actions += _answers(flag) if seen[flag.pattern, flag.day] else []
        result = engine.evaluate(history, as_of=as_of, actions=actions)
    return result


def _entry(said: Said) -> Entry:
    report = said.report if said.corrected is None else said.corrected
    return Entry(str(said.id), said.at.date(), said.at, Report.model_validate(report).document())


def _acknowledged_on(flag: RaisedFlag) -> date:
    after = assumed.URGENT_ANSWERED if flag.urgency in URGENT else assumed.OTHERS_ANSWERED
    return flag.day + timedelta(days=after)


def _resolved_on(flag: RaisedFlag) -> date:
    return _acknowledged_on(flag) + timedelta(days=assumed.RESOLVED_AFTER)


def _answers(flag: RaisedFlag) -> list[Action]:
    keys = frozenset(flag.keys)
    return [
        Action(flag.pattern, flag.day, keys, "acknowledge", _acknowledged_on(flag)),
        Action(flag.pattern, flag.day, keys, "resolve", _resolved_on(flag)),
    ]


def _count(tally: Tally, someone: Synthetic, result: Evaluation) -> None:
    tally.patients[someone.persona] += 1
    tally.entries[someone.persona] += len(someone.journal)
    if someone.struck is None:
        tally.quiet_entries[someone.persona] += len(someone.journal)
        tally.quiet_flags.update(flag.pattern for flag in result.flags)
    else:
        _count_event(tally, someone, someone.struck, result)
    explained: set[date] = set()
    for flag in result.flags:
        tally.flags[flag.pattern, flag.urgency.value] += 1
        if _is_explained(flag, someone.struck, explained):
            explained.add(flag.day)
            continue
        tally.false[someone.persona, flag.pattern] += 1
        tally.in_flares[flag.pattern] += any(first <= flag.day <= last for first, last in someone.flares)


def _is_explained(flag: RaisedFlag, struck: Struck | None, explained: set[date]) -> bool:
    """By the event, or by the silence that followed such a flag."""
    if struck is None:
        return False
    if flag.pattern == "silent-after-flag":
        return flag.day - timedelta(days=engine.SILENCE_DAYS) in explained
    last = struck.day + timedelta(days=struck.event.lasts + assumed.EXPLAINED_AFTER)
    fits = flag.pattern in struck.event.meant or flag.pattern in struck.event.also
    first = struck.day - timedelta(days=struck.event.before)
    return fits and first <= flag.day <= last


def _count_event(tally: Tally, someone: Synthetic, struck: Struck, result: Evaluation) -> None:
    tally.events[struck.event.key] += 1
    arrived = {str(said.id): _known(said) for said in someone.journal}
    found = [one for flag in result.flags if (one := _saw(flag, struck, arrived, struck.event.meant))]
    if found:
        delay, pattern = min(found)
        tally.seen[struck.event.key, pattern, delay] += 1
    else:
        also = {flag.pattern for flag in result.flags if _saw(flag, struck, arrived, struck.event.also)}
        tally.other.update((struck.event.key, pattern) for pattern in also or {"nothing"})


def _known(said: Said) -> date:
    """The patient's local day on which the server had it as it stands."""
    last = said.arrives if said.corrected is None else said.arrives + CORRECTED_AFTER
    return last.astimezone(said.at.tzinfo).date()


def _saw(
    flag: RaisedFlag, struck: Struck, arrived: dict[str, date], patterns: frozenset[str]
) -> tuple[int, str] | None:
    """Days from the event until the server knew, when one of the patterns was met in time, raised or joined.

    A report that joins an open flag counts: the patient is told what to do all the same. So does a pattern
    that is shown under a more urgent one.
    """
    met = {flag.pattern: [day for days in flag.met.values() for day in days], **flag.covered}
    inside = [
        day
        for pattern, days in met.items()
        if pattern in patterns
        for day in days
        if 0 <= (day - struck.day).days <= struck.event.within
    ]
    if not inside:
        return None
    first = min(inside)
    needed = [arrived[one] for day, ids in flag.evidence.items() if day <= first for one in ids]
    return (max([first, *needed]) - struck.day).days, flag.pattern


def report(tally: Tally, *, patients: int, days: int, seed: int) -> dict[str, Any]:
    """One JSON-ready document: figures first, then all that was assumed."""
    entries, weeks = tally.entries.total(), patients * days / 7
    quiet = tally.quiet_entries.total()
    return {
        "patients": patients,
        "days": days,
        "seed": seed,
        "entries": entries,
        "flags": tally.flags.total(),
        "flags_per_100_entries": _per(tally.flags.total(), entries),
        "flags_per_100_patient_weeks": _per(tally.flags.total(), weeks),
        "without_an_event": {
            "patients": patients - tally.events.total(),
            "flags_per_100_entries": _per(tally.quiet_flags.total(), quiet),
            "flags": dict(tally.quiet_flags.most_common()),
        },
        "events": [row for event in EVENTS if (row := _event_row(tally, event.key))],
        "patterns": [
            {
                "pattern": rule.pattern,
                "urgency": rule.urgency.value,
                "flags": (count := tally.flags[rule.pattern, rule.urgency.value]),
                "per_100_entries": _per(count, entries),
                "per_100_patient_weeks": _per(count, weeks),
                "false": (false := _of_pattern(tally, rule.pattern)),
                "false_share": _per(false, count),
                "in_flares": tally.in_flares[rule.pattern],
            }
            for rule in engine.RULES
        ],
        "urgencies": _urgencies(tally, entries, weeks),
        "personas": [_persona_row(tally, persona, days) for persona in sorted(tally.patients)],
        "assumptions": {
            "numbers": [
                {"what": one.what, "value": round(one.value, 3), "reason": one.reason}
                for one in assumed.ASSUMPTIONS
            ],
            "personas": {one.key: one.what for one in cohort.PERSONAS},
            "events": {
                one.key: {"what": one.what, "within_days": one.within, "meant": sorted(one.meant)}
                for one in EVENTS
            },
        },
    }


def _per(count: int, of: float) -> float | None:
    """So many in 100; None of nothing."""
    return round(100 * count / of, 2) if of else None


def _of_pattern(tally: Tally, pattern: str) -> int:
    return sum(count for (_, name), count in tally.false.items() if name == pattern)


def _event_row(tally: Tally, key: str) -> dict[str, Any] | None:
    count = tally.events[key]
    if not count:
        return None
    delays: Counter[int] = Counter()
    by: Counter[str] = Counter()
    for (event, pattern, delay), times in tally.seen.items():
        if event == key:
            delays[delay] += times
            by[pattern] += times
    return {
        "event": key,
        "happened": count,
        "seen": delays.total(),
        "sensitivity": _per(delays.total(), count),
        "days_median": _median(delays),
        "days_most": max(delays, default=None),
        "seen_by": dict(sorted(by.items())),
        "missed_but_raised": {
            pattern: times for (event, pattern), times in sorted(tally.other.items()) if event == key
        },
    }


def _median(counted: Counter[int]) -> int | None:
    """The lower median of a histogram."""
    middle, reached = (counted.total() + 1) // 2, 0
    for value, times in sorted(counted.items()):
        reached += times
        if reached >= middle:
            return value
    return None


def _urgencies(tally: Tally, entries: int, weeks: float) -> list[dict[str, Any]]:
    found: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for (pattern, urgency), count in tally.flags.items():
        found[urgency] += count
        false[urgency] += _of_pattern(tally, pattern)
    return [
        {
            "urgency": urgency,
            "flags": found[urgency],
            "per_100_entries": _per(found[urgency], entries),
            "per_100_patient_weeks": _per(found[urgency], weeks),
            "false": false[urgency],
        }
        for urgency in (rule.value for rule in dict.fromkeys(rule.urgency for rule in engine.RULES))
    ]


def _persona_row(tally: Tally, persona: str, days: int) -> dict[str, Any]:
    false = {pattern: count for (who, pattern), count in tally.false.items() if who == persona}
    return {
        "persona": persona,
        "patients": tally.patients[persona],
        "entries": tally.entries[persona],
        "false": sum(false.values()),
        "false_per_100_entries": _per(sum(false.values()), tally.entries[persona]),
        "false_per_100_patient_weeks": _per(sum(false.values()), tally.patients[persona] * days / 7),
        "by_pattern": dict(sorted(false.items(), key=lambda item: (-item[1], item[0]))),
    }
