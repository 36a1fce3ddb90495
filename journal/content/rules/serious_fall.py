"""A fall with injury, with a blackout, or after which standing is lost."""

from datetime import date

from journal.content.history import History
from journal.content.items import entries_of
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.wording import said

DAYS = 2  # D: [D-2, D]


def find(history: History, day: date) -> tuple[Finding, ...]:
    today = history.on(day)
    recent = [t for one in history.span(day, DAYS) for t in one.falls]
    hurt = [t for t in today.falls if t.injury]
    fainted = today.systemic.get("blackout", ()) if today.falls else ()
    unable = today.cannot_stand if recent else ()
    arms = {
        "a": entries_of(*hurt),
        "b": (*entries_of(*today.falls), *fainted) if fainted else (),
        "c": (*entries_of(*recent), *unable) if unable else (),
    }
    true = {arm: ids for arm, ids in arms.items() if ids}
    if not true:
        return ()
    words = " and ".join(_WHAT[arm] for arm in true)
    blood = "; blood thinner on record" if history.profile.has("anticoagulant") else ""
    return (
        Finding(
            entry_ids=tuple(dict.fromkeys(one for ids in true.values() for one in ids)),
            arm="+".join(true),
            why=said(arms=tuple(true)),
            why_clinician=f"Fall {words}; falls in 3 days: {len(recent)}{blood}.",
            numbers={"falls_in_3_days": len(recent)},
        ),
    )


_WHAT = {"a": "with injury", "b": "with a blackout", "c": "after which standing is not possible"}

RULE = Rule(
    pattern="serious-fall",
    version=1,
    urgency=Urgency.SAME_DAY,
    kind="event",
    key="the whole patient",
    owner="doctor",
    holds_exercise=True,
    title="After this fall, please be checked today",
    advice=(
        "After a fall with injury, a blackout or trouble standing, have yourself checked today. Call the "
        "emergency number for a blow to the head while on blood thinners, drowsiness, vomiting, confusion "
        "or fits, for hip or groin pain with no standing, or for neck pain. This journal is not an "
        "emergency service."
    ),
    why={
        "why": "You told us about {arms:and}.",
        "a": "a fall in which you were hurt",
        "b": "a fall with a blackout",
        "c": "a fall after which you cannot put weight on your legs",
    },
    clinician="Injury in the note; blood thinner; blackout; time on the floor. Head-injury criteria.",
    sources=(
        Source("World Falls Guidelines 2022, table 2: severe fall", "V"),
        Source("NICE NG232 head injury", "S"),
    ),
    seeds=("003-27", "X-02"),
    window="the day; falls in [D-2, D]",
    reach=DAYS,
    needs=(frozenset({"fall", "cannot_stand"}),),
    find=find,
)
