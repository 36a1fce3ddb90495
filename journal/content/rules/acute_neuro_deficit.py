"""New weakness of both legs, of face, arm or speech, or cord-like signs with spinal pain: emergency now."""

from datetime import date, timedelta

from journal.content.history import History
from journal.content.items import Sign, entries_of, placed
from journal.content.rule import Covers, Finding, Rule, Source, Urgency
from journal.content.vocabulary import LEG_REGIONS, SENSORY, label
from journal.content.wording import said

SEVERE = 4  # D
PAIN_DAYS = 13  # D: [D-13, D]
PAIR_DAYS = 2  # D: gait and leg sign within [D-2, D]
UPPER = frozenset({"left-face", "right-face", "left-arm", "right-arm"})
CORD_SITES = frozenset({"neck", "thoracic", "lumbar"})


def find(history: History, day: date) -> tuple[Finding, ...]:
    arms = {
        "a": _both_legs_weak(history, day),
        "b": _one_side_numb(history, day),
        "c": _face_arm_speech(history, day),
        "d": _gait_and_leg(history, day),
        "e": _cancer_and_signs(history, day),
    }
    true = {arm: ids for arm, ids in arms.items() if ids}
    if not true:
        return ()
    named = "; ".join(_WHAT[arm] for arm in true)
    return (
        Finding(
            entry_ids=tuple(dict.fromkeys(one for ids in true.values() for one in ids)),
            arm="+".join(true),
            why=said(arms=tuple(true)),
            why_clinician=f"{named.capitalize()}. Logged that day: {_map(history, day)}.",
            numbers={"window_days": PAIN_DAYS + 1},
        ),
    )


_WHAT = {
    "a": "new weakness of both legs",
    "b": "new numbness of arm and leg on one side",
    "c": "new change in face, arm or speech",
    "d": "unsteady walking with a new leg symptom and spinal pain",
    "e": "cancer history, a new nerve symptom and spinal pain",
}


def _both_legs_weak(history: History, day: date) -> tuple[str, ...]:
    signs = [s for s in history.on(day).signs if s.kind == "weakness" and s.regions & LEG_REGIONS]
    both = {region for s in signs for region in s.regions} >= LEG_REGIONS
    new = both and any(history.is_new("weakness", region, day) for region in LEG_REGIONS)
    return entries_of(*signs) if new else ()


def _in_upper_body(history: History, day: date) -> bool:
    return not UPPER.isdisjoint(history.on(day).regions)


def _one_side_numb(history: History, day: date) -> tuple[str, ...]:
    for side in ("left", "right") if _in_upper_body(history, day) else ():
        pair = (f"{side}-arm", f"{side}-leg")
        numb = [_numb(history, region, day) for region in pair]
        if all(numb) and all(history.is_new("sensory", region, day) for region in pair):
            return entries_of(*numb[0], *numb[1])
    return ()


def _numb(history: History, region: str, day: date) -> list[Sign]:
    """Numbness, not tingling: the card names numbness here."""
    return [s for s in history.on(day).signs_in(region, "sensory") if s.symptom == "numbness"]


def _face_arm_speech(history: History, day: date) -> tuple[str, ...]:
    signs: list[Sign] = []
    for side in ("left", "right") if _in_upper_body(history, day) else ():
        face = f"{side}-face"
        if history.is_new("sensory", face, day):
            signs += _numb(history, face, day)
        for region in (face, f"{side}-arm"):
            if history.is_new("weakness", region, day):
                signs += history.on(day).signs_in(region, "weakness")
    spoken = [one for code in ("facial_droop", "slurred_speech") for one in _newly_said(history, code, day)]
    return tuple(dict.fromkeys((*entries_of(*signs), *spoken)))


def _newly_said(history: History, code: str, day: date) -> tuple[str, ...]:
    """Each of the two codes is judged by itself: speech that fails a day after the face is new."""
    now = history.on(day).systemic.get(code, ())
    return () if now and any(one.says(code) for one in history.span(day, 28, 1)) else now


def _gait_and_leg(history: History, day: date) -> tuple[str, ...]:
    window = [day - timedelta(days=back) for back in range(PAIR_DAYS + 1)]
    gait = [d for d in window if history.newly("unsteady_gait", d)]
    if not gait:
        return ()
    pains = [a for a in history.aches(day, PAIN_DAYS) if a.site in CORD_SITES and a.severity >= SEVERE]
    leg = {d: signs for d in window if (signs := _new_in_leg(history, d))}
    if not (pains and leg and (day in gait or day in leg)):
        return ()
    walked = [s for d in gait for s in history.on(d).signs_of("unsteady_gait")]
    return entries_of(*walked, *(s for signs in leg.values() for s in signs), *pains)


def _new_in_leg(history: History, day: date) -> list[Sign]:
    # "in a leg" is read for both: "a new sensory symptom or new weakness in a leg".
    return _new_signs(history, day, {"sensory": LEG_REGIONS, "weakness": LEG_REGIONS})


def _new_signs(history: History, day: date, kinds: dict[str, frozenset[str]]) -> list[Sign]:
    return [
        sign
        for kind, regions in kinds.items()
        for region in sorted(regions)
        if history.is_new(kind, region, day)
        for sign in history.on(day).signs_in(region, kind)
    ]


def _cancer_and_signs(history: History, day: date) -> tuple[str, ...]:
    if not history.profile.has("cancer_history"):
        return ()
    pains = [a for a in history.aches(day, PAIN_DAYS) if a.is_axial and a.severity >= SEVERE]
    signs = _new_signs(history, day, {"sensory": LEG_REGIONS | {"trunk"}, "weakness": LEG_REGIONS})
    if history.newly("unsteady_gait", day):
        signs += history.on(day).signs_of("unsteady_gait")
    return entries_of(*signs, *pains) if pains and signs else ()


def _map(history: History, day: date) -> str:
    today = history.on(day)
    signs = [placed(s) for s in today.signs]
    spoken = [label(code) for code in ("facial_droop", "slurred_speech") if today.says(code)]
    return ", ".join(dict.fromkeys((*signs, *spoken))) or "nothing placed"


RULE = Rule(
    pattern="acute-neuro-deficit",
    version=1,
    urgency=Urgency.EMERGENCY_NOW,
    kind="event",
    key="the whole patient",
    owner="emergency-service",
    holds_exercise=True,
    title="Please call the emergency number now",
    advice=(
        "New weakness in both legs, or a sudden change in face, arm or speech, needs help at once: it can "
        "come from the brain or from pressure on the spinal cord. Call the emergency number now, note the "
        "time it began, and do not drive. This journal is not an emergency service: nobody may be reading "
        "it right now."
    ),
    why={
        "why": "You told us about {arms:and}.",
        "a": "weakness in both legs",
        "b": "numbness in an arm and a leg of the same side",
        "c": "a new change in face, arm or speech",
        "d": "unsteady walking together with a new leg symptom and back or neck pain",
        "e": "a new nerve symptom together with back or neck pain",
    },
    clinician=(
        "Map of regions with the first day of each; spinal pain of the last 14 days; cancer history; blood "
        "thinner. Stroke or cord pathway, not an appointment."
    ),
    sources=(
        Source("NICE CG75 list (replaced by NG234): limb weakness, gait, sensory loss with spinal pain", "V"),
        Source("FAST campaign: face, arm, speech, one-sided weakness or numbness", "V"),
        Source("VAPOUR: two of 59 in usual care developed cord compression", "V"),
        Source("Windows; arm c over-triages wrist and neck problems on purpose", "D"),
    ),
    seeds=("001-03", "001-08", "003-01", "X-06", "002-08"),
    window="the day; pairs in [D-2, D]; pain in [D-13, D]; new against [D-28, D-1]",
    reach=PAIR_DAYS + 28,
    covers=(
        Covers("new-leg-weakness"),
        Covers("new-numbness"),
        Covers("new-giving-way"),
        Covers("neuro-progression"),
    ),
    needs=(SENSORY | {"weakness", "unsteady_gait", "facial_droop", "slurred_speech"},),
    find=find,
)
