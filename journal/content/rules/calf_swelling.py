"""Swelling of one calf or leg."""

from datetime import date

from journal.content.history import History
from journal.content.items import entries_of
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.wording import said

SITES = frozenset({"calf", "leg"})


def find(history: History, day: date) -> tuple[Finding, ...]:
    items = [a for a in history.aches(day) if a.site in SITES and "swelling" in a.quality and a.severity >= 1]
    sides = {side for a in items for side in a.sides}
    if len(sides) != 1:  # swelling of both legs has other causes
        return ()
    (side,) = sides
    worst = max(a.severity for a in items)
    return (
        Finding(
            key=f"{side}-leg",
            entry_ids=entries_of(*items),
            arm="a",
            why=said(where=f"{side}-leg"),
            why_clinician=f"Swelling of the {side} calf or leg alone, {worst}/10.",
            numbers={"severity": worst},
        ),
    )


RULE = Rule(
    pattern="calf-swelling",
    version=1,
    urgency=Urgency.SAME_DAY,
    kind="event",
    key="region",
    owner="doctor",
    holds_exercise=True,
    title="One swollen leg: please be seen today",
    advice=(
        "A swollen, painful calf on one side can come from a clot. Contact your doctor or an urgent-care "
        "line and be seen today. Do not rub the calf. Call the emergency number for chest pain or "
        "breathlessness. This journal is not an emergency service."
    ),
    why={
        "why": "You logged swelling with pain in your {where:region}.",
    },
    clinician="Drop in activity; recent fracture or surgery. Clot pathway today.",
    sources=(Source("NICE NG158", "R"), Source("Added because this population is often immobile", "D")),
    seeds=("003-11", "X-07"),
    window="the day",
    reach=0,
    needs=(SITES, frozenset({"swelling"})),
    find=find,
)
