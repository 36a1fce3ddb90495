"""The fixed codes a patient can log, and the plain words for them.

Codes are Literal types, so that one definition serves the pydantic models, the type checker and OpenAPI.
Words are written for a person of seventy, not for a clinician.
"""

from typing import Literal, get_args

LegSite = Literal["buttock", "groin", "hip", "thigh", "knee", "calf", "shin", "ankle", "foot", "leg"]
ArmSite = Literal["shoulder", "arm", "wrist", "hand"]
MidlineSite = Literal["head", "neck", "chest", "abdomen", "thoracic", "lumbar", "sacrum"]
Site = Literal[LegSite, ArmSite, MidlineSite, "face"]
NerveSite = Literal[Site, "saddle"]
Side = Literal["left", "right", "both", "midline"]
Onset = Literal["sudden", "gradual"]
Quality = Literal[
    "sharp",
    "dull",
    "aching",
    "burning",
    "shooting",
    "electric",
    "cramping",
    "stiff",
    "throbbing",
    "soreness",
    "heavy",
    "swelling",
    "cold_pale",
    "deep_bone",
]
WorseWith = Literal[
    "standing",
    "walking",
    "weight_bearing",
    "stairs",
    "sitting",
    "lying",
    "bending",
    "twisting",
    "lifting",
    "changing_position",
    "coughing",
    "night",
    "rest",
]
BetterWith = Literal[
    "lying",
    "sitting",
    "bending_forward",
    "standing_still",
    "rest",
    "walking",
    "heat",
    "cold",
    "medication",
    "nothing",
]
NerveSymptom = Literal[
    "numbness",
    "tingling",
    "weakness",
    "giving_way",
    "saddle_numbness",
    "bladder_change",
    "bowel_change",
    "unsteady_gait",
]
FallKind = Literal["fall", "near_fall"]
ActivityType = Literal[
    "walking",
    "balance",
    "resistance",
    "posture_extension",
    "swimming",
    "tai_chi",
    "stretching",
    "cycling",
    "gardening",
    "housework",
    "other",
]
Systemic = Literal[
    "fever",
    "chills",
    "night_sweats",
    "weight_loss",
    "appetite_loss",
    "fatigue",
    "leg_heaviness",
    "muscle_cramps",
    "dizzy",
    "blackout",
    "low_mood",
    "anxiety",
    "fear_of_falling",
    "poor_sleep",
    "black_stools",
    "vomiting_blood",
    "stomach_pain",
    "jaundice",
    "stooped_posture",
    "facial_droop",
    "slurred_speech",
]
Medication = Literal[
    "nsaid_oral",
    "nsaid_topical",
    "paracetamol",
    "opioid",
    "gabapentinoid",
    "antidepressant",
    "ppi",
    "bisphosphonate",
    "denosumab",
    "anabolic",
    "steroid_oral",
    "anticoagulant",
    "sedative",
    "calcium",
    "vitamin_d",
]
HistoryCode = Literal[
    "osteoporosis",
    "prior_vertebral_fracture",
    "prior_hip_fracture",
    "long_term_steroid",
    "antiresorptive",
    "cancer_history",
    "diabetes",
    "peripheral_neuropathy",
    "pad",
    "lumbar_stenosis",
    "osteoarthritis_hip",
    "osteoarthritis_knee",
    "anticoagulant",
    "peptic_ulcer",
    "nsaid_prescribed",
    "non_weight_bearing",
    "chronic_pain_known",
    "known_saddle_numbness",
    "known_bladder_problem",
    "known_bowel_problem",
    "known_unsteady_gait",
    "known_sensory_left_leg",
    "known_sensory_right_leg",
    "known_sensory_left_arm",
    "known_sensory_right_arm",
    "known_weakness_left_leg",
    "known_weakness_right_leg",
    "known_weakness_left_arm",
    "known_weakness_right_arm",
    "known_giving_way_left_leg",
    "known_giving_way_right_leg",
    "known_giving_way_left_arm",
    "known_giving_way_right_arm",
]

# Beyond the rules: what a patient may log for the physiotherapist and for own insight. No rule reads these.
Trigger = Literal["none", "bending", "lifting", "twisting", "coughing", "fall", "other"]
SelfCare = Literal[
    "heat",
    "cold",
    "massage",
    "acupuncture",
    "breathing",
    "relaxation",
    "guided_imagery",
    "biofeedback",
    "brace",
    "rest",
    "other",
]
Felt = Literal["easy", "fine", "hard", "painful"]
WalkingAid = Literal["none", "stick", "frame", "person", "wheelchair"]
Radiation = Literal["no_spread", "as_far_as_buttock", "as_far_as_thigh", "below_knee"]
Path = Literal["front_of_leg", "side_of_leg", "back_of_leg", "inside_of_leg"]
Versus = Literal["better_than_usual", "as_usual", "worse_than_usual"]
Extent = Literal["small_patch", "large_area", "whole_limb"]
FallCause = Literal["leg_gave_way", "tripped", "slipped", "lost_balance", "dizzy", "blackout", "other"]
After = Literal["eased", "no_change", "tired_or_heavy", "more_pain"]
Posture = Literal["unchanged", "more_stooped", "leans_to_side"]
JawSign = Literal["jaw_pain", "jaw_swelling", "loose_tooth", "extraction_planned"]

LEG_SITES: frozenset[str] = frozenset(get_args(LegSite))
ARM_SITES: frozenset[str] = frozenset(get_args(ArmSite))
MIDLINE_SITES: frozenset[str] = frozenset(get_args(MidlineSite))
PAIRED_SITES: frozenset[str] = LEG_SITES | ARM_SITES | {"face"}
AXIAL_SITES: frozenset[str] = frozenset({"neck", "thoracic", "lumbar", "sacrum"})
SENSORY: frozenset[str] = frozenset({"numbness", "tingling"})
PLACED_SYMPTOMS: frozenset[str] = SENSORY | {"weakness", "giving_way"}
EXERCISES: frozenset[str] = frozenset(get_args(ActivityType)) - {"housework", "other"}
LEG_REGIONS: frozenset[str] = frozenset({"left-leg", "right-leg"})

# Every list a patient or clinician chooses from, by the field of the report or profile that holds it.
LISTS: dict[str, tuple[str, ...]] = {
    "site": get_args(Site),
    "nerve_site": get_args(NerveSite),
    "side": get_args(Side),
    "onset": get_args(Onset),
    "quality": get_args(Quality),
    "worse_with": get_args(WorseWith),
    "better_with": get_args(BetterWith),
    "symptom": get_args(NerveSymptom),
    "fall": get_args(FallKind),
    "activity": get_args(ActivityType),
    "systemic": get_args(Systemic),
    "medications": get_args(Medication),
    "history": get_args(HistoryCode),
    "trigger": get_args(Trigger),
    "self_care": get_args(SelfCare),
    "felt": get_args(Felt),
    "walking_aid": get_args(WalkingAid),
    "jaw": get_args(JawSign),
    "radiation": get_args(Radiation),
    "path": get_args(Path),
    "versus_usual": get_args(Versus),
    "extent": get_args(Extent),
    "fall_cause": get_args(FallCause),
    "after": get_args(After),
    "posture": get_args(Posture),
}

# Which rows of seeds.toml a code represents, by list: LOG, those of the profile PROF.
SEEDS: dict[str, dict[str, tuple[str, ...]]] = {
    "site": {
        "groin": ("000-07", "X-03"),
        "hip": ("000-07",),
        "thigh": ("000-07", "X-03"),
        "lumbar": ("000-04", "002-10"),
        "thoracic": ("000-04", "002-10"),
        "foot": ("000-16",),
    },
    "quality": {
        "aching": ("000-10", "004-08"),
        "burning": ("000-16", "001-04"),
        "shooting": ("000-12", "001-04"),
        "sharp": ("000-16", "002-09"),
        "cramping": ("000-15",),
        "stiff": ("000-14",),
        "soreness": ("002-13",),
        "heavy": ("003-04",),
        "swelling": ("003-11", "004-08"),
        "deep_bone": ("004-05",),
    },
    "worse_with": {
        "standing": ("002-11", "004-03"),
        "walking": ("000-15", "002-11"),
        "weight_bearing": ("000-14", "003-11"),
        "bending": ("004-03",),
        "twisting": ("004-03",),
        "changing_position": ("002-11",),
        "night": ("X-06",),
    },
    "better_with": {
        "lying": ("002-12",),
        "standing_still": ("000-15",),
        "rest": ("000-15",),
    },
    "trigger": {
        "none": ("001-14",),
        "bending": ("001-14",),
        "lifting": ("001-14",),
        "coughing": ("001-14",),
        "fall": ("001-14", "002-02"),
    },
    "symptom": {
        "numbness": ("000-12", "001-01", "001-06"),
        "tingling": ("000-12", "000-16", "001-02"),
        "weakness": ("001-03", "003-01"),
        "giving_way": ("003-03", "003-08"),
        "saddle_numbness": ("X-01",),
        "bladder_change": ("X-01",),
        "bowel_change": ("X-01",),
        "unsteady_gait": ("000-33",),
    },
    "fall": {
        "fall": ("X-02",),
        "near_fall": ("003-03", "003-08"),
    },
    "activity": {
        "walking": ("001-29", "003-23"),
        "balance": ("003-22",),
        "resistance": ("003-25",),
        "posture_extension": ("000-24", "002-21"),
        "swimming": ("003-24",),
    },
    "systemic": {
        "fatigue": ("003-02", "003-05"),
        "leg_heaviness": ("003-04",),
        "fever": ("X-06",),
        "night_sweats": ("X-06",),
        "weight_loss": ("X-06",),
        "low_mood": ("004-09",),
        "fear_of_falling": ("003-16",),
        "black_stools": ("004-16",),
        "stomach_pain": ("004-16",),
        "stooped_posture": ("000-08", "001-09", "002-15"),
    },
    "medications": {
        "nsaid_oral": ("000-21", "001-22", "004-16"),
        "nsaid_topical": ("000-21",),
        "paracetamol": ("000-22", "004-16"),
        "opioid": ("000-23", "004-17"),
        "calcium": ("001-27", "003-18"),
        "vitamin_d": ("001-28", "003-19"),
    },
    "history": {
        "prior_vertebral_fracture": ("000-03", "001-08", "002-04"),
        "prior_hip_fracture": ("000-03", "002-04", "003-10", "004-04"),
        "lumbar_stenosis": ("000-11", "001-10"),
        "diabetes": ("000-16",),
        "osteoarthritis_hip": ("000-14", "003-07"),
        "osteoarthritis_knee": ("000-14", "003-07"),
        "antiresorptive": ("000-28", "000-29", "001-26", "002-22", "003-20"),
        "long_term_steroid": ("X-08",),
    },
    "self_care": {
        "heat": ("000-25", "004-19"),
        "cold": ("000-26", "004-20"),
        "massage": ("004-23",),
        "acupuncture": ("004-24",),
        "breathing": ("004-27",),
        "relaxation": ("004-27",),
        "guided_imagery": ("004-26",),
        "biofeedback": ("004-28",),
        "brace": ("000-20", "000-27", "002-18", "004-22"),
        "other": ("004-25",),
    },
    "jaw": {
        "jaw_pain": ("X-04",),
        "jaw_swelling": ("X-04",),
        "loose_tooth": ("X-04",),
        "extraction_planned": ("X-04",),
    },
    "radiation": {
        "as_far_as_buttock": ("000-06",),
        "as_far_as_thigh": ("000-06",),
        "below_knee": ("000-06",),
    },
    "after": {
        "tired_or_heavy": ("003-15",),
    },
    "posture": {
        "more_stooped": ("000-08", "002-15"),
        "leans_to_side": ("001-09",),
    },
}

_LABELS: dict[str, str] = {
    "buttock": "buttock",
    "groin": "groin",
    "hip": "hip",
    "thigh": "thigh",
    "knee": "knee",
    "calf": "calf",
    "shin": "shin",
    "ankle": "ankle",
    "foot": "foot",
    "leg": "leg (whole leg or not sure where)",
    "shoulder": "shoulder",
    "arm": "arm",
    "wrist": "wrist",
    "hand": "hand",
    "face": "face",
    "head": "head",
    "neck": "neck",
    "chest": "chest",
    "abdomen": "tummy",
    "thoracic": "upper or middle back",
    "lumbar": "lower back",
    "sacrum": "base of the spine",
    "saddle": "between the legs (where you sit)",
    "left": "left",
    "right": "right",
    "both": "both sides",
    "midline": "in the middle",
    "sudden": "came on suddenly",
    "gradual": "came on slowly",
    "sharp": "sharp",
    "dull": "dull",
    "aching": "aching",
    "burning": "burning",
    "shooting": "shooting",
    "electric": "like an electric shock",
    "cramping": "cramping",
    "stiff": "stiff",
    "throbbing": "throbbing",
    "soreness": "sore after exercise",
    "heavy": "heavy",
    "swelling": "swollen",
    "cold_pale": "cold or pale",
    "deep_bone": "deep in the bone",
    "standing": "standing",
    "walking": "walking",
    "weight_bearing": "putting weight on it",
    "stairs": "stairs",
    "sitting": "sitting",
    "lying": "lying down",
    "bending": "bending",
    "twisting": "twisting",
    "lifting": "lifting",
    "changing_position": "changing position",
    "coughing": "coughing or sneezing",
    "night": "at night",
    "rest": "resting",
    "bending_forward": "bending forward",
    "standing_still": "standing still",
    "heat": "warmth",
    "cold": "cold pack",
    "medication": "medicine",
    "nothing": "nothing helps",
    "numbness": "numbness",
    "tingling": "tingling or pins and needles",
    "weakness": "weakness",
    "giving_way": "giving way",
    "saddle_numbness": "numbness between the legs",
    "bladder_change": "change in bladder control",
    "bowel_change": "change in bowel control",
    "unsteady_gait": "unsteady walking",
    "fall": "fall",
    "near_fall": "near-fall (caught yourself)",
    "balance": "balance exercises",
    "resistance": "strength exercises",
    "posture_extension": "posture and back exercises",
    "swimming": "swimming",
    "tai_chi": "tai chi",
    "stretching": "stretching",
    "cycling": "cycling",
    "gardening": "gardening",
    "housework": "housework",
    "other": "something else",
    "fever": "fever",
    "chills": "shivering or chills",
    "night_sweats": "night sweats",
    "weight_loss": "losing weight without trying",
    "appetite_loss": "poor appetite",
    "fatigue": "tiredness",
    "leg_heaviness": "heavy legs",
    "muscle_cramps": "muscle cramps",
    "dizzy": "dizziness",
    "blackout": "blackout or fainting",
    "low_mood": "low mood",
    "anxiety": "anxiety",
    "fear_of_falling": "fear of falling",
    "poor_sleep": "poor sleep",
    "black_stools": "black, sticky stools",
    "vomiting_blood": "vomiting blood",
    "stomach_pain": "stomach pain",
    "jaundice": "yellow skin or eyes",
    "stooped_posture": "more stooped than before",
    "facial_droop": "one side of the face drooping",
    "slurred_speech": "slurred speech",
    "nsaid_oral": "anti-inflammatory tablets",
    "nsaid_topical": "anti-inflammatory gel or cream",
    "paracetamol": "paracetamol (acetaminophen)",
    "opioid": "strong (opioid) pain medicine",
    "gabapentinoid": "nerve-pain medicine",
    "antidepressant": "antidepressant",
    "ppi": "stomach-acid tablet",
    "bisphosphonate": "bone medicine (bisphosphonate)",
    "denosumab": "bone injection (denosumab)",
    "anabolic": "bone-building medicine",
    "steroid_oral": "steroid tablets",
    "anticoagulant": "blood thinner",
    "sedative": "sleeping or calming tablets",
    "calcium": "calcium",
    "vitamin_d": "vitamin D",
    "osteoporosis": "osteoporosis",
    "prior_vertebral_fracture": "earlier spine fracture",
    "prior_hip_fracture": "earlier hip fracture",
    "long_term_steroid": "long-term steroid treatment",
    "antiresorptive": "bone-protecting medicine now or within 12 months",
    "cancer_history": "cancer now or in the past",
    "diabetes": "diabetes",
    "peripheral_neuropathy": "known nerve damage in the feet",
    "pad": "known leg artery disease",
    "lumbar_stenosis": "known narrow spinal canal",
    "osteoarthritis_hip": "osteoarthritis of the hip",
    "osteoarthritis_knee": "osteoarthritis of the knee",
    "peptic_ulcer": "stomach ulcer now or in the past",
    "nsaid_prescribed": "anti-inflammatory tablets prescribed",
    "non_weight_bearing": "does not stand or walk",
    "chronic_pain_known": "known long-lasting pain",
    "known_saddle_numbness": "known numbness between the legs",
    "known_bladder_problem": "known bladder problem",
    "known_bowel_problem": "known bowel problem",
    "known_unsteady_gait": "known unsteady walking",
    "none": "none",
    "massage": "massage",
    "acupuncture": "acupuncture",
    "breathing": "calm breathing",
    "relaxation": "relaxation",
    "guided_imagery": "picturing a calm place",
    "biofeedback": "biofeedback",
    "brace": "brace",
    "easy": "easy",
    "fine": "about right",
    "hard": "hard",
    "painful": "painful",
    "stick": "stick",
    "frame": "walking frame",
    "person": "somebody's arm",
    "wheelchair": "wheelchair",
    "jaw_pain": "jaw pain",
    "jaw_swelling": "jaw swelling",
    "loose_tooth": "loose tooth",
    "extraction_planned": "tooth to be taken out",
    "no_spread": "stays in its place",
    "as_far_as_buttock": "runs as far as the buttock",
    "as_far_as_thigh": "runs as far as the thigh",
    "below_knee": "runs below the knee",
    "front_of_leg": "along the front of the leg",
    "side_of_leg": "along the outside of the leg",
    "back_of_leg": "along the back of the leg",
    "inside_of_leg": "along the inside of the leg",
    "better_than_usual": "better than usual",
    "as_usual": "as usual",
    "worse_than_usual": "worse than usual",
    "small_patch": "a small patch",
    "large_area": "a large area",
    "whole_limb": "the whole arm or leg",
    "leg_gave_way": "a leg gave way",
    "tripped": "tripped",
    "slipped": "slipped",
    "lost_balance": "lost balance",
    "eased": "eased it",
    "no_change": "no change",
    "more_pain": "more pain",
    "tired_or_heavy": "tired or heavy",
    "unchanged": "as before",
    "more_stooped": "more stooped",
    "leans_to_side": "leaning to one side",
}
_CLASS_LABELS = {"sensory": "numbness or tingling", "weakness": "weakness", "giving_way": "giving way"}


def region(key: str) -> str:
    """The key of a flag in the middle of a sentence: "left leg", "trunk", "right knee", "lower back"."""
    side, _, what = key.partition("-")
    return place(what, side) if what in _LABELS else _LABELS.get(key, key).replace("-", " ")


def site(code: str) -> str:
    """A site without its side, in the middle of a sentence: "leg", "lower back"."""
    return "leg" if code == "leg" else _LABELS[code]


def place(code: str, side: str | None) -> str:
    """A site in the middle of a sentence: "left knee", "lower back"."""
    words = site(code)
    return {"left": f"left {words}", "right": f"right {words}", "both": f"{words} on both sides"}.get(
        side or "", words
    )


def heading(code: str, side: str | None) -> str:
    """A site as headings name it: "left knee", "knee, both sides", "lower back, in the middle"."""
    if side in ("left", "right"):
        return f"{side} {label(code)}"
    return f"{label(code)}, {label(side)}" if side else label(code)


def known_class(code: str) -> tuple[str, str] | None:
    """`known_sensory_left_leg` → ("sensory", "left-leg"): a known class of nerve symptom and its region."""
    for kind in _CLASS_LABELS:
        if code.startswith(f"known_{kind}_"):
            return kind, code.removeprefix(f"known_{kind}_").replace("_", "-")
    return None


def label(code: str) -> str:
    """The plain words for a code of any list here. KeyError for a code that is in none of them."""
    known = known_class(code)
    return f"known {_CLASS_LABELS[known[0]]}, {region(known[1])}" if known else _LABELS[code]
