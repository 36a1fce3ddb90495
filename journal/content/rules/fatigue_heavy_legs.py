"""Tired, heavy or cramping legs on more than half of the days that were asked about."""

from datetime import date

from journal.content.history import History
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.wording import said

CODES = ("fatigue", "leg_heaviness", "muscle_cramps")
BACK, DAYS = 13, 7  # D


def find(history: History, day: date) -> tuple[Finding, ...]:
    if not history.on(day).says(*CODES):
        return ()
    answered = history.answered("systemic", day, BACK)
    tired = [one for one in answered if one.says(*CODES)]
    if len(tired) < DAYS or 2 * len(tired) <= len(answered):
        return ()
    return (
        Finding(
            entry_ids=tuple(
                dict.fromkeys(one for d in tired for c in CODES for one in d.systemic.get(c, ()))
            ),
            arm="a",
            why=said(days=len(tired)),
            why_clinician=(
                f"Fatigue, heaviness or cramps on {len(tired)} of {len(answered)} answered days in two weeks."
            ),
            numbers={"days": len(tired), "answered_days": len(answered)},
        ),
    )


RULE = Rule(
    pattern="fatigue-heavy-legs",
    version=1,
    urgency=Urgency.WITHIN_2_WEEKS,
    kind="state",
    key="the whole patient",
    owner="doctor",
    holds_exercise=False,
    title="Tired, heavy legs",
    advice=(
        "Heavy, tired legs have many causes. Osteoporosis itself is not expected to change blood salts, "
        "so lasting tiredness deserves its own check: ask your doctor about a blood test. If a leg "
        "becomes weak or numb, contact your doctor today; call the emergency number if both legs are "
        "affected."
    ),
    why={
        "why": "You logged tiredness, heavy legs or cramps on {days} days of the last two weeks.",
    },
    clinician=(
        "Minutes of activity; sleep; new medicines; date of a bone injection. Not ascribed to bone loss."
    ),
    sources=(
        Source("More than half the days, as in the PHQ-2 answer scale", "D"),
        Source("Minerals are usually normal in primary osteoporosis: look for other causes", "S"),
    ),
    seeds=("000-10", "003-02", "003-04", "003-05", "003-06"),
    window="[D-13, D]",
    reach=BACK,
    needs=(frozenset(CODES),),
    find=find,
)
