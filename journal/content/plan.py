"""What a care plan may hold: kinds of items, their codes, and the safety tags of exercises."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from journal.content import vocabulary
from journal.content.rhythm import ScheduleError, parse
from journal.content.unfit import UnfitError

# Rest after a fracture is short: longer bed rest had more complications (43 % at 7 days against 23 % at 3,
# retrospective). A longer spell needs a new item, and so a new thought.
REST_AT_MOST = 7


@dataclass(frozen=True, slots=True)
class Code:
    """One thing to plan. `library` is the text that explains it, `tags` what it usually involves."""

    code: str
    label: str
    seeds: tuple[str, ...] = ()
    library: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of item: the fields it needs beside its first day, those it may have, and its codes."""

    kind: str
    label: str
    codes: tuple[Code, ...]
    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset({"text", "ends", "review_on"})


@dataclass(frozen=True, slots=True)
class Tag:
    """A safety tag, as clinicians and patients read it."""

    code: str
    label: str
    unsafe_with: tuple[str, ...] = ()  # history codes that make it a thing to think about twice


# Too Fit To Fracture; Strong, Steady and Straight, 2022: after a spine fracture no loaded, rapid or end-range
# bending and twisting, and no more impact than a brisk walk. The pairs with standing are this project's own.
_SPINE = ("prior_vertebral_fracture",)
_CANT_STAND = ("non_weight_bearing",)
TAGS = {
    tag.code: tag
    for tag in (
        Tag("loaded_flexion", "bending forward under load", _SPINE),
        Tag("twist", "twisting", _SPINE),
        Tag("impact", "impact: jumping, running, stamping", (*_SPINE, *_CANT_STAND)),
        Tag("balance", "balance: something firm to hold on to", _CANT_STAND),
        Tag("supervised", "with supervision at first"),
        Tag("prone", "lying on the front"),
        Tag("supine", "lying on the back"),
        Tag("weight_bearing", "on your feet", _CANT_STAND),
        Tag("not_bone_loading", "good for fitness, does not load the bones"),
    )
}

EXERCISE = Kind(
    "exercise",
    "Exercise",
    (
        Code("posture", "posture and core strength", ("000-24", "002-21"), "X4"),
        Code("balance", "balance", ("000-33", "003-22"), "X1", ("balance",)),
        Code("resistance", "strength", ("003-25", "003-22"), "X2", ("supervised",)),
        Code("weight_bearing", "weight-bearing movement", ("001-29",), "X3", ("weight_bearing",)),
        Code("walking", "walking", ("003-23",), "X3", ("weight_bearing",)),
        Code("swimming", "swimming", ("003-24",), "X3", ("not_bone_loading",)),
        Code("spine_sparing", "moving in a way that spares the spine", (), "X5"),
        Code("keep_moving", "movement in small regular amounts", ("004-21",), "X6"),
        Code("other", "other exercise, in words", ("001-21",)),
    ),
    may=frozenset({"text", "library_id", "dose", "rrule", "tags", "ends", "review_on"}),
)
BRACE = Kind(
    "brace",
    "Brace",
    (
        Code("fracture", "brace while a spine fracture heals", ("000-20", "002-18", "004-22"), "E11"),
        Code("chronic_pain", "back brace for lasting pain, for a time", ("000-27",), "E11"),
    ),
    needs=frozenset({"ends"}),
    may=frozenset({"text", "hours_a_day", "review_on"}),
)
REST = Kind(
    "rest",
    "Rest",
    (Code("short", "a short spell of rest, then move as advised", ("000-19", "002-16"), "E15"),),
    needs=frozenset({"ends"}),
    may=frozenset({"text"}),
)
GOAL = Kind(
    "goal",
    "Goal",
    (
        Code("own", "a goal of the patient’s own", ("004-15", "000-34"), "X6"),
        Code("confidence", "moving with less fear of falling", ("003-16",)),
        Code("mood", "mood and worries", ("004-09",), "E17"),
    ),
    needs=frozenset({"text", "review_on"}),
    may=frozenset({"ends"}),
)
TASK = Kind(
    "task",
    "Review or follow-up",
    (
        Code("evaluation", "thorough medical evaluation", ("001-16",), "E13"),
        Code("see_provider", "see a doctor or physiotherapist", ("001-30",), "E07"),
        Code("review", "review of the plan", ("000-34", "004-15")),
    ),
    needs=frozenset({"review_on"}),
)
PREVENTION = Kind(
    "fall_prevention",
    "Fall prevention",
    (
        Code("home", "check of hazards at home", ("003-27",), "T1"),
        Code("footwear", "footwear", ("003-27",), "T2"),
        Code("light", "light at night", ("003-27",), "T3"),
        Code("vision", "eye check", ("003-27",), "T4"),
        Code("medicine_review", "medicine review", ("003-27",), "T5"),
        Code("getting_up", "getting up after a fall", ("003-16",), "T7"),
        Code("walking_aid", "stick or frame, checked", ("003-27",), "T8"),
        Code("other", "other measure, in words", ("003-27",)),
    ),
)
REFERRAL = Kind(
    "referral",
    "Referral",
    (
        Code("talk_therapy", "talking therapy", ("004-29", "004-09"), "E17"),
        Code("physiotherapy", "physiotherapy", ("001-21", "004-21"), "E07"),
        Code("doctor", "doctor or specialist", ("001-30",)),
        Code("other", "other referral, in words"),
    ),
)
MEDICINE = Kind(
    "medicine",
    "Medicine instruction",
    (
        Code("bone_medicine", "how to take a bone medicine", (), "E20"),
        Code("supplement", "calcium or vitamin D, as advised", (), "E14"),
        Code("pain_medicine", "pain medicine, as prescribed", (), "E12"),
        Code("other", "other medicine, in words"),
    ),
    needs=frozenset({"text"}),
    may=frozenset({"rrule", "ends", "review_on"}),
)

KINDS = {kind.kind: kind for kind in (EXERCISE, BRACE, REST, GOAL, TASK, PREVENTION, REFERRAL, MEDICINE)}
CODES = {(kind.kind, code.code): code for kind in KINDS.values() for code in kind.codes}
FIELDS = ("text", "library_id", "dose", "rrule", "tags", "ends", "review_on", "hours_a_day")


@dataclass(frozen=True, slots=True)
class Planned:
    """What is planned; an item is never rewritten, only stopped."""

    kind: str
    code: str
    starts: date
    text: str = ""
    library_id: str = ""
    dose: str = ""
    rrule: str = ""
    tags: tuple[str, ...] = ()
    ends: date | None = None
    review_on: date | None = None
    hours_a_day: int | None = None


class UnfitItemError(UnfitError):
    """The message says what is missing or too much, in words for the clinician."""


def check(planned: Planned) -> None:
    """UnfitItemError when this can't be planned."""
    kind = KINDS.get(planned.kind)
    if kind is None or (planned.kind, planned.code) not in CODES:
        raise UnfitItemError("This is nothing that can be planned here.")
    given = {name for name in FIELDS if getattr(planned, name) not in (None, "", ())}
    if missing := kind.needs - given:
        raise UnfitItemError("%(kind)s: %(fields)s is missing.", kind=kind.label, fields=_words(missing))
    if extra := given - kind.needs - kind.may:
        raise UnfitItemError("%(kind)s: leave %(fields)s empty.", kind=kind.label, fields=_words(extra))
    if planned.code == "other" and not planned.text.strip():
        raise UnfitItemError("%(kind)s: say in words what.", kind=kind.label)
    _check_dates(planned, kind)
    _check_details(planned, kind)


def _check_dates(planned: Planned, kind: Kind) -> None:
    if planned.ends and planned.ends < planned.starts:
        raise UnfitItemError("%(kind)s: it can't end before it begins.", kind=kind.label)
    if planned.review_on and planned.review_on < planned.starts:
        raise UnfitItemError("%(kind)s: the review can't come before the first day.", kind=kind.label)
    too_long = planned.ends and planned.ends > planned.starts + timedelta(days=REST_AT_MOST)
    if planned.kind == "rest" and too_long:
        raise UnfitItemError("Rest is planned for %(n)s days at most; then look again.", n=REST_AT_MOST)


def _check_details(planned: Planned, kind: Kind) -> None:
    if unknown := set(planned.tags) - set(TAGS):
        raise UnfitItemError("Unknown safety tag: %(tags)s.", tags=tuple(sorted(unknown)))
    if planned.hours_a_day is not None and not 1 <= planned.hours_a_day <= 24:
        raise UnfitItemError("%(kind)s: from 1 to 24 hours a day.", kind=kind.label)
    if planned.rrule:
        try:
            parse(planned.rrule)
        except ScheduleError as error:
            raise UnfitItemError(
                "%(kind)s: the rhythm can't be read. %(why)s", kind=kind.label, why=str(error)
            ) from error


FIELD_WORDS = {
    "ends": "the last day",
    "review_on": "the day of the review",
    "text": "the text",
    "hours_a_day": "the hours a day",
    "rrule": "the rhythm",
    "library_id": "the text of the library",
    "dose": "how much and how often",
    "tags": "the safety tags",
}


def _words(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(FIELD_WORDS[name] for name in sorted(names))


def label(kind: str, code: str) -> str:
    """Plain words for a stored code; one that the lists no longer have is still shown."""
    known = CODES.get((kind, code))
    return known.label if known else code.replace("_", " ")


def heading(kind: str, code: str) -> str:
    """The same for the patient, above the words of the clinic."""
    return _HEADINGS.get((kind, code), label(kind, code).removesuffix(", in words"))


# Where what clinicians call it would speak of the patient as of somebody else.
_HEADINGS = {("goal", "own"): "your own goal"}


def headings() -> tuple[str, ...]:
    """All of them."""
    return tuple(heading(*known) for known in CODES)


def usual_tags(kind: str, code: str, text: str = "") -> tuple[str, ...]:
    """The tags that this code always has, and every exercise that the text of the library explains."""
    explained = [set(one.tags) for one in EXERCISE.codes if text and one.library == text]
    of_text = set.intersection(*explained) if explained and kind == "exercise" else set()
    return tuple(tag for tag in TAGS if tag in of_text | set(CODES[kind, code].tags))


@dataclass(frozen=True, slots=True)
class Caution:
    """A tag and what is known of the patient that makes it a thing to think about twice."""

    tag: str
    known: str

    def __str__(self) -> str:
        known = vocabulary.label(self.known)
        return f"{known[:1].upper()}{known[1:]} on record: {TAGS[self.tag].label}."


def cautions(tags: Iterable[str], history: Iterable[str]) -> tuple[Caution, ...]:
    """What to think about twice before prescribing; it never forbids."""
    given, known = set(tags), set(history)
    return tuple(
        Caution(code, with_)
        for code, tag in TAGS.items()
        if code in given
        for with_ in tag.unsafe_with
        if with_ in known
    )


def warnings(tags: Iterable[str], history: Iterable[str]) -> tuple[str, ...]:
    """The same in words."""
    return tuple(str(one) for one in cautions(tags, history))
