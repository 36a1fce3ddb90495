"""One low height reading: please measure again."""

from datetime import date

from journal.content.history import History
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.wording import said


def find(history: History, day: date) -> tuple[Finding, ...]:
    low = history.low_height(day)
    if low is None:
        return ()
    return (
        Finding(
            entry_ids=history.on(day).ids("height_cm"),
            arm="+".join(low.lost),
            why=said(cm=low.cm),
            why_clinician=f"{low.in_words}.",
            numbers={"height_cm": round(low.cm, 1), "loss_cm": low.most},
        ),
    )


RULE = Rule(
    pattern="height-recheck",
    version=1,
    urgency=Urgency.INFORMATION,
    kind="event",
    key="the whole patient",
    owner="physiotherapist",
    holds_exercise=False,
    title="Please measure your height again",
    advice=(
        "Please measure again this week: in the morning, without shoes, heels to the wall, and with a "
        "helper who reads it. One reading alone says little."
    ),
    why={
        "why": "Your height reading of {cm:.1f} cm is lower than expected.",
    },
    clinician="Readings and method; posture; days with back pain.",
    sources=(
        Source("ISCD 2007: 2 cm measured, 4 cm remembered", "V"),
        Source("Siminoski 2006; International Osteoporosis Foundation", "V"),
        Source("60-day reference; same limits for women and men", "D"),
    ),
    seeds=("000-09", "002-14"),
    window="reference: the first 60 days of readings",
    reach=0,
    needs=(frozenset({"height_cm"}),),
    find=find,
)
