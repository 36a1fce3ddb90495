"""What breaks into a usual life: a pure function from the day's report to the day's report, for some days."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

Document = dict[str, Any]  # a Report as JSON
Change = Callable[[Document, int, Random], None]  # the day's report, changed in place; days since it began


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """`change` applies on day 0 to `lasts - 1`; then the patient writes nothing for `silent` days.

    With `hours_ago` it begins with an entry of its own at that moment, otherwise in the entry of the day
    that lies `days_ago` back. `corrected` are reports that the patient puts right within the hour.
    """

    change: Change
    days_ago: int = 0
    hours_ago: float | None = None
    lasts: int = 1
    silent: int = 0
    corrected: bool = False


def _pain(document: Document, site: str, side: str, severity: float, **more: Any) -> None:
    """Adds a pain; a milder one of the same place gives way."""
    others = [p for p in document.get("pains") or [] if (p["site"], p["side"]) != (site, side)]
    level = max(0, min(10, round(severity)))
    document["pains"] = [*others, {"site": site, "side": side, "severity": level, **more}]


def _also(document: Document, question: str, *items: Any) -> None:
    document[question] = [*(document.get(question) or []), *items]


def _less_moving(document: Document, factor: float) -> None:
    kept = [{**item, "minutes": round(item["minutes"] * factor)} for item in document.get("activity") or []]
    document["activity"] = [item for item in kept if item["minutes"] >= 5]


def sudden_back_pain(site: str = "lumbar", peak: int = 8) -> Change:
    """Sudden, strong, worse upright and better lying; easing over six weeks."""

    def change(document: Document, since: int, rng: Random) -> None:
        level = peak if since == 0 else peak - 0.7 - since * 0.11 + rng.gauss(0, 0.5)
        _pain(
            document, site, "midline", level,
            **({"onset": "sudden"} if since == 0 else {}),
            quality=["sharp"] if since < 10 else ["aching"],
            worse_with=["standing", "changing_position"],
            better_with=["lying"],
        )  # fmt: skip
        _less_moving(document, min(1.0, 0.3 + since * 0.02))
        document["medications"] = sorted({*(document.get("medications") or []), "paracetamol"})
        if since == 0:
            document["note"] = rng.choice(
                (
                    "Lifted the washing basket and it went like a knife.",
                    "Sat down hard on the chair, sudden pain.",
                )
            )

    return change


def broken_hip(document: Document, since: int, rng: Random) -> None:
    """Fell, cannot stand."""
    _also(document, "falls", {"kind": "fall", "injury": True})
    _pain(document, "groin", "left", 9, onset="sudden", quality=["sharp"], worse_with=["weight_bearing"])
    document.update(can_bear_weight=False, activity=[], note="On the bathroom floor. My daughter is coming.")


def saddle_numbness(document: Document, since: int, rng: Random) -> None:
    """Low back pain, and numb where one sits."""
    _pain(document, "lumbar", "midline", 7, quality=["shooting"], radiates_to=None)
    _also(document, "neuro", {"symptom": "saddle_numbness", "site": "saddle"}, {"symptom": "bladder_change"})
    document["note"] = "Strange and numb when I wipe. Could not feel whether I had finished."


def bladder_change(document: Document, since: int, rng: Random) -> None:
    _also(document, "neuro", {"symptom": "bladder_change"})
    document["note"] = "Did not make it to the bathroom in time. New for me."


def tingling_feet(document: Document, since: int, rng: Random) -> None:
    """Both feet, most evenings."""
    if since == 0 or rng.random() < 0.6:
        _also(document, "neuro", {"symptom": "tingling", "site": "foot", "side": "both"})


def sciatica(side: str = "left") -> Change:
    """Runs into the leg, tingles; from the ninth day the foot goes numb too."""

    def change(document: Document, since: int, rng: Random) -> None:
        level = 6 - since * 0.08 + rng.gauss(0, 0.5)
        _pain(
            document,
            "lumbar",
            side,
            level,
            radiates_to="calf",
            quality=["shooting"],
            worse_with=["sitting", "coughing"],
        )
        document["pains"] = [p for p in document["pains"] if (p["site"], p["side"]) != ("lumbar", "midline")]
        places = ("calf",) if since < 9 else ("calf", "foot")
        if since < 20:
            symptom = "tingling" if since < 9 else "numbness"
            _also(document, "neuro", *({"symptom": symptom, "site": site, "side": side} for site in places))

    return change


def fall(injury: bool = False, note: str = "Slipped on wet leaves, nothing broken.") -> Change:
    def change(document: Document, since: int, rng: Random) -> None:
        _also(document, "falls", {"kind": "fall", "injury": injury})
        document.update(can_bear_weight=True, note=note)
        if injury:
            _pain(document, "wrist", "right", 6, onset="sudden", quality=["sharp", "swelling"])

    return change


def near_fall(document: Document, since: int, rng: Random) -> None:
    _also(document, "falls", {"kind": "near_fall"})


def low_mood(document: Document, since: int, rng: Random) -> None:
    """Most days of some weeks."""
    _also(document, "systemic", *(("low_mood", "poor_sleep") if rng.random() < 0.75 else ()))
    _less_moving(document, 0.7)
    if since % 8 == 3:
        document["note"] = rng.choice(
            ("Not much joy in anything.", "Did not want to get up.", "The days are long.")
        )


def afraid(document: Document, since: int, rng: Random) -> None:
    """Fear of falling, for a while after a fall."""
    _also(document, "systemic", *(("fear_of_falling",) if rng.random() < 0.8 else ()))


def flare(document: Document, since: int, rng: Random) -> None:
    """The usual pains, a point and a half more for some days."""
    for item in document.get("pains") or []:
        item["severity"] = min(10, item["severity"] + rng.choice((1, 1, 2)))
    _less_moving(document, 0.6)


def mistyped_pain(document: Document, since: int, rng: Random) -> None:
    """A nine where a three was meant."""
    _pain(document, "lumbar", "midline", 9, onset="sudden")


def mistyped_fall(document: Document, since: int, rng: Random) -> None:
    """Two falls ticked by mistake."""
    _also(document, "falls", {"kind": "fall"}, {"kind": "fall"})


def heavy_legs(document: Document, since: int, rng: Random) -> None:
    _also(document, "systemic", *(("leg_heaviness", "fatigue") if rng.random() < 0.7 else ()))
