"""One plain case of every rule: what a patient logs until it is met, for tests of the words."""

from datetime import date
from typing import Any

from journal.content.engine import BY_PATTERN
from journal.content.rule import Finding, Raised, Urgency
from tests.content.build import Days, day, fall, history, nerve, on, pain, quiet, walk

Case = tuple[Days, tuple[str, ...], dict[str, Any]]

_ASLEEP = pain("calf", 5, worse_with=["walking"], better_with=["standing_still"])
_NIGHT = day(pains=[pain("lumbar", 5, worse_with=["night"])], systemic=["weight_loss"])
_USUAL = {n: day(pains=[pain("thoracic", 2)]) for n in range(4)}

PLAIN: dict[str, list[Case]] = {
    "cauda-equina": [
        (
            {
                0: day(pains=[pain("lumbar", 5)]),
                1: day(
                    neuro=[nerve("saddle_numbness", "saddle"), nerve("bladder_change")],
                    pains=[pain("buttock", 5, "both", onset="sudden", radiates_to="calf")],
                ),
            },
            (),
            {},
        ),
        ({0: day(pains=[pain("lumbar", 5)], neuro=[nerve("numbness", "calf", "both")])}, (), {}),
    ],
    "acute-neuro-deficit": [
        ({0: day(neuro=[nerve("weakness", "foot", "both")], systemic=["facial_droop"])}, (), {}),
        ({0: day(neuro=[nerve("numbness", "hand"), nerve("numbness", "foot")])}, (), {}),
        (
            {
                0: day(pains=[pain("neck", 5)], neuro=[nerve("unsteady_gait"), nerve("tingling", "foot")]),
            },
            ("cancer_history",),
            {},
        ),
    ],
    "hip-fracture": [({0: day(pains=[pain("groin", 6)], falls=[fall()], can_bear_weight=False)}, (), {})],
    "limb-ischaemia": [({0: day(pains=[pain("leg", 6, onset="sudden", quality=["cold_pale"])])}, (), {})],
    "gi-bleed": [({0: day(systemic=["black_stools", "vomiting_blood"], medications=["nsaid_oral"])}, (), {})],
    "sudden-back-pain": [
        ({0: day(pains=[pain("lumbar", 8, onset="sudden")])}, (), {}),
        (
            {**_USUAL, 4: day(pains=[pain("thoracic", 6, onset="sudden")], falls=[fall()])},
            ("long_term_steroid", "prior_vertebral_fracture"),
            {"age": 80},
        ),
    ],
    "limb-fracture-suspected": [
        ({0: day(pains=[pain("wrist", 6)], falls=[fall()])}, (), {}),
        ({0: day(pains=[pain("thigh", 8, onset="sudden")])}, (), {}),
        ({0: day(pains=[pain("sacrum", 8)], can_bear_weight=False)}, (), {}),
    ],
    "new-leg-weakness": [
        ({0: day(neuro=[nerve("tingling", "foot")]), 3: day(neuro=[nerve("weakness", "foot")])}, (), {})
    ],
    "spinal-infection": [
        (
            {0: day(systemic=["fever"]), 1: day(pains=[pain("lumbar", 6, worse_with=["night"])])},
            (),
            {},
        )
    ],
    "malignancy-suspected": [
        ({0: _NIGHT, 2: _NIGHT, 4: _NIGHT}, ("cancer_history",), {}),
        ({n: day(pains=[pain("neck", 5)]) for n in (0, 2)}, ("cancer_history",), {}),
    ],
    "serious-fall": [
        ({0: day(falls=[fall(injury=True)], systemic=["blackout"])}, ("anticoagulant",), {}),
        ({0: day(falls=[fall()], can_bear_weight=False)}, (), {}),
    ],
    "calf-swelling": [({0: day(pains=[pain("calf", 3, quality=["swelling"])])}, (), {})],
    "silent-after-flag": [({0: day(pains=[pain("lumbar", 8, onset="sudden")])}, (), {})],
    "back-pain-rise": [
        ({**_USUAL, 6: day(pains=[pain("thoracic", 8)])}, (), {}),
        ({0: day(pains=[pain("lumbar", 7)])}, (), {}),
    ],
    "new-numbness": [
        ({0: day(neuro=[nerve("numbness", "hand"), nerve("tingling", "wrist")])}, (), {}),
        ({0: day(neuro=[{"symptom": "numbness", "site": "abdomen", "side": None}])}, (), {}),
    ],
    "new-giving-way": [({0: day(neuro=[nerve("giving_way", "knee"), nerve("unsteady_gait")])}, (), {})],
    "neuro-progression": [
        (
            {
                0: day(neuro=[nerve("tingling", "foot")]),
                5: day(neuro=[nerve("numbness", "foot"), nerve("tingling", "calf")]),
            },
            (),
            {},
        )
    ],
    "thigh-pain-antiresorptive": [
        ({0: day(pains=[pain("thigh", 4)]), 3: day(pains=[pain("groin", 5)])}, ("antiresorptive",), {})
    ],
    "insufficiency-fracture": [
        (
            {
                **{n: quiet() for n in (10, 15, 20)},
                **{n: day(pains=[pain("foot", 5, worse_with=["weight_bearing"])]) for n in (34, 36, 40)},
            },
            (),
            {},
        )
    ],
    "bladder-bowel-change": [({0: day(neuro=[nerve("bladder_change"), nerve("bowel_change")])}, (), {})],
    "recurrent-falls": [
        ({0: day(falls=[fall()]), 200: day(falls=[fall(injury=True)])}, (), {}),
        ({0: day(falls=[fall(near=True)] * 2), 3: day(falls=[fall(near=True)])}, (), {}),
    ],
    "height-loss": [
        (
            {0: day(height_cm=162.0), 98: day(systemic=["stooped_posture"]), 99: day(height_cm=159.5)}
            | {100: day(height_cm=159.5)},
            (),
            {"peak_height_cm": 165.0},
        )
    ],
    "radicular-leg-pain": [
        (
            {
                **{n: quiet() for n in (10, 20, 30)},
                **{n: day(pains=[pain("lumbar", 5, "left", radiates_to="calf")]) for n in (34, 40)},
            },
            (),
            {},
        )
    ],
    "stenosis-pattern": [
        (
            {
                n: day(pains=[pain("calf", 5, "both", worse_with=["walking"], better_with=["sitting"])])
                for n in (0, 3, 6)
            },
            (),
            {},
        )
    ],
    "claudication-vascular": [({n: day(pains=[_ASLEEP]) for n in (0, 3, 6)}, (), {})],
    "neuropathy-pattern": [({0: day(neuro=[nerve("tingling", "foot", "both")])}, ("diabetes",), {})],
    "persistent-pain": [({n: day(pains=[pain("knee", 5)]) for n in range(0, 42)}, (), {})],
    "activity-drop": [
        (
            {
                **{n: day(activity=[walk(40)]) for n in range(28)},
                **{n: day(activity=[walk(10)]) for n in range(28, 36)},
            },
            (),
            {},
        )
    ],
    "nsaid-overuse": [
        ({n: day(medications=["nsaid_oral"]) for n in range(14)}, ("peptic_ulcer",), {}),
        ({n: day(medications=["nsaid_oral"]) for n in range(4)}, ("peptic_ulcer",), {}),
    ],
    "mood-and-fear": [({n: day(systemic=["low_mood", "fear_of_falling"]) for n in range(5)}, (), {})],
    "fatigue-heavy-legs": [({n: day(systemic=["fatigue", "leg_heaviness"]) for n in range(8)}, (), {})],
    "height-recheck": [({0: day(height_cm=162.0), 99: day(height_cm=159.5)}, (), {"peak_height_cm": 165.0})],
}


def findings(pattern: str) -> list[Finding]:
    """What the rule finds in its plain cases, on the last day of each."""
    return [found for case in PLAIN[pattern] for found in _findings(pattern, *case)]


def _findings(pattern: str, days: Days, codes: tuple[str, ...], more: dict[str, Any]) -> tuple[Finding, ...]:
    rule, said, last = BY_PATTERN[pattern], history(days, codes, **more), on(max(days))
    if rule.find_after is None:
        return rule.find(said, last)
    return rule.find_after(said, on(3), (_urgent(on(0)),))


def _urgent(on_day: date) -> Raised:
    return Raised("sudden-back-pain", Urgency.SAME_DAY, on_day, ("0.0",), ())
