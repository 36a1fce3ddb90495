"""What all entries of one local day say together (G14)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Literal

from journal.content.items import Ache, Sign, Tumble, regions_of
from journal.content.once import once
from journal.content.patient import Entry, Profile
from journal.content.vocabulary import EXERCISES, SENSORY

Question = Literal["pains", "neuro", "falls", "activity", "systemic", "medications"]

# G6: with one of these codes the same report is left out everywhere.
_KNOWN_ALREADY = {
    "saddle_numbness": "known_saddle_numbness",
    "bladder_change": "known_bladder_problem",
    "bowel_change": "known_bowel_problem",
    "unsteady_gait": "known_unsteady_gait",
}


class Day:
    """What all entries of one local day say together (G14: several entries are one day)."""

    def __init__(self, day: date, entries: tuple[Entry, ...], profile: Profile) -> None:
        self.date = day
        self.entries = entries
        self._profile = profile

    def answers(self, question: Question) -> bool:
        return question in self.answered

    @once
    def answered(self) -> frozenset[str]:
        """The questions that were answered, be it with "none" (G3)."""
        return frozenset([name for e in self.entries for name, said in e.report.items() if said is not None])

    @once
    def codes(self) -> frozenset[str]:
        """Everything said today that a rule may need, without its place: see `Rule.needs`.

        Codes of pains with what makes them better or worse, nerve symptoms with their sites, falls, general
        symptoms, medicines; `radiates_to`, `height_cm` and `cannot_stand` where these were told.
        """
        found: set[str] = set()
        for entry in self.entries:
            said = entry.report.get
            for pain in said("pains") or ():
                found |= {
                    pain["site"],
                    pain.get("onset") or "",
                    "radiates_to" if pain.get("radiates_to") else "",
                }
                for name in ("quality", "worse_with", "better_with"):
                    found.update(pain.get(name) or ())
            for nerve in said("neuro") or ():
                found |= {nerve["symptom"], nerve.get("site") or ""}
            found.update([fall["kind"] for fall in said("falls") or ()])
            found.update(said("systemic") or (), said("medications") or ())
            if said("height_cm") is not None:
                found.add("height_cm")
            if said("can_bear_weight") is False:
                found.add("cannot_stand")
        return frozenset(found)

    @once
    def aches(self) -> tuple[Ache, ...]:
        return tuple(
            [
                Ache(
                    e.id,
                    self.date,
                    p["site"],
                    p.get("side"),
                    p["severity"],
                    p.get("onset"),
                    frozenset(p.get("quality") or ()),
                    p.get("radiates_to"),
                    frozenset(p.get("worse_with") or ()),
                    frozenset(p.get("better_with") or ()),
                )
                for e in self.entries
                for p in e.report.get("pains") or ()
            ]
        )

    @once
    def worst(self) -> Mapping[tuple[str, str | None], int]:
        """Highest severity by (site, side); midline sites under side None (G4)."""
        found: dict[tuple[str, str | None], int] = {}
        for ache in self.aches:
            for place in ache.places:
                if ache.severity > found.get(place, -1):
                    found[place] = ache.severity
        return found

    @once
    def signs(self) -> tuple[Sign, ...]:
        """Nerve symptoms of the day without those that are ignored everywhere (G6)."""
        found = []
        for e in self.entries:
            for n in e.report.get("neuro") or ():
                symptom, site = n["symptom"], n.get("site")
                if not self._ignored(symptom, site):
                    kind = "sensory" if symptom in SENSORY else symptom
                    placed = site and site != "saddle"
                    regions = regions_of(site, n.get("side")) if placed else frozenset[str]()
                    found.append(Sign(e.id, self.date, symptom, site, kind, regions))
        return tuple(found)

    def _ignored(self, symptom: str, site: str | None) -> bool:
        if symptom in SENSORY:
            return site in {"ankle", "foot"} and self._profile.has("peripheral_neuropathy")
        return symptom in _KNOWN_ALREADY and self._profile.has(_KNOWN_ALREADY[symptom])

    @once
    def _signs_by_place(self) -> Mapping[tuple[str, str], tuple[Sign, ...]]:
        """By region and kind: several rules ask for each, of each of 28 days."""
        found: dict[tuple[str, str], tuple[Sign, ...]] = {}
        for sign in self.signs:
            for region in sign.regions:
                found[region, sign.kind] = (*found.get((region, sign.kind), ()), sign)
        return found

    @once
    def regions(self) -> frozenset[str]:
        """Where any nerve symptom was."""
        return frozenset([region for sign in self.signs for region in sign.regions])

    def signs_in(self, region: str, kind: str) -> tuple[Sign, ...]:
        return self._signs_by_place.get((region, kind), ())

    def signs_of(self, *symptoms: str) -> tuple[Sign, ...]:
        return tuple([s for s in self.signs if s.symptom in symptoms])

    @once
    def tumbles(self) -> tuple[Tumble, ...]:
        return tuple(
            [
                Tumble(e.id, self.date, f["kind"] == "fall", f.get("injury", False))
                for e in self.entries
                for f in e.report.get("falls") or ()
            ]
        )

    @once
    def falls(self) -> tuple[Tumble, ...]:
        return tuple([t for t in self.tumbles if t.is_fall])

    @once
    def systemic(self) -> Mapping[str, tuple[str, ...]]:
        """Systemic codes of the day, each with the entries that named it."""
        return self._by_code("systemic")

    @once
    def medications(self) -> Mapping[str, tuple[str, ...]]:
        """Medicine codes of the day, each with the entries that named it."""
        return self._by_code("medications")

    def _by_code(self, question: Question) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for entry in self.entries:
            for code in entry.report.get(question) or ():
                found[code].append(entry.id)
        return {code: tuple(ids) for code, ids in found.items()}

    def says(self, *any_of: str) -> bool:
        """Any of these systemic codes was logged."""
        return not self.systemic.keys().isdisjoint(any_of)

    @once
    def minutes(self) -> int:
        """All activity minutes of the day, housework and other included."""
        return sum([a["minutes"] for e in self.entries for a in e.report.get("activity") or ()])

    @once
    def exercised(self) -> bool:
        """At least one exercise item of ten minutes or more (G12)."""
        items = (a for e in self.entries for a in e.report.get("activity") or ())
        return any(a["type"] in EXERCISES and a["minutes"] >= 10 for a in items)

    @once
    def cannot_stand(self) -> tuple[str, ...]:
        """Entries saying that no weight can be borne; none for a person who never stands."""
        if self._profile.has("non_weight_bearing"):
            return ()
        return tuple([e.id for e in self.entries if e.report.get("can_bear_weight") is False])

    @once
    def height(self) -> float | None:
        """Mean of the day's height readings in cm; None without one."""
        readings = [cm for e in self.entries if (cm := e.report.get("height_cm")) is not None]
        return sum(readings) / len(readings) if readings else None

    def ids(self, question: str) -> tuple[str, ...]:
        """Entries of the day that answered this field."""
        return tuple(e.id for e in self.entries if e.report.get(question) is not None)
