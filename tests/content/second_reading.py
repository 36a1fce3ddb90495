"""The cards read a second time: each as its text says, day by day, slow, with nothing of the product inside.

Two people who read the same text agree or find out that it can be read in two ways. Here the second reader is
this file; `flags(journey)` says what must stand at the end of a journey (docs/journeys.md). Days are offsets,
a key is a region, a site with its side, or "-".
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Item = dict[str, Any]
Keys = set[str]
LEG = {"buttock", "groin", "hip", "thigh", "knee", "calf", "shin", "ankle", "foot", "leg"}
ARM = {"shoulder", "arm", "wrist", "hand"}
MIDLINE = {"head", "neck", "chest", "abdomen", "thoracic", "lumbar", "sacrum"}
AXIAL = {"neck", "thoracic", "lumbar", "sacrum"}
LEGS, ARMS, FACES = (("left-leg", "right-leg"), ("left-arm", "right-arm"), ("left-face", "right-face"))
HIPS = {"groin", "hip", "thigh"}
LOW_BACK = {"lumbar", "sacrum", "buttock"}
SENSORY = {"numbness", "tingling"}
CLASSES = {"sensory": SENSORY, "weakness": {"weakness"}, "giving_way": {"giving_way"}}
ONE: Keys = {"-"}


def sides(side: str | None) -> tuple[str, ...]:
    return ("left", "right") if side == "both" else (side,) if side in {"left", "right"} else ()


def regions(site: str | None, side: str | None) -> set[str]:
    if site in MIDLINE:
        return {"trunk"}
    limb = "leg" if site in LEG else "arm" if site in ARM else "face" if site == "face" else None
    return {f"{one}-{limb}" for one in sides(side)} if limb else set()


def median(values: Iterable[int | Fraction]) -> Fraction:
    ordered = sorted(Fraction(one) for one in values)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return (low + high) / 2


class Facts:
    """What was said, in the highest version of each entry (G2), by day."""

    def __init__(self, journey: dict[str, Any]) -> None:
        patient, items = journey["patient"], journey["days"]
        self.age: int = patient["age"]
        self.codes = set(patient["history"])
        self.peak = patient.get("peak_height_cm")
        latest: dict[object, Item] = {}
        for index in journey.get("arrival_order") or range(len(items)):
            item = items[index]
            name = item.get("entry_id") or index
            if name not in latest or (item.get("seq") or 0) > (latest[name].get("seq") or 0):
                latest[name] = item
        self.days: dict[int, list[Item]] = {}
        for item in latest.values():
            self.days.setdefault(item["day"], []).append(item["entry"])

    def has(self, *codes: str) -> bool:
        return not self.codes.isdisjoint(codes)

    def said(self, question: str, day: int) -> list[Any]:
        return [one for entry in self.days.get(day, ()) for one in entry.get(question) or ()]

    def answered(self, question: str, first: int, last: int) -> list[int]:
        """Days that answered the question, be it with "none" (G3)."""
        asked = [d for d, said in self.days.items() if any(e.get(question) is not None for e in said)]
        return sorted(d for d in asked if first <= d <= last)

    def pains(self, day: int, sites: Iterable[str] | None = None, least: int = 0) -> list[Item]:
        found = self.said("pains", day)
        return [p for p in found if (sites is None or p["site"] in sites) and p["severity"] >= least]

    def hurt(self, first: int, last: int, sites: Iterable[str], least: int = 4) -> bool:
        return any(self.pains(d, sites, least) for d in range(first, last + 1))

    def falls(self, day: int, *kinds: str) -> int:
        return sum(one["kind"] in kinds for one in self.said("falls", day))

    def fell(self, day: int, *kinds: str) -> bool:
        """In [D-2, D]."""
        return any(self.falls(d, *kinds) for d in range(day - 2, day + 1))

    def told(self, day: int, *codes: str) -> bool:
        return not set(self.said("systemic", day)).isdisjoint(codes)

    def cannot_stand(self, day: int) -> bool:
        lifted = any(entry.get("can_bear_weight") is False for entry in self.days.get(day, ()))
        return lifted and not self.has("non_weight_bearing")

    def value(self, place: tuple[str, str | None], day: int) -> int:
        """G4, on a day that answered."""
        return max((p["severity"] for p in self.pains(day) if place in places(p)), default=0)

    def values(self, place: tuple[str, str | None], first: int, last: int) -> list[int]:
        return [self.value(place, day) for day in self.answered("pains", first, last)]

    def usual(self, place: tuple[str, str | None], day: int) -> Fraction | None:
        """G5: B, None when it is not valid."""
        found = self.values(place, day - 28, day - 1)[-7:]
        return median(found) if len(found) >= 3 else None

    def is_soreness(self, pain: Item, day: int) -> bool:
        """G12."""
        looks = "soreness" in pain["quality"] and pain["onset"] != "sudden" and pain["severity"] <= 5
        moved = [one for d in range(day - 2, day + 1) for one in self.said("activity", d)]
        exercised = any(o["minutes"] >= 10 and o["type"] not in {"housework", "other"} for o in moved)
        return looks and exercised and not any_of(pain, "worse_with", "night", "rest")

    def nerves(self, day: int) -> list[Item]:
        """Without those that are ignored everywhere (G6)."""
        known = {"saddle_numbness": "known_saddle_numbness", "bladder_change": "known_bladder_problem",
                 "bowel_change": "known_bowel_problem", "unsteady_gait": "known_unsteady_gait"}  # fmt: skip
        found = [n for n in self.said("neuro", day) if not self.has(known.get(n["symptom"], ""))]
        feet = self.has("peripheral_neuropathy")
        return [n for n in found if not (feet and n["symptom"] in SENSORY and n["site"] in {"ankle", "foot"})]

    def felt(self, day: int, symptoms: Iterable[str], region: str | None = None) -> list[Item]:
        found = [n for n in self.nerves(day) if n["symptom"] in symptoms]
        return [n for n in found if region is None or region in regions(n["site"], n["side"])]

    def new(self, day: int, kind: str, region: str) -> bool:
        """G6, a class in a region."""
        if self.has(f"known_{kind}_{region.replace('-', '_')}"):
            return False
        return self.fresh(day, lambda d: bool(self.felt(d, CLASSES[kind], region)))

    def newly(self, day: int, *symptoms: str) -> bool:
        """G6, any of these symptoms that have no place."""
        return any(self.fresh(day, lambda d, s=s: bool(self.felt(d, {s}))) for s in symptoms)  # type: ignore[misc]

    def fresh(self, day: int, is_so: Callable[[int], bool]) -> bool:
        return is_so(day) and not any(is_so(d) for d in range(day - 28, day))

    def height(self, day: int) -> Fraction | None:
        read = [Fraction(str(e["height_cm"])) for e in self.days.get(day, ()) if e.get("height_cm")]
        return sum(read, Fraction()) / len(read) if read else None

    def is_low(self, day: int) -> bool:
        now = self.height(day)
        if now is None:
            return False
        read = {d: cm for d in self.days if (cm := self.height(d)) is not None}
        end = min(read) + 60
        lost = day > end and median(cm for d, cm in read.items() if d <= end) - now >= 2
        remembered = self.peak is not None and not self.has("prior_vertebral_fracture")
        return lost or (remembered and Fraction(str(self.peak)) - now >= 4)


def any_of(pain: Item, name: str, *codes: str) -> bool:
    return not set(pain[name]).isdisjoint(codes)


def places(pain: Item) -> list[tuple[str, str | None]]:
    if pain["site"] in MIDLINE:
        return [(pain["site"], None)]
    return [(pain["site"], side) for side in sides(pain["side"])]


def clearly_above(severity: int, usual: Fraction | None) -> bool:
    return usual is None or (severity > usual and severity >= min(usual + 2, Fraction(10)))


def on_days(day: int, back: int, count: int, is_so: Callable[[int], Any]) -> bool:
    """On at least so many days of [day - back, day], the last of them included."""
    return bool(is_so(day)) and sum(bool(is_so(d)) for d in range(day - back, day + 1)) >= count


def cauda_equina(f: Facts, day: int) -> Keys:
    back = f.hurt(day - 13, day, LOW_BACK)
    into_legs = [p for p in f.pains(day, least=4) if p["radiates_to"] in LEG]
    both = {side for p in into_legs for side in sides(p["side"])} == {"left", "right"}
    upper = {
        s for n in f.felt(day, SENSORY) if n["site"] in LEG - {"ankle", "foot"} for s in sides(n["side"])
    }
    fortnight = range(day - 13, day + 1)
    company = (
        back
        or any(p["radiates_to"] in LEG for d in fortnight for p in f.pains(d, least=4))
        or any(f.felt(d, SENSORY | {"weakness"}, leg) for d in fortnight for leg in LEGS)
    )
    holds = (
        f.felt(day, {"saddle_numbness"})
        or (f.newly(day, "bladder_change", "bowel_change") and company)
        or (len(upper) == 2 and any(f.new(day, "sensory", leg) for leg in LEGS) and back)
        or (both and any(p["onset"] == "sudden" and sides(p["side"]) for p in into_legs))
    )
    return ONE if holds else set()


def acute_neuro_deficit(f: Facts, day: int) -> Keys:
    def numb(region: str) -> bool:
        return bool(f.felt(day, {"numbness"}, region)) and f.new(day, "sensory", region)

    def in_leg(d: int) -> bool:
        return any(f.new(d, kind, leg) for kind in ("sensory", "weakness") for leg in LEGS)

    near = range(day - 2, day + 1)
    gait, leg = ([d for d in near if f.newly(d, "unsteady_gait")], [d for d in near if in_leg(d)])
    weak = [leg for leg in LEGS if f.felt(day, {"weakness"}, leg)]
    spoken = ("facial_droop", "slurred_speech")
    holds = (
        (len(weak) == 2 and any(f.new(day, "weakness", one) for one in LEGS))
        or any(numb(f"{side}-arm") and numb(f"{side}-leg") for side in ("left", "right"))
        or any(numb(face) or f.new(day, "weakness", face) for face in FACES)
        or any(f.new(day, "weakness", arm) for arm in ARMS)
        or any(f.fresh(day, lambda d, s=s: f.told(d, s)) for s in spoken)  # type: ignore[misc]
        or (gait and leg and day in {*gait, *leg} and f.hurt(day - 13, day, AXIAL - {"sacrum"}))
        or (
            f.has("cancer_history")
            and f.hurt(day - 13, day, AXIAL)
            and (in_leg(day) or f.new(day, "sensory", "trunk") or f.newly(day, "unsteady_gait"))
        )
    )
    return ONE if holds else set()


def hip_fracture(f: Facts, day: int) -> Keys:
    hurting = {side for p in f.pains(day, HIPS, 4) for side in sides(p["side"])}
    return {f"{side}-leg" for side in hurting} if f.cannot_stand(day) else set()


def limb_ischaemia(f: Facts, day: int) -> Keys:
    found = f.pains(day, {"thigh", "calf", "shin", "ankle", "foot", "leg"}, 4)
    cold = [p for p in found if p["onset"] == "sudden" and "cold_pale" in p["quality"]]
    return {f"{side}-leg" for p in cold for side in sides(p["side"])}


def gi_bleed(f: Facts, day: int) -> Keys:
    return ONE if f.told(day, "black_stools", "vomiting_blood") else set()


def sudden_back_pain(f: Facts, day: int) -> Keys:
    amplified = (
        f.age >= 75
        or f.has("long_term_steroid", "prior_vertebral_fracture")
        or f.fell(day, "fall", "near_fall")
    )
    found = f.pains(day, {"thoracic", "lumbar"}, 5 if amplified else 7)
    holds = any(
        p["onset"] == "sudden" and clearly_above(p["severity"], f.usual((p["site"], None), day))
        for p in found
    )
    return ONE if holds else set()


def limb_fracture_suspected(f: Facts, day: int) -> Keys:
    after_fall = HIPS | {"knee", "shin", "ankle", "foot", "shoulder", "arm", "wrist", "hand"}
    unloaded = {"sacrum", "buttock", "knee", "shin", "ankle", "foot"}
    found = set()
    for pain in f.pains(day, least=4):
        for site, side in places(pain):
            usual, severity = f.usual((site, side), day), pain["severity"]
            abrupt = pain["onset"] == "sudden" and severity >= 7 and clearly_above(severity, usual)
            risen = usual is None or severity >= usual + 2
            if (
                (site in HIPS and abrupt)
                or (site in after_fall and f.fell(day, "fall") and risen)
                or (site in unloaded and f.cannot_stand(day))
            ):
                found |= regions(site, side)
    return found


def new_leg_weakness(f: Facts, day: int) -> Keys:
    return {leg for leg in LEGS if f.new(day, "weakness", leg)}


def spinal_infection(f: Facts, day: int) -> Keys:
    def hurts(d: int) -> bool:
        for pain in f.pains(d, AXIAL, 4):
            usual = f.usual((pain["site"], None), d)
            if any_of(pain, "worse_with", "night", "rest") or usual is None or pain["severity"] >= usual + 2:
                return True
        return False

    hot = [d for d in range(day - 2, day + 1) if f.told(d, "fever", "chills")]
    hurting = [d for d in range(day - 2, day + 1) if hurts(d)]
    return ONE if hot and hurting and day in {*hot, *hurting} else set()


def malignancy_suspected(f: Facts, day: int) -> Keys:
    def at_night(d: int) -> bool:
        return any(any_of(p, "worse_with", "night", "rest") for p in f.pains(d, AXIAL, 4))

    def spinal(d: int) -> bool:
        return at_night(d) or bool(f.pains(d, {"neck", "thoracic"}, 4))

    nights = [d for d in range(day - 13, day + 1) if at_night(d)]
    lost = [d for d in range(day - 27, day + 1) if f.told(d, "weight_loss", "night_sweats")]
    holds = (len(nights) >= 3 and lost and day in {*nights, *lost}) or (
        f.has("cancer_history") and on_days(day, 6, 2, spinal)
    )
    return ONE if holds else set()


def serious_fall(f: Facts, day: int) -> Keys:
    hurt = any(one["kind"] == "fall" and one["injury"] for one in f.said("falls", day))
    fainted = f.falls(day, "fall") > 0 and f.told(day, "blackout")
    return ONE if hurt or fainted or (f.fell(day, "fall") and f.cannot_stand(day)) else set()


def calf_swelling(f: Facts, day: int) -> Keys:
    swollen = [p for p in f.pains(day, {"calf", "leg"}, 1) if "swelling" in p["quality"]]
    found = {side for p in swollen for side in sides(p["side"])}
    return {f"{side}-leg" for side in found} if len(found) == 1 else set()


def back_pain_rise(f: Facts, day: int) -> Keys:
    return ONE if any(_rises(f, site, day) for site in ("thoracic", "lumbar")) else set()


def _rises(f: Facts, site: str, day: int) -> bool:
    def items(d: int) -> list[Item]:
        return [p for p in f.pains(d, {site}) if not f.is_soreness(p, d)]

    usual = f.usual((site, None), day)
    if usual is None:
        unknown = [p["onset"] is None and p["severity"] >= 7 for p in items(day)]
        return any(unknown) or any(p["onset"] == "sudden" and p["severity"] >= 5 for p in items(day))

    def above(d: int, least: int, points: int) -> list[Item]:
        return [p for p in items(d) if p["severity"] >= max(least, usual + points)]

    def loaded(d: int) -> bool:
        load = ("standing", "walking", "changing_position", "weight_bearing")
        return any(any_of(p, "worse_with", *load) and "lying" in p["better_with"] for p in above(d, 4, 2))

    return (
        bool(above(day, 8, 4)) or on_days(day, 6, 2, loaded) or on_days(day, 6, 3, lambda d: above(d, 6, 3))
    )


def new_numbness(f: Facts, day: int) -> Keys:
    return {region for region in (*LEGS, *ARMS, "trunk") if f.new(day, "sensory", region)}


def new_giving_way(f: Facts, day: int) -> Keys:
    legs = {leg for leg in LEGS if f.new(day, "giving_way", leg)}
    return legs | ({"gait"} if f.newly(day, "unsteady_gait") else set())


def neuro_progression(f: Facts, day: int) -> Keys:
    found = set()
    for leg in LEGS:
        earlier = [felt for d in range(day - 28, day) if (felt := f.felt(d, SENSORY, leg))]
        most = max((len({n["site"] for n in felt}) for felt in earlier), default=0)
        wider = len({n["site"] for n in f.felt(day, SENSORY, leg)}) > most
        only_tingled = all(n["symptom"] == "tingling" for felt in earlier for n in felt)
        if earlier and (wider or (only_tingled and f.felt(day, {"numbness"}, leg))):
            found.add(leg)
    return found


def thigh_pain_antiresorptive(f: Facts, day: int) -> Keys:
    logged = {code for d in range(day - 180, day + 1) for code in f.said("medications", d)}
    if not f.has("antiresorptive") and logged.isdisjoint({"bisphosphonate", "denosumab"}):
        return set()
    sites = HIPS - ({"hip"} if f.has("osteoarthritis_hip") else set())

    def aches(side: str) -> Callable[[int], bool]:
        return lambda d: any(side in sides(p["side"]) for p in f.pains(d, sites, 3))

    return {
        f"{side}-leg"
        for side in ("left", "right")
        if on_days(day, 13, 2, aches(side)) and not any(map(aches(side), range(day - 42, day - 13)))
    }


def insufficiency_fracture(f: Facts, day: int) -> Keys:
    def loaded(place: tuple[str, str | None]) -> Callable[[int], bool]:
        return lambda d: any(
            place in places(p)
            and any_of(p, "worse_with", "weight_bearing", "standing")
            and not f.is_soreness(p, d)
            for p in f.pains(d, least=4)
        )

    found = set()
    for site in ("sacrum", "groin", "hip", "thigh", "knee", "shin", "ankle", "foot"):
        for side in (None,) if site in MIDLINE else ("left", "right"):
            before = f.values((site, side), day - 35, day - 7)
            clean = len(before) >= 3 and max(before) < 4
            if clean and on_days(day, 6, 3, loaded((site, side))):
                found |= regions(site, side)
    return found


def bladder_bowel_change(f: Facts, day: int) -> Keys:
    return ONE if f.newly(day, "bladder_change", "bowel_change") else set()


def recurrent_falls(f: Facts, day: int) -> Keys:
    both = ("fall", "near_fall")
    year = sum(f.falls(d, "fall") for d in range(day - 364, day + 1))
    fortnight = sum(f.falls(d, *both) for d in range(day - 13, day + 1))
    holds = (f.falls(day, "fall") and year >= 2) or (f.falls(day, *both) and fortnight >= 3)
    return ONE if holds else set()


def height_recheck(f: Facts, day: int) -> Keys:
    return ONE if f.is_low(day) else set()


def height_loss(f: Facts, day: int) -> Keys:
    again = any(f.is_low(d) for d in range(day - 60, day))
    stooped = any(f.told(d, "stooped_posture") for d in range(day - 27, day + 1))
    return ONE if f.is_low(day) and (again or stooped) else set()


def radicular_leg_pain(f: Facts, day: int) -> Keys:
    def running(side: str, d: int, least: int = 0) -> list[Item]:
        found = f.pains(d, LOW_BACK, least)
        return [p for p in found if p["radiates_to"] in LEG and side in sides(p["side"])]

    found = set()
    for side in ("left", "right"):
        counted = [p for d in range(day - 6, day + 1) for p in running(side, d, 4)]
        clean = not any(running(side, d) for d in range(day - 34, day - 6))
        known = len(f.answered("pains", day - 34, day - 7)) >= 3 or any(
            p["onset"] == "sudden" for p in counted
        )
        if clean and known and on_days(day, 6, 2, lambda d, s=side: running(s, d, 4)):  # type: ignore[misc]
            found.add(f"{side}-leg")
    return found


def stenosis_pattern(f: Facts, day: int) -> Keys:
    def typical(d: int) -> bool:
        return any(
            (p["site"] in LEG or p["radiates_to"] in LEG)
            and any_of(p, "worse_with", "walking", "standing")
            and any_of(p, "better_with", "sitting", "bending_forward")
            for p in f.pains(d, least=3)
        )

    return ONE if not f.has("lumbar_stenosis") and on_days(day, 13, 3, typical) else set()


def claudication_vascular(f: Facts, day: int) -> Keys:
    def typical(d: int) -> bool:
        return any(
            p["onset"] != "sudden"
            and "walking" in p["worse_with"]
            and not any_of(p, "worse_with", "standing", "weight_bearing")
            and any_of(p, "better_with", "standing_still", "rest")
            and not any_of(p, "better_with", "sitting", "bending_forward")
            for p in f.pains(d, {"calf", "thigh", "buttock"}, 3)
        )

    return ONE if not f.has("pad") and on_days(day, 13, 3, typical) else set()


def neuropathy_pattern(f: Facts, day: int) -> Keys:
    reports = f.nerves(day)
    feet = [n for n in reports if n["symptom"] in SENSORY and n["site"] in {"ankle", "foot"}]
    both = {side for n in feet for side in sides(n["side"])} == {"left", "right"}
    known = not f.has("diabetes") or f.has("peripheral_neuropathy")
    quiet_back = not f.hurt(day - 13, day, AXIAL)
    return ONE if both and len(feet) == len(reports) and quiet_back and not known else set()


def persistent_pain(f: Facts, day: int) -> Keys:
    if f.has("chronic_pain_known"):
        return set()
    found = set()
    for place in {place for pain in f.pains(day, least=4) for place in places(pain)}:
        whole, first, last = (f.values(place, day - a, day - b) for a, b in ((41, 0), (41, 35), (6, 0)))
        often = len(whole) >= 14 and Fraction(sum(v >= 4 for v in whole), len(whole)) >= Fraction(4, 5)
        if often and first and median(first) >= 4 and median(first) < median(last) + 2:
            found.add(str(place))
    return found


def activity_drop(f: Facts, day: int) -> Keys:
    def minutes(first: int, last: int, least: int) -> Fraction | None:
        days = f.answered("activity", first, last)
        told = sum(one["minutes"] for d in days for one in f.said("activity", d))
        return Fraction(told, len(days)) if len(days) >= least else None

    now, before = minutes(day - 7, day - 1, 4), minutes(day - 35, day - 8, 7)
    dropped = now is not None and before is not None and before >= 20 and now <= before / 2
    return ONE if dropped else set()


def nsaid_overuse(f: Facts, day: int) -> Keys:
    def taken(d: int) -> bool:
        return "nsaid_oral" in f.said("medications", d)

    logged = {code for d in range(day - 6, day + 1) for code in f.said("medications", d)}
    at_risk = f.has("peptic_ulcer", "anticoagulant", "long_term_steroid") or logged & {
        "anticoagulant",
        "steroid_oral",
    }
    many = on_days(day, 13, 11, taken) and not f.has("nsaid_prescribed")
    return ONE if many or (at_risk and on_days(day, 6, 3, taken)) else set()


def _mostly(f: Facts, day: int, least: int, *codes: str) -> bool:
    """On so many days of the fortnight, and on more than half of those that answered."""
    told = sum(f.told(d, *codes) for d in range(day - 13, day + 1))
    half = Fraction(len(f.answered("systemic", day - 13, day)), 2)
    return f.told(day, *codes) and told >= least and told > half


def mood_and_fear(f: Facts, day: int) -> Keys:
    return ONE if _mostly(f, day, 4, "low_mood") or _mostly(f, day, 4, "fear_of_falling") else set()


def fatigue_heavy_legs(f: Facts, day: int) -> Keys:
    return ONE if _mostly(f, day, 7, "fatigue", "leg_heaviness", "muscle_cramps") else set()


def _named(*cards: Callable[[Facts, int], Keys]) -> dict[str, Callable[[Facts, int], Keys]]:
    return {card.__name__.replace("_", "-"): card for card in cards}


SILENCE = "silent-after-flag"
TIERS = {
    "emergency-now": _named(cauda_equina, acute_neuro_deficit, hip_fracture, limb_ischaemia, gi_bleed),
    "same-day": _named(
        sudden_back_pain, limb_fracture_suspected, new_leg_weakness, spinal_infection, malignancy_suspected,
        serious_fall, calf_swelling,
    ),
    "within-48h": _named(
        back_pain_rise, new_numbness, new_giving_way, neuro_progression, thigh_pain_antiresorptive,
        insufficiency_fracture, bladder_bowel_change,
    ),
    "within-2-weeks": _named(
        recurrent_falls, height_loss, radicular_leg_pain, stenosis_pattern, claudication_vascular,
        neuropathy_pattern, persistent_pain, activity_drop, nsaid_overuse, mood_and_fear, fatigue_heavy_legs,
    ),
    "information": _named(height_recheck),
}  # fmt: skip
CARDS = {pattern: card for cards in TIERS.values() for pattern, card in cards.items()}
TIER = {pattern: tier for tier, cards in TIERS.items() for pattern in cards} | {SILENCE: "same-day"}
URGENT = {pattern for pattern in CARDS if TIER[pattern] in {"emergency-now", "same-day"}}
STATE = {
    "malignancy-suspected", "new-numbness", "new-giving-way", "height-loss", "radicular-leg-pain",
    "stenosis-pattern", "claudication-vascular", "neuropathy-pattern", "persistent-pain", "activity-drop",
    "nsaid-overuse", "mood-and-fear", "fatigue-heavy-legs",
}  # fmt: skip
# G11 and section 6: who covers whom; scope "same" is judged key by key, "legs" covers the leg regions only.
COVERS = (
    ("cauda-equina", "any", "bladder-bowel-change new-numbness new-leg-weakness neuro-progression"),
    ("cauda-equina", "any", "radicular-leg-pain"),
    ("acute-neuro-deficit", "any", "new-leg-weakness new-numbness new-giving-way neuro-progression"),
    ("hip-fracture", "same", "limb-fracture-suspected thigh-pain-antiresorptive insufficiency-fracture"),
    ("hip-fracture", "any", "serious-fall"),
    ("limb-fracture-suspected", "same", "thigh-pain-antiresorptive insufficiency-fracture"),
    ("limb-ischaemia", "same", "new-numbness new-leg-weakness"),
    ("gi-bleed", "any", "nsaid-overuse"),
    ("sudden-back-pain", "any", "back-pain-rise"),
    ("spinal-infection", "any", "malignancy-suspected back-pain-rise"),
    ("malignancy-suspected", "any", "persistent-pain"),
    ("new-leg-weakness", "same", "new-giving-way new-numbness neuro-progression"),
    ("new-numbness", "same", "radicular-leg-pain"),
    ("thigh-pain-antiresorptive", "same", "insufficiency-fracture"),
    ("neuropathy-pattern", "legs", "new-numbness"),
    ("height-loss", "any", "height-recheck"),
    *((pattern, "any", "activity-drop") for pattern in sorted(URGENT)),
)


@dataclass
class Flag:
    """One flag; `met` is the last met day of each key, `done` what clinicians did with it, in order."""

    pattern: str
    day: int
    met: dict[str, int]
    done: list[tuple[str, int]]

    def resolved(self, before: int) -> int | None:
        """The day of its resolution when that has taken effect."""
        return next((day for kind, day in self.done if kind == "resolve" and day < before), None)

    def is_open(self, day: int, key: str | None) -> bool:
        """G11: unresolved, last met in [D-14, D-1], for one key or for any."""
        last = max((met for one, met in self.met.items() if key in {None, one}), default=day)
        return day - 14 <= last < day and self.resolved(before=day) is None


class Life:
    """G10: the flags of a journey in the making, judged day by day, oldest first."""

    def __init__(self, journey: dict[str, Any]) -> None:
        self.facts = Facts(journey)
        self.as_of: int = journey["as_of"]["day"]
        self.acts = sorted(journey.get("clinician") or (), key=lambda act: (act["day"], act["time"]))
        self.flags: list[Flag] = []

    def through(self) -> Sequence[Flag]:
        written = self.facts.days
        for day in range(min(written), max(*written, self.as_of) + 1):
            if day in written:
                self._judge(day)
            if day <= self.as_of and any(self._is_silent(flag, day) for flag in self.flags):
                self._meet(SILENCE, ONE, day)
        return self.flags

    def _judge(self, day: int) -> None:
        holds = {pattern: card(self.facts, day) for pattern, card in CARDS.items()}
        met = {
            pattern: {key for key in keys if not self._is_covered(pattern, key, day, holds)}
            for pattern, keys in holds.items()
        }
        for pattern, keys in met.items():
            self._meet(pattern, keys, day)

    def _is_covered(self, pattern: str, key: str, day: int, holds: dict[str, Keys]) -> bool:
        for cover, scope, covered in COVERS:
            if pattern not in covered.split() or (scope == "legs" and key not in LEGS):
                continue
            same = key if scope == "same" else None
            if same in holds[cover] or (same is None and holds[cover]):
                return True
            if any(flag.is_open(day, same) for flag in self._of(cover)):
                return True
        return False

    def _of(self, pattern: str) -> Iterator[Flag]:
        return (flag for flag in self.flags if flag.pattern == pattern)

    def _meet(self, pattern: str, keys: Keys, day: int) -> None:
        fresh = {key: day for key in keys if not self._joins_or_rests(pattern, key, day)}
        if fresh:
            self.flags.append(Flag(pattern, day, fresh, self._done(pattern, day)))

    def _done(self, pattern: str, raised: int) -> list[tuple[str, int]]:
        """Every act on the pattern from the day raised on, up to the one that resolves it."""
        found = []
        for act in self.acts:
            if act["pattern"] == pattern and act["day"] >= raised:
                found.append((act["action"], act["day"]))
                if act["action"] == "resolve":
                    break
        return found

    def _joins_or_rests(self, pattern: str, key: str, day: int) -> bool:
        latest = [flag for flag in self._of(pattern) if key in flag.met]
        if not latest:
            return False
        flag, state = latest[-1], pattern in STATE
        resolved = flag.resolved(before=day)
        if resolved is not None:
            return state and day <= resolved + 28
        known = state and any(kind == "acknowledge" and a <= day <= a + 90 for kind, a in flag.done)
        if day - flag.met[key] > 14 and not known:
            return False
        flag.met[key] = day
        return True

    def _is_silent(self, flag: Flag, day: int) -> bool:
        """The card of silent-after-flag: nothing written on F+1 and F+2, nobody acted from F to F+2."""
        raised = day - 3
        if flag.pattern not in URGENT or flag.day != raised:
            return False
        wrote = self.facts.days.keys() & {raised + 1, raised + 2}
        return not wrote and not any(raised <= acted <= raised + 2 for _, acted in flag.done)


def flags(journey: dict[str, Any]) -> set[tuple[str, str, int]]:
    """(pattern, urgency, day offset) of every flag that must stand."""
    return {(flag.pattern, TIER[flag.pattern], flag.day) for flag in Life(journey).through()}
