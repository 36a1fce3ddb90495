"""Anti-inflammatory tablets on too many days, or on a few with something that adds to the risk."""

from datetime import date

from journal.content.day import Day
from journal.content.history import History
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.wording import said

MANY, LONG = 11, 13  # R: ten-day limit of over-the-counter packs
FEW, WEEK = 3, 6  # D
RISK_HISTORY = ("peptic_ulcer", "anticoagulant", "long_term_steroid")
RISK_LOGGED = ("anticoagulant", "steroid_oral")


def find(history: History, day: date) -> tuple[Finding, ...]:
    if "nsaid_oral" not in history.on(day).medications:
        return ()
    fortnight = _tablet_days(history, day, LONG)
    week = _tablet_days(history, day, WEEK)
    many = len(fortnight) >= MANY and not history.profile.has("nsaid_prescribed")
    risk = len(week) >= FEW and _at_risk(history, day)
    if not many and not risk:
        return ()
    counted = fortnight if many else week
    return (
        Finding(
            entry_ids=tuple(dict.fromkeys(one for d in counted for one in d.medications["nsaid_oral"])),
            arm="+".join(arm for arm, true in (("a", many), ("b", risk)) if true),
            why=said("fortnight" if many else "week", days=len(counted)),
            why_clinician=(
                f"Anti-inflammatory tablets on {len(fortnight)} of 14 days and {len(week)} of 7"
                f"{'; ulcer, blood thinner or steroid' if risk else ''}."
            ),
            numbers={"days_in_14": len(fortnight), "days_in_7": len(week)},
        ),
    )


def _tablet_days(history: History, day: date, back: int) -> list[Day]:
    return [one for one in history.span(day, back) if "nsaid_oral" in one.medications]


def _at_risk(history: History, day: date) -> bool:
    logged = any(code in one.medications for one in history.span(day, WEEK) for code in RISK_LOGGED)
    return history.profile.has(*RISK_HISTORY) or logged


RULE = Rule(
    pattern="nsaid-overuse",
    version=1,
    urgency=Urgency.WITHIN_2_WEEKS,
    kind="state",
    key="the whole patient",
    owner="doctor",
    holds_exercise=False,
    title="Anti-inflammatory tablets on many days",
    advice=(
        "Tablets of this kind on many days can hurt stomach, kidneys and liver. Speak to your pharmacist "
        "or doctor before you go on with them. Black stools or vomiting blood: call the emergency number."
    ),
    why={
        "fortnight": "You logged anti-inflammatory tablets on {days} days of the last two weeks.",
        "week": "You logged anti-inflammatory tablets on {days} days of the last week.",
    },
    clinician=(
        "Days; reason for the pain; stomach protection; kidney function; other choices with the prescriber."
    ),
    sources=(
        Source("NICE NG59: lowest dose, shortest time, mind age and stomach protection", "S"),
        Source("Ten-day limit on over-the-counter packs", "R"),
        Source("Three days with an added risk", "D"),
    ),
    seeds=("000-21", "004-16", "X-08"),
    window="[D-13, D]; with added risk [D-6, D]",
    reach=LONG,
    needs=(frozenset({"nsaid_oral"}),),
    find=find,
)
