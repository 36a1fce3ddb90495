"""What one entry says, item by item, with its side and region worked out."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import NamedTuple

from journal.content.vocabulary import (
    AXIAL_SITES,
    LEG_SITES,
    MIDLINE_SITES,
    PLACED_SYMPTOMS,
    SENSORY,
    label,
    region,
)


@cache
def sides_of(side: str | None) -> tuple[str, ...]:
    """Left and right, for the sides that count: "both" is both, midline or unknown is none (G4, G13)."""
    if side == "both":
        return ("left", "right")
    return (side,) if side in {"left", "right"} else ()


@cache
def regions_of(site: str, side: str | None) -> frozenset[str]:
    """G6 regions: left-leg, right-leg, left-arm, right-arm, left-face, right-face, trunk."""
    if site in MIDLINE_SITES:
        return frozenset({"trunk"})
    limb = "leg" if site in LEG_SITES else "face" if site == "face" else "arm"
    return frozenset(f"{one}-{limb}" for one in sides_of(side))


@cache
def places_of(site: str, side: str | None) -> tuple[tuple[str, str | None], ...]:
    """(site, side) pairs as baselines know them: for midline sites the side plays no part (G5)."""
    return ((site, None),) if site in MIDLINE_SITES else tuple((site, one) for one in sides_of(side))


class Ache(NamedTuple):
    """One pain item of one entry."""

    entry_id: str
    day: date
    site: str
    side: str | None
    severity: int
    onset: str | None
    quality: frozenset[str]
    radiates_to: str | None
    worse_with: frozenset[str]
    better_with: frozenset[str]

    @property
    def sides(self) -> tuple[str, ...]:
        return sides_of(self.side)

    @property
    def regions(self) -> frozenset[str]:
        return regions_of(self.site, self.side)

    @property
    def places(self) -> tuple[tuple[str, str | None], ...]:
        return places_of(self.site, self.side)

    @property
    def is_sudden(self) -> bool:
        return self.onset == "sudden"

    @property
    def is_axial(self) -> bool:
        return self.site in AXIAL_SITES

    @property
    def into_leg(self) -> bool:
        return self.radiates_to in LEG_SITES

    def worse(self, *any_of: str) -> bool:
        return not self.worse_with.isdisjoint(any_of)

    def better(self, *any_of: str) -> bool:
        return not self.better_with.isdisjoint(any_of)


class Sign(NamedTuple):
    """One nerve symptom of one entry. `kind` is its G6 class, or the symptom itself where there is none."""

    entry_id: str
    day: date
    symptom: str
    site: str | None
    kind: str
    regions: frozenset[str]


class Tumble(NamedTuple):
    """One fall or near-fall of one entry."""

    entry_id: str
    day: date
    is_fall: bool
    injury: bool


Item = Ache | Sign | Tumble


def entries_of(*items: Item) -> tuple[str, ...]:
    """The entries of these items, each once, in the order given."""
    return tuple(dict.fromkeys(item.entry_id for item in items))


def days_of(items: Iterable[Item]) -> tuple[date, ...]:
    """The distinct local days of these items, oldest first (G14)."""
    return tuple(sorted({item.day for item in items}))


def placed(sign: Sign) -> str:
    """A nerve symptom with its place, for people: "numbness in the left leg", "change in bladder control"."""
    what = sign.symptom if sign.symptom in SENSORY else label(sign.symptom)
    where = " and ".join(region(one) for one in sorted(sign.regions))
    return f"{what} in the {where}" if where and sign.symptom in PLACED_SYMPTOMS else what
