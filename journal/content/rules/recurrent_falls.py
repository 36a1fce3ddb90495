"""Two falls in a year, or three falls and near-falls in a fortnight. It counts; it does not predict."""

from datetime import date

from journal.content.history import History
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.wording import full_day, said

YEAR = 364  # [D-364, D]: World Falls Guidelines 2022 (V)
FORTNIGHT = 13  # D


def find(history: History, day: date) -> tuple[Finding, ...]:
    today = history.on(day)
    falls = [t for one in history.span(day, YEAR) for t in one.falls] if today.falls else []
    close = [t for one in history.span(day, FORTNIGHT) for t in one.tumbles] if today.tumbles else []
    if len(falls) >= 2:
        why, arm, counted = "year", "a", falls
    elif len(close) >= 3:
        why, arm, counted = "fortnight", "b", close
    else:
        return ()
    days = ", ".join(dict.fromkeys(full_day(t.day) for t in counted))
    injured = sum(t.injury for t in counted)
    return (
        Finding(
            entry_ids=tuple(dict.fromkeys(t.entry_id for t in counted)),
            arm=arm,
            why=said(why, count=len(counted)),
            why_clinician=(
                f"{len(counted)} {'falls' if arm == 'a' else 'falls or near-falls'} ({days}); {injured} hurt."
            ),
            numbers={"counted": len(counted), "with_injury": injured},
        ),
    )


RULE = Rule(
    pattern="recurrent-falls",
    version=1,
    urgency=Urgency.WITHIN_2_WEEKS,
    kind="event",
    key="the whole patient",
    owner="physiotherapist",
    holds_exercise=False,
    title="More than one fall",
    advice=(
        "Falling more than once deserves a proper falls check: balance, eyes, medicines, blood pressure "
        "and your home. Please speak about it at your next appointment, within two weeks. If you hurt "
        "yourself, hit your head or fainted, have yourself checked today."
    ),
    why={
        "year": "You have logged {count} falls within a year.",
        "fortnight": "You have logged {count} falls and near-falls within two weeks.",
    },
    clinician="Dates, injuries, time of day, sedatives; comprehensive falls assessment, no prediction score.",
    sources=(
        Source("World Falls Guidelines 2022: two or more in 12 months", "V"),
        Source("NICE NG249, April 2025: assessment after two or more falls; no risk-prediction scores", "V"),
        Source("Cluster of three with near-falls", "D"),
    ),
    seeds=("003-03", "003-27"),
    window="falls in [D-364, D]; falls and near-falls in [D-13, D]",
    reach=YEAR,
    needs=(frozenset({"fall", "near_fall"}),),
    find=find,
)
