"""Replay a journey in pure Python: deliver, act, evaluate, compare.

A journey is one invented patient: what was logged, by day offset and wall clock, what a clinician did, and
the flags that must stand at the end. The data is in tests/data; `manage.py replay` reads the same shape.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from journal.content.engine import Action, Evaluation, RaisedFlag, evaluate
from journal.content.history import Entry, History, Profile
from journal.content.report import Report

Journey = dict[str, Any]
Seen = set[tuple[str, str, int]]  # (pattern, urgency, day offset)
PUBLIC = Path(__file__).parent.parent / "data" / "journeys-public.json"


def load(path: Path = PUBLIC) -> list[Journey]:
    journeys: list[Journey] = json.loads(path.read_text(encoding="utf-8"))
    return journeys


@dataclass(frozen=True)
class Outcome:
    flags: Seen
    missing: Seen
    unexpected: Seen
    forbidden: set[str]
    evaluation: Evaluation

    @property
    def passed(self) -> bool:
        return not (self.missing or self.unexpected or self.forbidden)


def replay(journey: Journey) -> Outcome:
    start = date.fromisoformat(journey["start_date"])
    evaluation = evaluated(journey, start)
    flags = {(f.pattern, f.urgency.value, (f.day - start).days) for f in evaluation.flags}
    expect = journey["expect"]
    wanted = {(f["pattern"], f["urgency"], f["on_day"]) for f in expect["flags"]}
    forbidden = {pattern for pattern, _, _ in flags} & set(expect["must_not_flag"])
    return Outcome(flags, wanted - flags, flags - wanted, forbidden, evaluation)


def evaluated(journey: Journey, start: date) -> Evaluation:
    """Clinician actions are bound to the flags of their day, so each is applied to what stood then."""
    history = History(profile(journey["patient"], start), delivered(journey, start))
    as_of = start + timedelta(days=journey["as_of"]["day"])
    actions: list[Action] = []
    for act in sorted(journey.get("clinician") or (), key=lambda a: (a["day"], a["time"])):
        day = start + timedelta(days=act["day"])
        standing = evaluate(history, as_of=day, actions=actions).flags
        actions += [_action(act, flag, day) for flag in standing if _concerns(act, flag, day, actions)]
    return evaluate(history, as_of=as_of, actions=actions)


def _concerns(act: dict[str, Any], flag: RaisedFlag, day: date, actions: list[Action]) -> bool:
    done = any(a.kind == "resolve" and (a.pattern, a.raised) == (flag.pattern, flag.day) for a in actions)
    return flag.pattern == act["pattern"] and flag.day <= day and not done


def _action(act: dict[str, Any], flag: RaisedFlag, day: date) -> Action:
    return Action(flag.pattern, flag.day, frozenset(flag.keys), act["action"], day)


def profile(patient: dict[str, Any], start: date) -> Profile:
    """A birthday on the first day makes the age of the journey true for all of it."""
    born = start.replace(year=start.year - patient["age"], day=min(start.day, 28))
    return Profile(born, frozenset(patient["history"]), patient.get("peak_height_cm"))


def delivered(journey: Journey, start: date) -> list[Entry]:
    """Highest version of each entry, in whatever order the versions came (G2)."""
    items = journey["days"]
    order = journey.get("arrival_order") or range(len(items))
    latest: dict[str, tuple[int, Entry]] = {}
    for index in order:
        item = items[index]
        identity = item.get("entry_id") or f"{journey['id']}-{index}"
        version = item.get("seq") or 0
        if identity not in latest or version > latest[identity][0]:
            latest[identity] = (version, _entry(identity, item, journey, start))
    return [entry for _, entry in latest.values()]


def _entry(identity: str, item: dict[str, Any], journey: Journey, start: date) -> Entry:
    day = start + timedelta(days=item["day"])
    zone = ZoneInfo(item.get("tz") or journey["patient"]["timezone"])
    at = datetime.combine(day, time.fromisoformat(item["time"]), zone)
    return Entry(identity, day, at, Report.model_validate(item["entry"]).document())
