"""A new change in bladder or bowel control. With back or leg company, cauda-equina takes over (G11)."""

from datetime import date

from journal.content.history import History
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.wording import said


def find(history: History, day: date) -> tuple[Finding, ...]:
    new = tuple(s for s in ("bladder_change", "bowel_change") if history.newly(s, day))
    if not new:
        return ()
    words = " and ".join(s.removesuffix("_change") for s in new)
    return (
        Finding(
            entry_ids=tuple(dict.fromkeys(s.entry_id for s in history.on(day).signs_of(*new))),
            arm="a",
            why=said(what=new),
            why_clinician=f"New change in {words} control, none in the 28 days before.",
        ),
    )


RULE = Rule(
    pattern="bladder-bowel-change",
    version=1,
    urgency=Urgency.WITHIN_48H,
    kind="event",
    key="the whole patient",
    owner="doctor",
    holds_exercise=False,
    title="A change in bladder or bowel control",
    advice=(
        "We want to hear more from you within two days; please tell your doctor too. Call the emergency "
        "number at once if back or leg pain, numbness in a leg, or numbness between the legs joins in."
    ),
    why={
        "why": "You logged a new change in {what:and} control.",
        "bladder_change": "bladder",
        "bowel_change": "bowel",
    },
    clinician="Signs of infection; new medicines (opioids); days with back pain; saddle sensation.",
    sources=(
        Source("No fixed presentation: Physiotherapy 2024 note on the GIRFT pathway", "V"),
        Source("Tier", "D"),
    ),
    seeds=("001-12", "X-01"),
    window="the day; new against [D-28, D-1]",
    reach=28,
    needs=(frozenset({"bladder_change", "bowel_change"}),),
    find=find,
)
