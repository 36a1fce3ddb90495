"""Moving half as much as in the month before."""

from collections.abc import Sequence
from datetime import date

from journal.content.day import Day
from journal.content.history import History
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.wording import said

LATELY, LATELY_DAYS = (7, 1), 4  # D
EARLIER, EARLIER_DAYS = (35, 8), 7  # D
ACTIVE = 20  # D: minutes a day


def find(history: History, day: date) -> tuple[Finding, ...]:
    now = history.answered("activity", day, *LATELY)
    then = history.answered("activity", day, *EARLIER)
    if len(now) < LATELY_DAYS or len(then) < EARLIER_DAYS:
        return ()
    minutes, before = _sum(now), _sum(then)
    # Means compared in whole numbers: now/n <= half of then/m, and then/m >= 20.
    halved = 2 * minutes * len(then) <= before * len(now)
    if not halved or before < ACTIVE * len(then):
        return ()
    mean_now, mean_then = minutes / len(now), before / len(then)
    return (
        Finding(
            entry_ids=tuple(one for d in now for one in d.ids("activity")),
            arm="a",
            why=said(now=round(mean_now), before=round(mean_then)),
            why_clinician=(
                f"{mean_now:.1f} minutes a day on {len(now)} answered days of 7; {mean_then:.1f} on "
                f"{len(then)} answered days of the 28 before."
            ),
            numbers={"minutes_now": round(mean_now, 1), "minutes_before": round(mean_then, 1)},
        ),
    )


def _sum(days: Sequence[Day]) -> int:
    return sum([one.minutes for one in days])


RULE = Rule(
    pattern="activity-drop",
    version=1,
    urgency=Urgency.WITHIN_2_WEEKS,
    kind="state",
    key="the whole patient",
    owner="physiotherapist",
    holds_exercise=False,
    title="You have been moving less",
    advice=(
        "You have been moving much less than before. Shall we find out why and adapt your plan? We will "
        "bring it up at your next appointment. Small, regular amounts help; if pain, weakness or "
        "breathlessness is the reason, contact your doctor."
    ),
    why={
        "why": "You moved about {now} minutes a day last week, and {before} in the weeks before.",
    },
    clinician="Minutes per week; pain; fear; falls; mood.",
    sources=(Source("Seeds 003 and 004: spiral of inactivity; the half is ours", "D"),),
    seeds=("003-17", "004-21"),
    window="[D-7, D-1] against [D-35, D-8]",
    reach=35,
    yields_to_urgent=True,
    find=find,
)
