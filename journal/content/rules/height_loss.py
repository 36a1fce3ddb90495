"""A low height reading that a second one, or a stooped posture, confirms."""

from datetime import date

from journal.content.day import Day
from journal.content.history import History
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.wording import said

CONFIRM_BACK = 60  # D
POSTURE_BACK = 27  # D


def find(history: History, day: date) -> tuple[Finding, ...]:
    low = history.low_height(day)
    if low is None:
        return ()
    earlier = [one for one in history.span(day, CONFIRM_BACK, 1) if history.low_height(one.date)]
    stooped = [one for one in history.span(day, POSTURE_BACK) if one.says("stooped_posture")]
    if not earlier and not stooped:
        return ()
    return (
        Finding(
            entry_ids=tuple(dict.fromkeys((*_ids(earlier, stooped), *history.on(day).ids("height_cm")))),
            arm="+".join(arm for arm, true in (("second reading", earlier), ("posture", stooped)) if true),
            why=said(cm=low.most),
            why_clinician=(
                f"{low.in_words}; earlier low readings in 60 days: {len(earlier)}; stooped posture on "
                f"{len(stooped)} of 28 days."
            ),
            numbers={"height_cm": round(low.cm, 1), "loss_cm": low.most, "low_readings_before": len(earlier)},
        ),
    )


def _ids(earlier: list[Day], stooped: list[Day]) -> list[str]:
    read = [one for d in earlier for one in d.ids("height_cm")]
    return read + [one for d in stooped for one in d.systemic["stooped_posture"]]


RULE = Rule(
    pattern="height-loss",
    version=1,
    urgency=Urgency.WITHIN_2_WEEKS,
    kind="state",
    key="the whole patient",
    owner="physiotherapist",
    holds_exercise=False,
    title="Your height has changed",
    advice=(
        "Your height has become less. That can come from bones of the spine that have given way without "
        "pain. We will talk about a picture of your spine at your next appointment, within two weeks. If "
        "you get sudden strong back pain, contact your doctor that day."
    ),
    why={
        "why": "Your measured height has changed by {cm:.1f} cm.",
    },
    clinician="Readings and method; posture and kyphosis; days with back pain; ask for a spine image.",
    sources=(
        Source("ISCD 2007: 2 cm measured, 4 cm remembered", "V"),
        Source("Auyeung 2010: over 2 cm in 4 years, hip fracture HR 4.7 in women", "V"),
        Source("Siminoski 2006; International Osteoporosis Foundation", "V"),
        Source("Confirmation within 60 days", "D"),
    ),
    seeds=("000-08", "000-09", "002-06", "002-14", "002-15"),
    window="second low reading in [D-60, D-1], or stooped posture in [D-27, D]",
    reach=CONFIRM_BACK,
    covers=(Covers("height-recheck"),),
    needs=(frozenset({"height_cm"}),),
    find=find,
)
