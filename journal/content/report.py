"""What one entry says: the typed document, and its limits.

Null or left out means "not asked"; an empty list means "asked, none" (G3). Nothing is coerced: a number sent
as text, or true sent as a number, is refused, because a wrong guess here would be a wrong symptom.
"""

import hashlib
import json
from typing import Annotated, Any, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from journal.content import vocabulary as codes
from journal.content.seeds import Seeds

MAX_ITEMS = 40  # more than the sites of a body; keeps one entry small


def _storable(text: str) -> str:
    """Refuse NUL, which PostgreSQL can't store. (Lone surrogates are refused by pydantic itself.)"""
    if "\x00" in text:
        raise ValueError("text must not contain a NUL character")
    return text


Minutes = Annotated[int, Field(ge=0, le=1440)]
Metres = Annotated[int, Field(ge=0, le=50_000)]
Weeks = Annotated[int, Field(ge=0, le=5200)]
Score = Annotated[int, Field(ge=0, le=10)]
# For OpenAPI; the validator says it in words.
WITHOUT_NUL = {"pattern": r"^[^\x00]*$"}
Note = Annotated[str, Field(max_length=4000, json_schema_extra=WITHOUT_NUL), AfterValidator(_storable)]


class Part(BaseModel):
    """Closed, unchangeable, and strict about types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _list(description: str) -> Any:  # pydantic's Field is untyped by design
    # Lists come out of JSON; strict=False lets them into tuples, while what is inside stays strict.
    return Field(default=None, max_length=MAX_ITEMS, strict=False, description=description)


def _no_longer(value: Any) -> Any:
    """Counted before it is read: of 80,000 wrong items not each needs a reason."""
    if isinstance(value, list) and len(value) > MAX_ITEMS:
        raise PydanticCustomError("too_long", "List should have at most {most} items", {"most": MAX_ITEMS})
    return value


_PAIRED = codes.PAIRED_SITES & frozenset(get_args(codes.NerveSite))
_SINGLE = frozenset(get_args(codes.NerveSite)) - codes.PAIRED_SITES - {"saddle"}
_UNPLACED = frozenset(get_args(codes.NerveSymptom)) - codes.PLACED_SYMPTOMS - {"saddle_numbness"}


def _for_schema(*cases: tuple[dict[str, Any], dict[str, Any]]) -> ConfigDict:
    """The rules between fields in words of JSON Schema: where the first of a pair holds, the second must."""
    return ConfigDict(json_schema_extra={"allOf": [{"if": given, "then": then} for given, then in cases]})


def _is(name: str, *values: str | None) -> dict[str, Any]:
    return {"properties": {name: {"enum": list(values)}}, "required": [name]}


def _unless(name: str, *values: str) -> dict[str, Any]:
    return {"properties": {name: {"enum": [*values, None]}}}


class Pain(Part):
    """One pain: where, how strong, and what changes it."""

    model_config = _for_schema(
        (_is("site", *sorted(codes.PAIRED_SITES)), _is("side", "left", "right", "both"))
    )

    site: codes.Site = Field(description="Where it hurts.")
    side: codes.Side | None = Field(
        default=None,
        description="Leg, arm and face sites need left, right or both. With radiates_to a leg or arm site: "
        "the side of that limb.",
    )
    severity: Annotated[Score, Seeds("002-01", "003-08")] = Field(
        description="Pain now, whole number from 0 (none) to 10 (worst imaginable)."
    )
    onset: Annotated[codes.Onset | None, Seeds("000-04", "002-09")] = Field(
        default=None, description="How it began; null when not stated."
    )
    quality: tuple[codes.Quality, ...] | None = _list("What it feels like.")
    radiates_to: Annotated[codes.Site | None, Seeds("000-06")] = Field(
        default=None, description="Where it runs to; null when it stays put."
    )
    worse_with: tuple[codes.WorseWith, ...] | None = _list("What makes it worse.")
    better_with: tuple[codes.BetterWith, ...] | None = _list("What makes it better.")

    trigger: Annotated[codes.Trigger | None, Seeds("001-14", "002-02", "002-09")] = Field(
        default=None, description="What set it off; null when not stated."
    )
    radiation: Annotated[codes.Radiation | None, Seeds("000-06")] = Field(
        default=None, description="How far down the leg it runs; null when not asked."
    )
    path: Annotated[codes.Path | None, Seeds("000-12", "001-04", "001-13")] = Field(
        default=None, description="Along which side of the leg it runs."
    )
    versus_usual: Annotated[codes.Versus | None, Seeds("002-07")] = Field(
        default=None, description="For a pain that is known already: better, as usual or worse."
    )
    weeks: Annotated[Weeks | None, Seeds("002-07")] = Field(
        default=None, description="For how many weeks it has been there, 0 to 5200."
    )

    _short = field_validator("quality", "worse_with", "better_with", mode="before")(_no_longer)

    @model_validator(mode="after")
    def _paired_sites_have_a_side(self) -> Self:
        # A midline site may carry a side: pain left of the spine, or the side of the leg it runs to.
        if self.site in codes.PAIRED_SITES and self.side not in {"left", "right", "both"}:
            raise ValueError(f"{self.site} needs side left, right or both")
        return self


class Nerve(Part):
    """One nerve symptom."""

    model_config = _for_schema(
        (
            _is("symptom", "saddle_numbness"),
            {"allOf": [_is("site", "saddle"), {"properties": {"side": {"type": "null"}}}]},
        ),
        (
            _is("symptom", *sorted(codes.PLACED_SYMPTOMS)),
            _is("site", *(site for site in get_args(codes.NerveSite) if site != "saddle")),
        ),
        (
            _is("symptom", *sorted(_UNPLACED)),
            {"properties": {"site": {"type": "null"}, "side": {"type": "null"}}},
        ),
        (
            {"allOf": [_is("symptom", *sorted(codes.PLACED_SYMPTOMS)), _is("site", *sorted(_PAIRED))]},
            _is("side", "left", "right", "both"),
        ),
        (
            {"allOf": [_is("symptom", *sorted(codes.PLACED_SYMPTOMS)), _is("site", *sorted(_SINGLE))]},
            _unless("side", "midline"),
        ),
    )

    symptom: codes.NerveSymptom = Field(description="What was noticed.")
    site: codes.NerveSite | None = Field(
        default=None,
        description="Where; needed for numbness, tingling, weakness and giving_way, 'saddle' for "
        "saddle_numbness, null for the others.",
    )
    side: codes.Side | None = Field(
        default=None,
        description="Leg, arm and face sites need left, right or both; other sites midline or null.",
    )
    onset: Annotated[codes.Onset | None, Seeds("001-01")] = Field(
        default=None, description="How it began; null when not stated."
    )
    extent: Annotated[codes.Extent | None, Seeds("001-01")] = Field(
        default=None, description="How large the area is."
    )
    versus_usual: Annotated[codes.Versus | None, Seeds("001-01")] = Field(
        default=None, description="For a symptom that is known already: better, as usual or worse."
    )
    foot_drops: Annotated[bool | None, Seeds("001-03")] = Field(
        default=None, description="Does the foot drop or catch on the ground? null means not asked."
    )

    @model_validator(mode="after")
    def _place_fits_the_symptom(self) -> Self:
        problem = self._misplaced()
        if problem:
            raise ValueError(problem)
        return self

    def _misplaced(self) -> str | None:
        if self.symptom == "saddle_numbness":
            fits = self.site == "saddle" and self.side is None
            return None if fits else "saddle_numbness takes site saddle and no side"
        if self.symptom not in codes.PLACED_SYMPTOMS:
            fits = self.site is None and self.side is None
            return None if fits else f"{self.symptom} takes neither site nor side"
        if self.site is None or self.site == "saddle":
            return f"{self.symptom} needs a site of the body; numbness between the legs is saddle_numbness"
        if self.site in codes.PAIRED_SITES:
            return (
                None
                if self.side in {"left", "right", "both"}
                else f"{self.site} needs side left, right or both"
            )
        return None if self.side in {None, "midline"} else f"{self.site} takes side midline or none"


class Fall(Part):
    """One fall or near-fall."""

    kind: codes.FallKind = Field(description="A fall, or a near-fall that was caught.")
    injury: bool = Field(default=False, description="True when anything was hurt.")
    head: Annotated[bool | None, Seeds("X-02")] = Field(
        default=None, description="Was the head hit? null means not asked."
    )
    long_lie: Annotated[bool | None, Seeds("X-02")] = Field(
        default=None, description="On the floor for an hour or more?"
    )
    cause: Annotated[codes.FallCause | None, Seeds("003-03", "003-08")] = Field(
        default=None, description="How it came about."
    )


class Activity(Part):
    """One kind of movement, and how long."""

    type: codes.ActivityType = Field(description="Kind of activity.")
    minutes: Annotated[Minutes, Seeds("003-17", "004-21")] = Field(description="Whole minutes, 0 to 1440.")
    after: Annotated[codes.After | None, Seeds("003-15")] = Field(
        default=None, description="How the body was after it."
    )


class SelfCare(Part):
    """One thing done to help oneself."""

    kind: codes.SelfCare = Field(description="What was used.")
    helped: Annotated[bool | None, Seeds("000-25", "000-26", "004-19", "004-20", "004-23", "004-24")] = Field(
        default=None, description="Did it help? null means not stated."
    )
    minutes: Annotated[Minutes | None, Seeds("000-20", "000-27", "002-18", "004-22")] = Field(
        default=None, description="How long it was used or worn, whole minutes."
    )


class ExerciseDone(Part):
    """One exercise of the library or the care plan."""

    exercise: Annotated[
        Annotated[
            str, Field(min_length=1, max_length=64, json_schema_extra=WITHOUT_NUL), AfterValidator(_storable)
        ],
        Seeds("000-24", "001-21", "001-29", "002-21", "003-22", "003-25", "004-21"),
    ] = Field(description="Id of the library item or of the care plan's item.")
    felt: codes.Felt | None = Field(default=None, description="How it felt.")
    pain_before: Score | None = Field(
        default=None, description="Pain right before it, 0 (none) to 10 (worst)."
    )
    pain_after: Annotated[Score | None, Seeds("003-15")] = Field(
        default=None, description="Pain after it, 0 (none) to 10 (worst)."
    )
    minutes: Minutes | None = Field(default=None, description="Whole minutes, 0 to 1440.")


class Report(Part):
    """Everything one entry says. Each question may be left out (not asked)."""

    pains: tuple[Pain, ...] | None = _list("Pains; [] means asked and none, null or absent means not asked.")
    neuro: tuple[Nerve, ...] | None = _list("Nerve symptoms; [] means asked and none.")
    falls: tuple[Fall, ...] | None = _list("Falls and near-falls; [] means asked and none.")
    can_bear_weight: Annotated[bool | None, Seeds("000-07", "003-11")] = Field(
        default=None, description="Can the person stand on both legs? null means not asked."
    )
    activity: tuple[Activity, ...] | None = _list("Activity of the day; [] means asked and none.")
    systemic: tuple[codes.Systemic, ...] | None = _list("General symptoms; [] means asked and none.")
    height_cm: Annotated[
        Annotated[float, Field(ge=100, le=230, allow_inf_nan=False)] | None, Seeds("000-09", "002-14")
    ] = Field(default=None, description="Measured body height in centimetres, 100 to 230.")
    medications: Annotated[tuple[codes.Medication, ...] | None, Seeds("002-17", "003-21")] = _list(
        "Medicines taken that day; [] means asked and none."
    )
    # What follows is for the physiotherapist, for plots and for the patient (`UNREAD`).
    self_care: tuple[SelfCare, ...] | None = _list("Self-care used; [] means asked and none.")
    exercises: tuple[ExerciseDone, ...] | None = _list("Exercises done; [] means asked and none.")
    sleep: Score | None = Field(default=None, description="Sleep last night, 0 (very bad) to 10 (very good).")
    mood: Annotated[Score | None, Seeds("004-09")] = Field(
        default=None, description="Mood, 0 (very low) to 10 (very good)."
    )
    confidence: Annotated[Score | None, Seeds("003-09")] = Field(
        default=None, description="Confidence in moving without falling, 0 (none) to 10 (full)."
    )
    fatigue: Annotated[Score | None, Seeds("000-10", "003-02", "003-05")] = Field(
        default=None, description="Tiredness, 0 (none) to 10 (worst imaginable)."
    )
    stiffness: Annotated[Score | None, Seeds("000-14", "004-07", "003-08")] = Field(
        default=None, description="Stiffness, 0 (none) to 10 (worst imaginable)."
    )
    spasm: Annotated[Score | None, Seeds("004-06")] = Field(
        default=None, description="Muscle spasm, 0 (none) to 10 (worst imaginable)."
    )
    tension: Annotated[Score | None, Seeds("003-13")] = Field(
        default=None, description="Tight, guarding muscles, 0 (none) to 10 (worst imaginable)."
    )
    posture: Annotated[codes.Posture | None, Seeds("000-08", "001-09", "002-15")] = Field(
        default=None, description="Posture against that of some months ago; null means not asked."
    )
    pain_free_walk_minutes: Annotated[Minutes | None, Seeds("000-15")] = Field(
        default=None, description="Minutes of walking until pain comes; 0 when it is there at once."
    )
    pain_free_walk_metres: Annotated[Metres | None, Seeds("000-15")] = Field(
        default=None, description="Metres of walking until pain comes, 0 to 50000."
    )
    ate_well: Annotated[bool | None, Seeds("003-26")] = Field(
        default=None, description="Enough eaten today, protein and calcium included? null means not asked."
    )
    walking_aid: Annotated[codes.WalkingAid | None, Seeds("003-12")] = Field(
        default=None, description="What was used to walk today."
    )
    limp: Annotated[bool | None, Seeds("003-12")] = Field(
        default=None, description="Walking with a limp? null means not asked."
    )
    jaw: Annotated[tuple[codes.JawSign, ...] | None, Seeds("X-04")] = _list(
        "Signs at jaw and teeth; [] means asked and none."
    )
    note: Note | None = Field(
        default=None, description="Free text for people, at most 4000 characters. Never read by a rule (G16)."
    )

    _short = field_validator(
        "pains", "neuro", "falls", "activity", "systemic", "medications", "self_care", "exercises", "jaw",
        mode="before",
    )(_no_longer)  # fmt: skip

    def document(self) -> dict[str, Any]:
        """JSON-ready: the fields of a report exactly as sent, what was left out left out.

        A subclass's own fields (identity, time) are no part of it.
        """
        return self.model_dump(mode="json", include=set(Report.model_fields), exclude_unset=True)

    def again(self) -> "Report":
        """What "same as yesterday" repeats: all but what belongs to its own day.

        A fall happened once, a height was read once (a copy would confirm a low reading), a note told of
        its day: these are left out, which means not asked. "No fall" is repeated.
        """
        once = {"height_cm", "note"} | ({"falls"} if self.falls else set())
        return Report.model_validate({k: v for k, v in self.document().items() if k not in once})

    def digest(self) -> str:
        """SHA-256 (hex) of the canonical JSON of the document: equal when the patient said the same."""
        canonical = json.dumps(self.document(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


# The questions that rules read. The rest is not even fetched for them, free text least of all (G16).
READ = frozenset(
    {
        "pains",
        "neuro",
        "falls",
        "can_bear_weight",
        "activity",
        "systemic",
        "height_cm",
        "medications",
    }
)
UNREAD = Report.model_fields.keys() - READ
