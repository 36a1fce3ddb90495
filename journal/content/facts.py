"""What a clinician may state of a patient, and which codes of the profile follow from it.

A fact has a kind, a code, and what its kind takes: first and last day, a number, a side. The codes of the
profile that rules read follow from the facts, each for the days on which it applies.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import get_args

from journal.content import vocabulary
from journal.content.patient import Span
from journal.content.unfit import UnfitError

# "Now, or stopped within 12 months": a day too many in most years rather than one too few.
YEAR = 366
# An injection given every six months covers so long; the year after a stop comes on top.
INJECTION_COVERS = 183
# A steroid course of three months or more weighs on the bones, also afterwards (FRAX counts past courses).
LONG_COURSE = 90

FIELDS = ("side", "since", "until", "number", "fragility", "course_months", "text")


@dataclass(frozen=True, slots=True)
class Implies:
    """A history code that follows: from `after` days after the first day to `stays` days after the last.

    `stays` None: for good. `lapses`: days after the first day when no last day is known; None: no end.
    """

    history: str
    after: int = 0
    stays: int | None = 0
    lapses: int | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """One thing that can be stated. `seeds` are the rows of the source articles that it represents."""

    code: str
    label: str
    seeds: tuple[str, ...] = ()
    implies: Implies | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact: the fields it needs, those it may have, and its codes."""

    kind: str
    label: str
    needs: frozenset[str]
    may: frozenset[str]
    codes: tuple[Code, ...]
    begins: str = "Since"
    ahead: bool = False  # whether its first day may lie in the future


@dataclass(frozen=True, slots=True)
class Stated:
    """What is stated; kept as one row and never rewritten."""

    kind: str
    code: str
    side: str = ""
    since: date | None = None
    until: date | None = None
    number: Decimal | None = None
    fragility: bool | None = None
    course_months: int | None = None
    text: str = field(default="", repr=False)


# Rows that a history code represents by itself; the other codes serve the rules alone.
_HISTORY_SEEDS = {
    "osteoporosis": ("001-06",),
    "prior_vertebral_fracture": ("001-08",),
    "prior_hip_fracture": ("000-03",),
    "long_term_steroid": ("X-08",),
    "antiresorptive": ("001-26",),
    "diabetes": ("000-16",),
    "peripheral_neuropathy": ("000-16",),
    "lumbar_stenosis": ("000-11", "001-10"),
    "osteoarthritis_hip": ("000-14", "003-07"),
    "osteoarthritis_knee": ("000-14", "003-07"),
}
_BONE_MEDICINE = ("001-26", "002-22", "003-20")
_TREATED = Implies("antiresorptive", stays=YEAR)
_FRACTURE_ROWS = ("000-03", "002-04", "004-04")

HISTORY = Kind(
    "history",
    "Known condition",
    frozenset(),
    frozenset({"since", "until", "text"}),
    tuple(
        Code(code, vocabulary.label(code), _HISTORY_SEEDS.get(code, ()), Implies(code))
        for code in get_args(vocabulary.HistoryCode)
    ),
)
DIAGNOSIS = Kind(
    "diagnosis",
    "Diagnosis",
    frozenset(),
    frozenset({"side", "since", "until", "text"}),
    (
        Code("nerve_compression", "nerve compression in the lower back or leg", ("000-13",)),
        Code("osteopenia", "low bone density"),
        Code("other", "other diagnosis, in words"),
    ),
)
MEDICINE = Kind(
    "medicine",
    "Medicine",
    frozenset(),
    frozenset({"since", "until", "course_months", "text"}),
    (
        Code("bisphosphonate", "bisphosphonate", ("000-28", *_BONE_MEDICINE), _TREATED),
        Code("denosumab", "denosumab", ("000-29", *_BONE_MEDICINE), _TREATED),
        Code("other_antiresorptive", "other anti-resorptive", ("000-29", *_BONE_MEDICINE), _TREATED),
        Code("anabolic", "bone-building medicine (planned course in months)", ("000-30", *_BONE_MEDICINE)),
        Code(
            "steroid_oral",
            "steroid tablets",
            ("X-08",),
            Implies("long_term_steroid", after=LONG_COURSE, stays=None),
        ),
        Code("anticoagulant", "blood thinner", (), Implies("anticoagulant")),
        Code("nsaid_oral", "anti-inflammatory tablets, prescribed", (), Implies("nsaid_prescribed")),
        Code("sedative", "sleeping or calming tablets", ("X-09",)),
        Code("opioid", "strong (opioid) pain medicine", ("X-09",)),
        Code("blood_pressure", "medicine that lowers blood pressure", ("X-09",)),
        Code("antidepressant", "antidepressant", ("004-18", "X-09")),
        Code("gabapentinoid", "nerve-pain medicine", ("X-09",)),
        Code("paracetamol", "paracetamol (acetaminophen)"),
        Code("ppi", "stomach-acid tablet"),
        Code("calcium", "calcium"),
        Code("vitamin_d", "vitamin D"),
        Code("other", "other medicine, in words"),
    ),
    "Started",
)
INJECTION = Kind(
    "injection",
    "Injection given",
    frozenset({"since"}),
    frozenset({"text"}),
    (
        Code(
            "denosumab",
            "denosumab, every six months",
            ("000-29", "X-05"),
            Implies("antiresorptive", lapses=INJECTION_COVERS + YEAR),
        ),
        Code(
            "zoledronate",
            "yearly bisphosphonate infusion",
            ("000-28",),
            Implies("antiresorptive", lapses=YEAR + YEAR),
        ),
    ),
    "Given on",
)
FRACTURE = Kind(
    "fracture",
    "Fracture",
    frozenset(),
    frozenset({"since", "side", "fragility", "text"}),
    (
        # "Earlier": from the day after.
        Code("spine", "spine", (*_FRACTURE_ROWS, "001-08", "003-10"), Implies("prior_vertebral_fracture", 1)),
        Code("hip", "hip", (*_FRACTURE_ROWS, "003-10"), Implies("prior_hip_fracture", 1)),
        Code("femur", "thigh bone (shaft)", ("003-10", "004-04")),
        Code("wrist", "wrist", _FRACTURE_ROWS),
        Code("shoulder", "upper arm or shoulder", ("004-04",)),
        Code("pelvis", "pelvis or sacrum", ("004-04",)),
        Code("rib", "rib"),
        Code("lower_leg", "lower leg, ankle or foot"),
        Code("other", "another bone, in words"),
    ),
    "Day of the fracture",
)
T_SCORE = Kind(
    "t_score",
    "Bone density (T-score)",
    frozenset({"since", "number"}),
    frozenset({"side", "text"}),
    tuple(
        Code(code, label, ("001-20", "004-14"))
        for code, label in {
            "lumbar_spine": "lumbar spine",
            "total_hip": "whole hip",
            "femoral_neck": "neck of the thigh bone",
            "forearm": "forearm",
        }.items()
    ),
    "Measured on",
)
EXPOSURE = Kind(
    "steroid_exposure",
    "Steroid exposure",
    frozenset({"since"}),
    frozenset({"side", "text"}),
    (
        Code("epidural", "steroid injection at the spine", ("001-23",)),
        Code("joint", "steroid injection into a joint"),
        Code("inhaled", "inhaled steroid, high dose"),
    ),
    "On",
)
NEXT_SCAN = Kind(
    "next_scan",
    "Next scan",
    frozenset({"since"}),
    frozenset({"text"}),
    (Code("dxa", "next bone density scan", ("001-20", "004-14")),),
    "Due on",
    ahead=True,
)
BORN = Kind(
    "born",
    "Date of birth",
    frozenset({"since"}),
    frozenset({"text"}),
    (Code("born", "date of birth"),),
    "Born on",
)
PEAK = Kind(
    "peak_height",
    "Tallest adult height",
    frozenset({"number"}),
    frozenset({"text"}),
    (Code("peak_height", "tallest adult height, cm"),),
)

KINDS = {
    kind.kind: kind
    for kind in (
        HISTORY,
        DIAGNOSIS,
        MEDICINE,
        INJECTION,
        FRACTURE,
        T_SCORE,
        EXPOSURE,
        NEXT_SCAN,
        BORN,
        PEAK,
    )
}
CODES = {(kind.kind, code.code): code for kind in KINDS.values() for code in kind.codes}
RANGES = {"t_score": (Decimal(-9), Decimal(9)), "peak_height": (Decimal(100), Decimal(230))}
OLDEST = 120  # years


class UnfitFactError(UnfitError):
    """The message says what is missing or too much, in words for the clinician."""


def check(stated: Stated, today: date) -> None:
    """UnfitFactError when this can't be stated on the local day `today`."""
    kind = KINDS.get(stated.kind)
    if kind is None or (stated.kind, stated.code) not in CODES:
        raise UnfitFactError("This is nothing that can be recorded here.")
    given = {name for name in FIELDS if getattr(stated, name) not in (None, "")}
    if missing := kind.needs - given:
        raise UnfitFactError("%(kind)s: %(fields)s is missing.", kind=kind.label, fields=_words(missing))
    if extra := given - kind.needs - kind.may:
        raise UnfitFactError("%(kind)s: leave %(fields)s empty.", kind=kind.label, fields=_words(extra))
    if stated.code == "other" and not stated.text.strip():
        raise UnfitFactError("%(kind)s: say in words which.", kind=kind.label)
    _check_dates(stated, kind, today)
    low, high = RANGES.get(stated.kind, (None, None))
    if low is not None and high is not None and not low <= (stated.number or 0) <= high:
        raise UnfitFactError(
            "%(kind)s: a number from %(low)s to %(high)s.", kind=kind.label, low=low, high=high
        )


def _check_dates(stated: Stated, kind: Kind, today: date) -> None:
    since, until = stated.since, stated.until
    if since and since > today and not kind.ahead:
        raise UnfitFactError("%(kind)s: this day lies in the future.", kind=kind.label)
    if since and today.year - since.year > OLDEST:
        raise UnfitFactError("%(kind)s: this day lies too far back.", kind=kind.label)
    if since and until and until < since:
        raise UnfitFactError("%(kind)s: it can't stop before it began.", kind=kind.label)


FIELD_WORDS = {
    "since": "the day",
    "until": "the last day",
    "number": "the number",
    "text": "the text",
    "side": "the side",
    "fragility": "fragility",
    "course_months": "the months of the course",
}


def _words(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(FIELD_WORDS[name] for name in sorted(names))


def label(kind: str, code: str) -> str:
    """Plain words for a stored code; one that the lists no longer have is still shown."""
    known = CODES.get((kind, code))
    return known.label if known else code.replace("_", " ")


def spans(stated: Iterable[Stated]) -> dict[str, tuple[Span, ...]]:
    """The history codes that follow from these facts, each with the days on which it applies."""
    found: dict[str, list[Span]] = defaultdict(list)
    for one in stated:
        code = CODES.get((one.kind, one.code))
        span = _span(code.implies, one) if code and code.implies else None
        if code and code.implies and span and span not in found[code.implies.history]:
            found[code.implies.history].append(span)
    return {history: tuple(sorted(those, key=_order)) for history, those in found.items() if those}


def _span(implies: Implies, stated: Stated) -> Span | None:
    first = stated.since and stated.since + timedelta(days=implies.after)
    if stated.until is None:
        if stated.since is None or implies.lapses is None:
            return first, None
        return first, stated.since + timedelta(days=implies.lapses)
    if first and stated.until < first:
        return None
    return first, None if implies.stays is None else stated.until + timedelta(days=implies.stays)


def _order(span: Span) -> tuple[date, date]:
    return span[0] or date.min, span[1] or date.max


def always(by_code: Mapping[str, tuple[Span, ...]]) -> set[str]:
    """The codes that apply on every day."""
    return {code for code, those in by_code.items() if (None, None) in those}
