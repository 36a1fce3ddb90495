"""Low mood, or fear of falling, on more than half of the days that were asked about."""

from datetime import date

from journal.content.history import History
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.vocabulary import label
from journal.content.wording import said

BACK = 13
DAYS = 4  # D


def find(history: History, day: date) -> tuple[Finding, ...]:
    found = [f for code in ("low_mood", "fear_of_falling") if (f := _often(code, history, day))]
    if not found:
        return ()
    return (
        Finding(
            entry_ids=tuple(dict.fromkeys(one for f in found for one in f.entry_ids)),
            arm="+".join(f.arm for f in found),
            why=tuple(one for f in found for one in f.why),
            why_clinician=" ".join(f.why_clinician for f in found),
            numbers={name: number for f in found for name, number in f.numbers.items()},
        ),
    )


def _often(code: str, history: History, day: date) -> Finding | None:
    """More than half the days, as in the PHQ-2 answer scale (V). This is not a PHQ-2; it prompts one."""
    if not history.on(day).says(code):
        return None
    answered = history.answered("systemic", day, BACK)
    days = [one for one in answered if one.says(code)]
    if len(days) < DAYS or 2 * len(days) <= len(answered):
        return None
    return Finding(
        entry_ids=tuple(one for d in days for one in d.systemic[code]),
        arm=code,
        why=said(what=(code,), days=len(days)),
        why_clinician=(
            f"{label(code).capitalize()} on {len(days)} of {len(answered)} answered days in two weeks."
        ),
        numbers={f"{code}_days": len(days), "answered_days": len(answered)},
    )


RULE = Rule(
    pattern="mood-and-fear",
    version=1,
    urgency=Urgency.WITHIN_2_WEEKS,
    kind="state",
    key="the whole patient",
    owner="physiotherapist",
    holds_exercise=False,
    title="Shall we talk?",
    advice=(
        "Pain and fear wear people down. Talking helps, and so does a plan to move safely. We will bring "
        "it up at your next appointment; your doctor can help too. If you have thoughts of harming "
        "yourself, call a crisis line or the emergency number now."
    ),
    why={
        "why": "You logged {what:labels} on {days} days of the last two weeks.",
    },
    clinician="Days with low mood or fear; sleep; activity. Offer a PHQ-2 and a plan for moving safely.",
    sources=(
        Source("More than half the days: PHQ-2 answer scale; Arroll 2010, Levis 2020", "V"),
        Source("Four days in 14", "D"),
    ),
    seeds=("003-09", "003-16", "004-09", "004-29", "X-11"),
    window="[D-13, D]",
    reach=BACK,
    needs=(frozenset({"low_mood", "fear_of_falling"}),),
    find=find,
)
