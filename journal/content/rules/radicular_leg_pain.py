"""Pain from the lower back running down one leg, new within a month."""

from datetime import date

from journal.content.history import History
from journal.content.items import Ache, days_of, entries_of
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.vocabulary import site
from journal.content.wording import said

LOW_BACK = frozenset({"lumbar", "sacrum", "buttock"})
SEVERE = 4  # D
DAYS, BACK = 2, 6  # D
CLEAN_DAYS, CLEAN = 3, (34, 7)  # D


def find(history: History, day: date) -> tuple[Finding, ...]:
    return tuple(found for side in ("left", "right") if (found := _on(side, history, day)))


def _on(side: str, history: History, day: date) -> Finding | None:
    aches = [a for a in _running(history, side, day, BACK) if a.severity >= SEVERE]
    days = days_of(aches)
    if len(days) < DAYS or days[-1] != day or _running(history, side, day, *CLEAN):
        return None
    answered = len(history.answered("pains", day, *CLEAN))
    if answered < CLEAN_DAYS and not any(a.is_sudden for a in aches):
        return None
    worst = max(a.severity for a in aches)
    to = ", ".join(site(code) for code in sorted({a.radiates_to for a in aches if a.radiates_to}))
    return Finding(
        key=f"{side}-leg",
        entry_ids=entries_of(*aches),
        arm="a",
        why=said(where=f"{side}-leg", days=len(days)),
        why_clinician=(
            f"Pain running into the {side} leg (to the {to}), up to {worst}/10, on {len(days)} of 7 days; "
            f"none on {answered} answered days of the four weeks before."
        ),
        numbers={"days": len(days), "severity": worst, "clean_days": answered},
    )


# "No radiating item of any severity" is read of the same kind of item: from the low back into that leg.
def _running(history: History, side: str, day: date, back: int, to: int = 0) -> list[Ache]:
    found = history.aches(day, back, to)
    return [a for a in found if a.site in LOW_BACK and a.into_leg and side in a.sides]


RULE = Rule(
    pattern="radicular-leg-pain",
    version=1,
    urgency=Urgency.WITHIN_2_WEEKS,
    kind="state",
    key="region",
    owner="physiotherapist",
    holds_exercise=False,
    title="Pain running down your leg",
    advice=(
        "Pain running down the leg often comes from a nerve in the back. Keep moving within comfort; we "
        "will look at it at your next appointment, within two weeks. Call the emergency number for "
        "numbness between the legs, a change in bladder or bowel control, pain or weakness in both legs. "
        "Tell us about new numbness."
    ),
    why={
        "why": "You logged pain running from your back into your {where:region} on {days} days.",
    },
    clinician="Path of the pain; effect of coughing; numbness; power. A disc or a narrow canal looks alike.",
    sources=(Source("NICE NG59", "R"), Source("Counts and windows", "D")),
    seeds=("000-06", "000-12", "000-17", "001-04", "001-13"),
    window="[D-6, D]; none in [D-34, D-7]",
    reach=34,
    needs=(LOW_BACK, frozenset({"radiates_to"})),
    find=find,
)
