"""Black stools or vomited blood."""

from datetime import date

from journal.content.history import History
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.vocabulary import label
from journal.content.wording import said

CODES = ("black_stools", "vomiting_blood")


def find(history: History, day: date) -> tuple[Finding, ...]:
    said_today = {code: ids for code in CODES if (ids := history.on(day).systemic.get(code))}
    if not said_today:
        return ()
    words = " and ".join(label(code) for code in said_today)
    tablets = sum("nsaid_oral" in one.medications for one in history.span(day, 13))
    return (
        Finding(
            entry_ids=tuple(dict.fromkeys(one for ids in said_today.values() for one in ids)),
            arm="+".join(said_today),
            why=said(what=tuple(said_today)),
            why_clinician=f"{words.capitalize()}; anti-inflammatory tablets on {tablets} of 14 days.",
            numbers={"nsaid_days_in_14": tablets},
        ),
    )


RULE = Rule(
    pattern="gi-bleed",
    version=1,
    urgency=Urgency.EMERGENCY_NOW,
    kind="event",
    key="the whole patient",
    owner="emergency-service",
    holds_exercise=True,
    title="Please get emergency help now",
    advice=(
        "Black sticky stools or vomiting blood can mean bleeding in the stomach, more likely with "
        "anti-inflammatory tablets. Take no more of those. Call the emergency number or go to an emergency "
        "department now. This journal is not an emergency service: nobody may be reading it right now."
    ),
    why={
        "why": "You logged {what:labels}.",
    },
    clinician=(
        "Anti-inflammatory days in 14; blood thinner; steroid; ulcer history. Iron also blackens stools."
    ),
    sources=(
        Source("NHS advice on ibuprofen, as reported", "S"),
        Source("Iron tablets: accepted false alarm", "D"),
    ),
    seeds=("004-16",),
    window="the day",
    reach=13,
    covers=(Covers("nsaid-overuse"),),
    needs=(frozenset(CODES),),
    find=find,
)
