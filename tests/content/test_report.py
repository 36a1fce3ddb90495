"""What an entry may say, and what is refused."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from journal.content.report import Pain, Report
from tests.content.build import nerve, pain


def refuses(**said: Any) -> bool:
    try:
        Report.model_validate(said)
    except ValidationError:
        return True
    return False


def test_an_empty_report_asks_nothing() -> None:
    assert Report.model_validate({}).document() == {}


def test_not_asked_and_none_stay_different() -> None:
    said: dict[str, Any] = {"pains": None, "falls": [], "systemic": []}
    assert Report.model_validate(said).document() == said


def test_a_document_is_exactly_what_was_sent() -> None:
    said = {
        "pains": [
            {"site": "lumbar", "side": "midline", "severity": 8, "onset": "sudden", "quality": ["sharp"]}
        ],
        "neuro": [{"symptom": "numbness", "site": "foot", "side": "left"}],
        "falls": [{"kind": "fall", "injury": False}],
        "can_bear_weight": True,
        "activity": [{"type": "walking", "minutes": 20}],
        "height_cm": 161.5,
        "medications": ["paracetamol"],
        "note": "Lifted a bag",
    }
    assert Report.model_validate(said).document() == said


def test_the_digest_follows_the_content_and_not_the_order_of_keys() -> None:
    one = Report.model_validate({"falls": [], "note": "a"})
    same = Report.model_validate({"note": "a", "falls": []})
    other = Report.model_validate({"note": "a"})
    assert one.digest() == same.digest()
    assert one.digest() != other.digest()
    assert len(one.digest()) == 64


def test_a_whole_number_of_centimetres_is_the_same_height() -> None:
    assert Report(height_cm=160).digest() == Report(height_cm=160.0).digest()


def test_a_subclass_keeps_its_own_fields_out_of_the_document() -> None:
    class Sent(Report):
        id: str

    assert Sent.model_validate({"id": "x", "falls": []}).document() == {"falls": []}


def test_json_text_reads_like_python_data() -> None:
    text = '{"pains": [{"site": "knee", "side": "left", "severity": 3, "worse_with": ["stairs"]}]}'
    said = {"pains": [{"site": "knee", "side": "left", "severity": 3, "worse_with": ["stairs"]}]}
    assert Report.model_validate_json(text) == Report.model_validate(said)


@pytest.mark.parametrize("severity", [0, 10])
def test_severity_reaches_from_nought_to_ten(severity: int) -> None:
    assert not refuses(pains=[pain("lumbar", severity)])


@pytest.mark.parametrize("severity", [-1, 11, "5", 5.5, 5.0, True, None])
def test_any_other_severity_is_refused(severity: Any) -> None:
    assert refuses(pains=[pain("lumbar", severity)])


@pytest.mark.parametrize(("minutes", "refused"), [(0, False), (1440, False), (-1, True), (1441, True)])
def test_a_day_has_1440_minutes(minutes: int, refused: bool) -> None:
    assert refuses(activity=[{"type": "walking", "minutes": minutes}]) is refused


@pytest.mark.parametrize(
    ("height", "refused"),
    [(100, False), (230, False), (99.9, True), (230.1, True), ("160", True), (float("nan"), True)],
)
def test_height_is_a_number_of_centimetres(height: Any, refused: bool) -> None:
    assert refuses(height_cm=height) is refused


@pytest.mark.parametrize("side", ["midline", None])
def test_a_paired_site_needs_a_side(side: Any) -> None:
    assert refuses(pains=[{"site": "knee", "side": side, "severity": 4}])


@pytest.mark.parametrize("side", ["midline", None, "left", "both"])
def test_a_midline_pain_may_name_the_side_of_the_limb_it_runs_to(side: Any) -> None:
    said = {"site": "lumbar", "side": side, "severity": 4, "radiates_to": "calf"}
    assert not refuses(pains=[said])


@pytest.mark.parametrize(
    "said",
    [
        nerve("numbness", "foot", "left"),
        nerve("weakness", "hand", "both"),
        {"symptom": "tingling", "site": "thoracic", "side": "midline"},
        {"symptom": "tingling", "site": "thoracic", "side": None},
        nerve("saddle_numbness", "saddle"),
        nerve("bladder_change"),
        nerve("unsteady_gait"),
    ],
)
def test_a_nerve_symptom_in_its_place_is_taken(said: dict[str, Any]) -> None:
    assert not refuses(neuro=[said])


@pytest.mark.parametrize(
    "said",
    [
        {"symptom": "numbness"},
        {"symptom": "numbness", "site": "foot"},
        {"symptom": "numbness", "site": "foot", "side": "midline"},
        {"symptom": "numbness", "site": "saddle"},
        {"symptom": "tingling", "site": "thoracic", "side": "left"},
        {"symptom": "saddle_numbness"},
        {"symptom": "saddle_numbness", "site": "saddle", "side": "left"},
        {"symptom": "bladder_change", "site": "abdomen"},
        {"symptom": "unsteady_gait", "side": "left"},
        {"symptom": "itching", "site": "foot", "side": "left"},
    ],
)
def test_a_nerve_symptom_out_of_place_is_refused(said: dict[str, Any]) -> None:
    assert refuses(neuro=[said])


@pytest.mark.parametrize(
    "said",
    [
        {"weather": 3},
        {"pains": [pain("spleen")]},
        {"pains": [pain("lumbar") | {"colour": "red"}]},
        {"pains": [pain("lumbar")] * 41},
        {"systemic": ["unknown"]},
        {"can_bear_weight": "yes"},
        {"can_bear_weight": 0},
        {"falls": [{"kind": "stumble"}]},
        {"falls": "none"},
        {"note": "x" * 4001},
        {"note": "nothing\x00here"},
        {"note": "half a character \ud800"},
    ],
)
def test_what_is_not_in_the_contract_is_refused(said: dict[str, Any]) -> None:
    assert refuses(**said)


def test_what_no_rule_reads_is_taken_within_its_limits() -> None:
    said: dict[str, Any] = {
        "self_care": [{"kind": "heat", "helped": True, "minutes": 15}],
        "exercises": [{"exercise": "X1", "felt": "fine"}],
        "sleep": 0,
        "mood": 10,
        "walking_aid": "stick",
        "limp": False,
        "jaw": [],
    }
    assert Report.model_validate(said).document() == said
    for wrong in ({"mood": 11}, {"sleep": -1}, {"jaw": ["ache"]}, {"exercises": [{"exercise": ""}]}):
        assert refuses(**wrong)


def test_a_long_note_of_four_thousand_characters_is_taken() -> None:
    assert not refuses(note="ä" * 4000)


def test_a_report_cannot_be_changed_afterwards() -> None:
    report = Report(falls=())
    with pytest.raises(ValidationError):
        report.note = "later"  # type: ignore[misc]


def test_every_field_explains_itself_in_the_schema() -> None:
    schema = TypeAdapter(Report).json_schema()
    parts = [schema, *schema["$defs"].values()]
    bare = [
        name for part in parts for name, field in part["properties"].items() if "description" not in field
    ]
    assert not bare
    assert schema["$defs"]["Pain"]["required"] == ["site", "severity"]
    assert Pain.model_fields["severity"].description


MORE: dict[str, Any] = {
    "pains": [
        pain(
            "lumbar",
            5,
            radiation="below_knee",
            path="back_of_leg",
            versus_usual="worse_than_usual",
            weeks=0,
            trigger="coughing",
        )
    ],
    "neuro": [
        nerve("numbness", "foot")
        | {"onset": "gradual", "extent": "small_patch", "versus_usual": "as_usual", "foot_drops": False}
    ],
    "falls": [{"kind": "near_fall", "cause": "leg_gave_way"}],
    "activity": [{"type": "walking", "minutes": 20, "after": "tired_or_heavy"}],
    "exercises": [{"exercise": "X1", "felt": "fine", "pain_after": 0}],
    "self_care": [{"kind": "relaxation", "helped": True}],
    "spasm": 0,
    "tension": 10,
    "posture": "more_stooped",
    "pain_free_walk_minutes": 0,
    "pain_free_walk_metres": 50_000,
    "ate_well": False,
}


def test_everything_for_the_physiotherapist_is_kept_as_sent() -> None:
    assert Report.model_validate(MORE).document() == MORE


@pytest.mark.parametrize("field", sorted(MORE))
def test_each_of_these_may_be_left_out_or_null(field: str) -> None:
    assert Report.model_validate({field: None}).document() == {field: None}
    assert Report.model_validate({k: v for k, v in MORE.items() if k != field}).document().keys() == (
        MORE.keys() - {field}
    )


@pytest.mark.parametrize(
    "said",
    [
        {"spasm": 11},
        {"tension": -1},
        {"tension": "3"},
        {"posture": "stooped"},
        {"pain_free_walk_minutes": 1441},
        {"pain_free_walk_metres": 50_001},
        {"pain_free_walk_metres": 1.5},
        {"ate_well": 1},
        {"pains": [pain("lumbar", 5, weeks=-1)]},
        {"pains": [pain("lumbar", 5, radiation="foot")]},
        {"neuro": [nerve("numbness", "foot") | {"foot_drops": "no"}]},
        {"falls": [{"kind": "fall", "cause": "pushed"}]},
        {"exercises": [{"exercise": "X1", "pain_after": 10.5}]},
        {"activity": [{"type": "walking", "minutes": 5, "after": "easy"}]},
    ],
)
def test_outside_its_limits_it_is_refused(said: dict[str, Any]) -> None:
    assert refuses(**said)


def test_said_again_a_day_leaves_out_what_happened_once() -> None:
    report = Report.model_validate({**MORE, "height_cm": 160.0, "note": "a"})
    assert report.again().document() == {k: v for k, v in MORE.items() if k != "falls"}
    assert Report.model_validate({"falls": []}).again().document() == {"falls": []}
