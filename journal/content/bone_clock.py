"""When a bone injection is due again, and whether a stop was left without a medicine to follow. Pure.

Denosumab is given every six months. Its effect ends soon after: in a cohort, spine fractures were more
frequent when a dose came over 16 weeks late (Lyu and others, Annals of Internal Medicine, 2020), and a
European consensus (Tsourdi and others, 2021) advises against a stop without another medicine. Both from
general knowledge, to be checked by the clinician who signs off the deployment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from journal.content.facts import Stated

MONTHS = {"denosumab": 6, "zoledronate": 12}
FOLLOW_ON = frozenset({"bisphosphonate", "other_antiresorptive"})


@dataclass(frozen=True, slots=True)
class Due:
    """The day by which the next injection should be given."""

    code: str
    on: date


def injections_due(standing: Iterable[Stated]) -> tuple[Due, ...]:
    """The next due day of each injection that goes on, counted in calendar months from the last one.

    A start of denosumab without an injection on record counts as the first one. A stop after the last
    injection ends the clock.
    """
    known = list(standing)
    last: dict[str, date] = {}
    for one in known:
        if one.since and (one.kind == "injection" or (one.kind, one.code) == ("medicine", "denosumab")):
            last[one.code] = max(one.since, last.get(one.code, one.since))
    stopped = _stopped(known)
    return tuple(
        Due(code, day + relativedelta(months=MONTHS[code]))
        for code, day in sorted(last.items())
        if code in MONTHS and stopped.get(code, date.min) < day
    )


def without_follow_on(standing: Iterable[Stated]) -> date | None:
    """The day on which denosumab was stopped when no other bone medicine covers the time after it."""
    known = list(standing)
    stop = _stopped(known).get("denosumab")
    if stop is None or any(due.code == "denosumab" for due in injections_due(known)):
        return None
    return None if any(_covers(one, stop) for one in known) else stop


def _stopped(known: Iterable[Stated]) -> Mapping[str, date]:
    """The last day of each medicine that has ended and not begun again."""
    ends: dict[str, date | None] = {}
    for one in sorted(
        (one for one in known if one.kind == "medicine"), key=lambda one: one.since or date.min
    ):
        ends[one.code] = one.until
    return {code: day for code, day in ends.items() if day is not None}


def _covers(one: Stated, stop: date) -> bool:
    """Whether another anti-resorptive goes on after the stop."""
    if one.kind == "injection" and one.code == "zoledronate" and one.since:
        return one.since + relativedelta(months=MONTHS["zoledronate"]) > stop
    return one.kind == "medicine" and one.code in FOLLOW_ON and (one.until is None or one.until > stop)
