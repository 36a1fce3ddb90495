"""A report as sentences."""

import pytest

from journal.admin import reading
from tests.support.desk import BACK_PAIN


def test_a_pain_reads_as_one_sentence() -> None:
    assert reading.sentences(BACK_PAIN)[0] == (
        "Pain: Lower back, in the middle: 8 of 10; came on suddenly; sharp; "
        "worse: standing; better: lying down."
    )


def test_a_limb_is_named_with_its_side() -> None:
    report = {"pains": [{"site": "knee", "side": "left", "severity": 4, "radiates_to": "calf"}]}
    assert reading.told(report) == ["Pain: Left knee: 4 of 10; runs to the calf."]


def test_not_asked_is_told_apart_from_none() -> None:
    asked = {str(answer) for answer in reading.answers({"neuro": []})}
    assert "Nerve symptoms: none" in asked
    assert "Pain: not asked" in asked
    assert "Can stand on both legs: not asked" in asked


def test_a_null_answer_is_not_asked_either() -> None:
    assert "Falls: not asked." in reading.sentences({"falls": None})


def test_what_was_not_asked_is_left_out_where_many_reports_stand_together() -> None:
    assert reading.told({"falls": []}) == ["Falls: none."]


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (
            {"neuro": [{"symptom": "saddle_numbness", "site": "saddle"}]},
            "Nerve symptoms: numbness between the legs.",
        ),
        (
            {"neuro": [{"symptom": "tingling", "site": "foot", "side": "both"}]},
            "tingling or pins and needles, foot, both sides.",
        ),
        ({"falls": [{"kind": "fall", "injury": True}]}, "Falls: fall, with an injury."),
        ({"falls": [{"kind": "near_fall"}]}, "Falls: near-fall (caught yourself), no injury stated."),
        ({"can_bear_weight": False}, "Can stand on both legs: no."),
        ({"height_cm": 161.5}, "Measured height: 161.5 cm."),
        ({"medications": ["nsaid_oral"]}, "Medicines taken: anti-inflammatory tablets."),
        ({"note": "Slept badly"}, "Note: Slept badly."),
        ({"note": "Slept badly."}, "Note: Slept badly."),
    ],
)
def test_each_question_has_its_sentence(report: dict[str, object], said: str) -> None:
    [sentence] = reading.told(report)
    assert sentence.endswith(said)


def test_an_answer_of_a_later_app_is_shown_in_plain_words_not_hidden() -> None:
    report = {"sleep": {"hours": 6, "quality": "very_poor"}, "self_care": ["warm_bath"], "confident": True}
    assert reading.told(report) == [
        "Sleep: hours 6, quality very poor.",
        "Self care: warm bath.",
        "Confident: yes.",
    ]


def test_the_headline_names_the_worst_pain_first_and_every_warning() -> None:
    report = {
        "pains": [
            {"site": "knee", "side": "left", "severity": 3},
            {"site": "lumbar", "side": "midline", "severity": 8},
            {"site": "neck", "side": "midline", "severity": 1},
        ],
        "falls": [{"kind": "fall"}],
        "can_bear_weight": False,
    }
    assert reading.headline(report) == (
        "Lower back, in the middle 8 of 10; left knee 3 of 10; and 1 more; fall; cannot stand on both legs"
    )


def test_an_empty_report_is_not_called_free_of_symptoms() -> None:
    assert reading.headline({}) == "No symptom question answered"
    assert reading.headline({"pains": []}) == "No pain logged"


def test_what_was_added_to_a_pain_a_symptom_and_a_fall_is_read_too() -> None:
    pain = {"site": "lumbar", "severity": 5, "radiation": "below_knee", "trigger": "lifting", "weeks": 0}
    assert reading.pain(pain) == "Lower back: 5 of 10; runs below the knee; after: lifting; for 0 weeks"
    numb = {"symptom": "numbness", "site": "foot", "side": "left", "foot_drops": True}
    assert reading.nerve(numb) == "numbness, left foot, the foot drops"
    fell = {"kind": "fall", "cause": "tripped", "long_lie": True}
    assert reading.fall(fell) == "fall, no injury stated, tripped, on the floor for an hour or more"
    assert reading.movement({"type": "walking", "minutes": 5, "after": "eased"}) == (
        "walking, 5 min, afterwards: eased it"
    )
