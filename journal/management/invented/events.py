"""True events for a simulation: what the patient writes, and which patterns are meant to see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from journal.management.invented import assumptions as assumed
from journal.management.invented.courses import (
    easing,
    falls,
    hurts,
    moves,
    nerve,
    on_days,
    rising,
    says,
    shrinks,
    some,
    stands,
    steady,
    together,
)
from journal.management.invented.happenings import Change

Written = Callable[[Random], Change]  # drawn once for each patient who has the event


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`meant` are the patterns that should see it, `also` those that it may raise with good reason.

    Seen means: a pattern of `meant` is met within `within` days of the event. It shows in the journal for
    `lasts` days, after `before` days of forewarning (of the same change); then `silent` days without entries.
    """

    key: str
    what: str
    meant: frozenset[str]
    also: frozenset[str] = frozenset()
    within: int
    lasts: int
    written: Written
    silent: int = 0
    needs: frozenset[str] = frozenset()  # facts of the profile
    before: int = 0


def _always(*changes: Change) -> Written:
    return lambda _: together(*changes)


_UPRIGHT = ("standing", "changing_position")
_BACK = frozenset({"sudden-back-pain", "back-pain-rise"})
_HURT = frozenset({"activity-drop", "persistent-pain", "mood-and-fear", "silent-after-flag"})
_NERVE = frozenset(
    {
        "new-numbness", "neuro-progression", "radicular-leg-pain", "new-leg-weakness", "new-giving-way",
        "acute-neuro-deficit", "cauda-equina", "bladder-bowel-change", "stenosis-pattern",
        "neuropathy-pattern",
    }
)  # fmt: skip
_LIMB = frozenset({"limb-fracture-suspected", "hip-fracture", "serious-fall", "recurrent-falls"})
_STRAIN = frozenset({"insufficiency-fracture", "thigh-pain-antiresorptive"})


def _abrupt(rng: Random) -> Change:
    peak = max(4.0, min(10.0, rng.gauss(7.6, 1.2)))
    site = rng.choice(("thoracic", "lumbar"))
    return together(
        hurts(
            site,
            "midline",
            easing(peak),
            sudden=True,
            quality=("sharp",),
            worse_with=_UPRIGHT,
            better_with=("lying",),
        ),
        moves(0.4),
    )


def _slow(rng: Random) -> Change:
    site = rng.choice(("thoracic", "lumbar"))
    course = rising(rng.uniform(2.5, 4), rng.uniform(0.2, 0.5), rng.uniform(6, 8))
    return together(
        hurts(site, "midline", course, quality=("aching",), worse_with=_UPRIGHT, better_with=("lying",)),
        moves(0.7),
    )


def _infected(rng: Random) -> Change:
    fever = some(assumed.FEVER, on_days(0, 14, says("systemic", "fever", share=0.6), share=0.7))(rng)
    pain = hurts("lumbar", "midline", rising(4, 0.35, 8), worse_with=("night", "rest"))
    return together(pain, fever)


def _sciatic(side: str) -> Change:
    return hurts(
        "lumbar", side, easing(6.5, 0.08), radiates_to="calf",
        quality=("shooting",), worse_with=("sitting", "coughing"),
    )  # fmt: skip


EVENTS: tuple[Event, ...] = (
    Event(
        key="vertebral fracture, abrupt", what="sudden back pain about 7.6 of 10, worse upright, six weeks",
        meant=_BACK, also=_HURT | {"height-loss", "height-recheck"}, within=7, lasts=42, written=_abrupt,
    ),
    Event(
        key="vertebral fracture, slow", what="back pain rising over one to three weeks to 6 to 8",
        meant=_BACK, also=_HURT | {"height-loss", "height-recheck"}, within=21, lasts=42, written=_slow,
    ),
    Event(
        key="hip fracture, cannot stand", what="fall, groin 8 to 9, cannot stand; then silence",
        meant=frozenset({"hip-fracture"}), also=_LIMB | _HURT, within=2, lasts=1, silent=8,
        written=_always(
            falls(injury=True), stands(False),
            hurts("groin", "left", steady(8.5), sudden=True, worse_with=("weight_bearing",)),
        ),
    ),
    Event(
        key="hip fracture, walks", what="fall, groin 5 to 7 on loading, still walks",
        meant=_LIMB, also=_HURT | _STRAIN, within=3, lasts=14,
        written=_always(
            falls(), stands(True),
            hurts("groin", "right", steady(6), sudden=True, worse_with=("weight_bearing", "walking")),
        ),
    ),
    Event(
        key="wrist fracture", what="fall with injury, swollen wrist 6",
        meant=_LIMB, also=_HURT, within=2, lasts=30,
        written=_always(falls(injury=True), hurts("wrist", "right", easing(6.5), quality=("swelling",))),
    ),
    Event(
        key="fall with injury", what="fall, bruised, no strong pain",
        meant=frozenset({"serious-fall"}), also=_LIMB | {"mood-and-fear"}, within=2, lasts=5,
        written=_always(falls(injury=True), hurts("shoulder", "left", easing(3, least=1))),
    ),
    Event(
        key="second fall", what="two harmless falls twenty days apart",
        meant=frozenset({"recurrent-falls"}), also=_LIMB | {"mood-and-fear"}, within=2, lasts=1, before=20,
        written=_always(falls()),
    ),
    Event(
        key="numb leg", what="new numbness at the calf, later at the foot",
        meant=frozenset({"new-numbness"}), also=_NERVE, within=3, lasts=21,
        written=_always(
            nerve("numbness", "calf", "left", 0.7),
            on_days(9, 21, nerve("numbness", "foot", "left"), 0.7),
        ),
    ),
    Event(
        key="foot drop", what="weak foot with pain into the leg",
        meant=frozenset({"new-leg-weakness"}), also=_NERVE | _BACK | _HURT, within=3, lasts=21,
        written=_always(_sciatic("right"), nerve("weakness", "foot", "right", 0.8)),
    ),
    Event(
        key="giving way", what="a knee that gives way now and then",
        meant=frozenset({"new-giving-way"}), also=_NERVE, within=3, lasts=14,
        written=_always(nerve("giving_way", "knee", "left", 0.4)),
    ),
    Event(
        key="weak in both legs", what="both legs weak, unsteady, thoracic pain 6",
        meant=frozenset({"acute-neuro-deficit"}), also=_NERVE | _BACK | _HURT | {"malignancy-suspected"},
        within=2, lasts=2, silent=7,
        written=_always(
            hurts("thoracic", "midline", steady(6)), nerve("weakness", "leg", "both"), nerve("unsteady_gait")
        ),
    ),
    Event(
        key="stroke", what="face droops, speech slurred, one entry",
        meant=frozenset({"acute-neuro-deficit"}), also=frozenset({"silent-after-flag"}), within=2, lasts=1,
        silent=10, written=_always(says("systemic", "facial_droop", "slurred_speech")),
    ),
    Event(
        key="cauda equina, at once", what="back pain 7, numb between the legs, bladder change",
        meant=frozenset({"cauda-equina"}), also=_NERVE | _BACK | _HURT, within=2, lasts=2, silent=7,
        written=_always(
            hurts("lumbar", "midline", steady(7)),
            nerve("saddle_numbness", "saddle"), nerve("bladder_change"),
        ),
    ),
    Event(
        key="cauda equina, by stages", what="pain into one leg, both legs on day 4, bladder on day 6",
        meant=frozenset({"cauda-equina"}), also=_NERVE | _BACK | _HURT, within=9, lasts=9, silent=7,
        written=_always(
            _sciatic("left"), nerve("tingling", "calf", "left", 0.8),
            on_days(4, 9, together(_sciatic("right"), nerve("tingling", "calf", "right"))),
            on_days(6, 9, nerve("bladder_change")),
        ),
    ),
    Event(
        key="bladder change alone", what="lost control of the bladder, nothing else",
        meant=frozenset({"bladder-bowel-change", "cauda-equina"}), also=_NERVE, within=2, lasts=10,
        written=_always(nerve("bladder_change", share=0.4)),
    ),
    Event(
        key="spinal infection", what="back pain rising, at night too; fever in 55 of 100",
        meant=frozenset({"spinal-infection", "malignancy-suspected"}) | _BACK, also=_HURT, within=14,
        lasts=21, written=_infected,
    ),
    Event(
        key="malignancy, unknown before", what="upper back pain at night for weeks, weight loss",
        meant=frozenset({"malignancy-suspected"}), also=_HURT | _BACK, within=28, lasts=50,
        written=_always(
            hurts("thoracic", "midline", rising(4, 0.05, 7), worse_with=("night", "rest")),
            on_days(5, 50, says("systemic", "weight_loss", share=0.3), 0.5),
        ),
    ),
    Event(
        key="malignancy after a cancer", what="upper back pain 4 to 7 in somebody with a past cancer",
        meant=frozenset({"malignancy-suspected"}), also=_HURT | _BACK, within=14, lasts=50,
        needs=frozenset({"cancer_history"}),
        written=_always(hurts("thoracic", "midline", rising(4, 0.08, 7), worse_with=("night", "lying"))),
    ),
    Event(
        key="atypical femur, forewarning", what="thigh ache 3 to 5 most days on bone medicine",
        meant=_STRAIN, also=_HURT | _LIMB, within=28, lasts=45, needs=frozenset({"antiresorptive"}),
        written=_always(
            on_days(0, 45, hurts("thigh", "left", rising(3, 0.06, 5), worse_with=("weight_bearing",)), 0.6)
        ),
    ),
    Event(
        key="sacral insufficiency fracture", what="new pain at the base of the spine on standing, 5 to 6",
        meant=frozenset({"insufficiency-fracture", "limb-fracture-suspected"}), also=_HURT | _BACK,
        within=14, lasts=40,
        written=_always(
            hurts("sacrum", "midline", steady(5.6), worse_with=("weight_bearing", "standing"),
                  better_with=("lying",))
        ),
    ),
    Event(
        key="leg vein thrombosis", what="one calf swollen and sore",
        meant=frozenset({"calf-swelling"}), also=frozenset(), within=3, lasts=8,
        written=_always(hurts("calf", "right", steady(4), quality=("swelling", "aching"))),
    ),
    Event(
        key="stomach bleed", what="black stools, tablets for pain in the days before",
        meant=frozenset({"gi-bleed"}), also=frozenset({"nsaid-overuse"}), within=2, lasts=3,
        written=_always(says("systemic", "black_stools"), says("medications", "nsaid_oral")),
    ),
    Event(
        key="leg artery closes", what="leg suddenly painful, cold and pale",
        meant=frozenset({"limb-ischaemia"}), also=_LIMB, within=1, lasts=1, silent=6,
        written=_always(hurts("calf", "left", steady(8), sudden=True, quality=("cold_pale",))),
    ),
    Event(
        key="leg artery narrows", what="calf pain on walking, gone on standing still",
        meant=frozenset({"claudication-vascular"}), also=_HURT | {"stenosis-pattern"}, within=28, lasts=50,
        written=_always(
            on_days(0, 50, hurts("calf", "left", steady(5), worse_with=("walking",),
                                 better_with=("standing_still", "rest")), 0.6)
        ),
    ),
    Event(
        key="narrow spinal canal", what="both legs ache on walking, better sitting bent forward",
        meant=frozenset({"stenosis-pattern"}), also=_HURT | _NERVE | {"claudication-vascular"},
        within=28, lasts=50,
        written=_always(
            on_days(0, 50, hurts("thigh", "both", steady(5), worse_with=("walking", "standing"),
                                 better_with=("sitting", "bending_forward")), 0.6)
        ),
    ),
    Event(
        key="sciatica", what="pain into the calf, easing over weeks, some tingling",
        meant=frozenset({"radicular-leg-pain", "new-numbness"}), also=_NERVE | _BACK | _HURT,
        within=14, lasts=35,
        written=_always(_sciatic("left"), on_days(0, 20, nerve("tingling", "calf", "left", 0.5))),
    ),
    Event(
        key="nerve damage in both feet", what="tingling and burning feet, most days",
        meant=frozenset({"neuropathy-pattern", "new-numbness"}), also=_NERVE, within=28, lasts=60,
        written=_always(
            nerve("tingling", "foot", "both", 0.6),
            on_days(0, 60, hurts("foot", "both", steady(3.5), quality=("burning",)), 0.5),
        ),
    ),
    Event(
        key="height lost without pain", what="3 cm lower at every monthly reading from then on",
        meant=frozenset({"height-loss", "height-recheck"}), within=70, lasts=200,
        written=_always(shrinks(3.0)),
    ),
    Event(
        key="low mood", what="low mood and poor sleep on three of four days",
        meant=frozenset({"mood-and-fear"}), also=frozenset({"activity-drop"}), within=28, lasts=45,
        written=_always(says("systemic", "low_mood", "poor_sleep", share=0.75), moves(0.7)),
    ),
    Event(
        key="fear of falling", what="afraid of falling most days, goes out less",
        meant=frozenset({"mood-and-fear"}), also=frozenset({"activity-drop"}), within=28, lasts=45,
        written=_always(says("systemic", "fear_of_falling", share=0.7), moves(0.6)),
    ),
    Event(
        key="too many pain tablets", what="anti-inflammatory tablets nearly daily",
        meant=frozenset({"nsaid-overuse"}), also=frozenset({"gi-bleed"}), within=28, lasts=60,
        written=_always(says("medications", "nsaid_oral", share=0.85)),
    ),
    Event(
        key="tired with heavy legs", what="tired and heavy legs on two of three days",
        meant=frozenset({"fatigue-heavy-legs"}), also=frozenset({"activity-drop"}), within=28, lasts=45,
        written=_always(says("systemic", "fatigue", "leg_heaviness", share=0.66)),
    ),
    Event(
        key="stops moving", what="a quarter of the usual minutes",
        meant=frozenset({"activity-drop"}), also=frozenset({"mood-and-fear"}), within=28, lasts=45,
        written=_always(moves(0.25)),
    ),
    Event(
        key="new pain that stays", what="shoulder 5 to 6 for two months",
        meant=frozenset({"persistent-pain"}), also=frozenset(), within=56, lasts=80,
        written=_always(hurts("shoulder", "left", steady(5.6), worse_with=("lifting",))),
    ),
)  # fmt: skip
BY_KEY: Mapping[str, Event] = {event.key: event for event in EVENTS}
