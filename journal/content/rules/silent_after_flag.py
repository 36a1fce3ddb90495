"""Nothing heard for two days after an urgent flag, and nobody has dealt with it."""

from collections.abc import Sequence
from datetime import date, timedelta

from journal.content.history import History
from journal.content.rule import Finding, Raised, Rule, Source, Urgency
from journal.content.wording import full_day, said

DUE = timedelta(days=3)  # met on F+3
QUIET = (timedelta(days=1), timedelta(days=2))  # no entry on F+1 and F+2


# F is the day a flag was raised; a later report that joins it (G10) does not start the count again.
def find_after(history: History, day: date, raised: Sequence[Raised]) -> tuple[Finding, ...]:
    unanswered = [flag for flag in raised if flag.day + DUE == day and _is_silent(history, flag)]
    if not unanswered:
        return ()
    flagged = unanswered[0].day
    last = max((d for d in history.dates if d <= flagged), default=flagged)
    patterns = ", ".join(flag.pattern for flag in unanswered)
    return (
        Finding(
            entry_ids=tuple(dict.fromkeys(one for flag in unanswered for one in flag.entry_ids)),
            arm="a",
            why=said(),
            why_clinician=(
                f"No entry since {full_day(last)}, after the urgent flag of {full_day(flagged)} "
                f"({patterns.replace('-', ' ')}); nobody acknowledged or resolved it."
            ),
            numbers={"flag_day": flagged.isoformat(), "last_entry": last.isoformat(), "patterns": patterns},
        ),
    )


def _is_silent(history: History, flag: Raised) -> bool:
    wrote = any(history.has_entry(flag.day + gap) for gap in QUIET)
    handled = any(flag.day <= one <= flag.day + QUIET[-1] for one in flag.handled)
    return not wrote and not handled


RULE = Rule(
    pattern="silent-after-flag",
    version=1,
    urgency=Urgency.SAME_DAY,
    kind="event",
    key="the whole patient",
    owner="physiotherapist",
    holds_exercise=True,
    title="Please tell us how you are",
    advice=(
        "We have not heard from you since an urgent message. Please answer how you are today, or ask "
        "somebody to do it for you, and follow the earlier advice if you have not yet. If you are worse, "
        "call the emergency number: this journal is not an emergency service."
    ),
    why={
        "why": "We sent you an urgent message three days ago and have not heard from you since.",
    },
    clinician="The source flag; the last contact; the emergency contact. Telephone today.",
    sources=(Source("Closing the loop after an urgent message", "D"),),
    seeds=("001-15", "001-30"),
    window="no entry on F+1 and F+2, no acknowledge or resolve in [F, F+2]",
    reach=3,
    find_after=find_after,
)
