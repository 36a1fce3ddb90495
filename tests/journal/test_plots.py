"""What stands where in the plots, and that it can be read without seeing them."""

import re
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from journal.accounts.models import Clinic, Patient
from journal.admin.plots import body, heights, timeline
from journal.admin.plots.axis import Axis
from journal.insight import reading
from journal.insight.days import Told
from journal.insight.periods import Period
from tests.support import desk as people

LAST = date(2026, 3, 10)
WEEK = Period.ending(LAST, 7)


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    ada = people.patient(hill, "Ada Berg")
    Patient.objects.update(enrolled_at=datetime(2026, 1, 1, tzinfo=UTC))
    ada.refresh_from_db()
    return ada


def log(of: Patient, day: int, report: dict[str, Any], month: int = 3) -> Any:
    return people.entry(of, report, at=datetime(2026, month, day, 9, tzinfo=UTC))


def pain(site: str, side: str | None, severity: int) -> dict[str, Any]:
    return {"site": site, "side": side, "severity": severity}


def told_by(ada: Patient) -> Told:
    return reading.told(ada, WEEK)


def lane(plot: timeline.Timeline, label: str) -> timeline.Lane:
    return next(one for one in plot.lanes if one.label == label)


# --- days from left to right ---


def test_days_are_equally_wide_and_fill_the_plot() -> None:
    axis = Axis(WEEK)
    edges = [axis.edge(day) for day in WEEK.dates]
    assert edges[0] == axis.left
    assert edges[-1] + axis.step == pytest.approx(axis.right, abs=0.02)
    for left, right in pairwise(edges):
        assert right - left == pytest.approx(axis.step, abs=0.011)


def test_neighbouring_days_make_one_stretch_and_a_day_between_parts_them() -> None:
    axis = Axis(WEEK)
    first, second = axis.stretches([date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 7)])
    assert (first.first, first.last, second.first) == (date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 7))
    assert first.x == axis.edge(date(2026, 3, 4))
    assert first.width == pytest.approx(2 * axis.step, abs=0.01)


@pytest.mark.parametrize("days", [7, 28, 90, 365])
def test_the_last_day_or_each_month_is_named(days: int) -> None:
    ticks = Axis(Period.ending(LAST, days)).ticks()
    assert 4 <= len(ticks) <= 13
    assert ticks[-1].text == ("Mar" if days == 365 else "10 Mar")


# --- the time line ---


def test_a_long_name_pushes_the_days_to_the_right_and_a_short_one_does_not(ada: Patient) -> None:
    log(ada, 9, {"pains": [pain("neck", "midline", 3)]})
    assert timeline.draw(told_by(ada), name="time").axis.left == Axis(WEEK).left
    log(ada, 8, {"pains": [pain("thoracic", "midline", 3)]})
    with translation.override("es"):
        plot = timeline.draw(told_by(ada), name="time")
    assert lane(plot, "Parte alta o media de la espalda").high == "10"
    assert plot.axis.left > 230
    assert plot.axis.edge(WEEK.last) + plot.axis.step == pytest.approx(plot.axis.right, abs=0.02)


def test_a_bar_is_as_tall_as_the_pain_and_stands_on_its_day(ada: Patient) -> None:
    log(ada, 10, {"pains": [pain("knee", "left", 10)]})
    log(ada, 9, {"pains": [pain("knee", "left", 5)]})
    plot = timeline.draw(told_by(ada), name="x")
    knee = lane(plot, "Left knee")
    tall = timeline.PAIN - 6
    x = [plot.axis.middle(date(2026, 3, day)) for day in (9, 10)]
    assert knee.bars == f"M{x[0]} {knee.bottom}v-{tall / 2}M{x[1]} {knee.bottom}v-{float(tall)}"


def test_zero_not_asked_and_not_logged_are_drawn_apart(ada: Patient) -> None:
    log(ada, 10, {"pains": [pain("knee", "left", 3)]})
    log(ada, 9, {"pains": []})
    log(ada, 8, {"falls": []})
    plot = timeline.draw(told_by(ada), name="x")
    knee = lane(plot, "Left knee")
    assert knee.grounds.count("M") == 1  # the 9th: asked, none
    assert float(re.findall(r"M([\d.]+)", knee.grounds)[0]) > plot.axis.edge(date(2026, 3, 9))
    (gap,) = plot.gaps  # the 8th is not hatched: something was logged, only not asked about pain
    assert (gap.first, gap.last) == (date(2026, 3, 4), date(2026, 3, 7))


def test_a_triangle_stands_over_the_entries_of_a_flag_alone(ada: Patient) -> None:
    seen = log(ada, 10, {"pains": [pain("knee", "left", 8), pain("hip", "left", 2)]})
    log(ada, 9, {"pains": [pain("knee", "left", 8)]})
    lit = timeline.Lit(frozenset({str(seen.client_id)}))
    plot = timeline.draw(told_by(ada), name="x", lit=lit)
    (mark,) = lane(plot, "Left knee").marks
    assert (mark.shape, mark.x) == ("evidence", plot.axis.middle(LAST))
    assert plot.has_evidence
    assert not timeline.draw(told_by(ada), name="x").has_evidence


def test_falls_near_falls_and_injuries_have_shapes_of_their_own(ada: Patient) -> None:
    for day, kind, injury in [(8, "fall", True), (9, "fall", False), (10, "near_fall", False)]:
        log(ada, day, {"falls": [{"kind": kind, "injury": injury}]})
    shapes = [mark.shape for mark in lane(timeline.draw(told_by(ada), name="x"), "Falls").marks]
    assert shapes == ["hurt", "fall", "near"]


def test_flags_on_one_day_do_not_hide_each_other(ada: Patient) -> None:
    events = [timeline.Event(LAST, sign, sign) for sign in timeline.letters(2)]
    first, second = lane(timeline.draw(told_by(ada), name="x", flags=events), "Flags").marks
    assert (first.text, second.text) == ("A", "B")
    assert first.x == second.x
    assert second.y >= first.y + 17


def test_a_place_that_is_not_drawn_is_named_and_in_the_table(ada: Patient) -> None:
    sites = ["head", "neck", "chest", "abdomen", "thoracic", "lumbar", "sacrum"]
    pains = [pain(site, "midline", 5) for site in sites]
    log(ada, 10, {"pains": [*pains, pain("knee", "both", 4), pain("hip", "left", 1)]})
    plot = timeline.draw(told_by(ada), name="x")
    assert plot.left_out == ["Right knee", "Left hip"]
    assert "left hip 1" in plot.rows[0].cells[0]


def test_the_table_tells_days_not_logged_as_such(ada: Patient) -> None:
    log(ada, 10, {"pains": [], "neuro": [{"symptom": "tingling", "site": "foot", "side": "left"}]})
    log(ada, 6, {"falls": []})
    rows = timeline.draw(told_by(ada), name="x").rows
    assert [(row.day, row.words if row.gap else row.cells[:3]) for row in rows] == [
        ("Tue 10 Mar 2026", ("none", "tingling or pins and needles, left foot", "not asked")),
        ("Sat 7 Mar 2026 – Mon 9 Mar 2026", "nothing logged (3 days)"),
        ("Fri 6 Mar 2026", ("not asked", "not asked", "none")),
        ("Wed 4 Mar 2026 – Thu 5 Mar 2026", "nothing logged (2 days)"),
    ]


def test_the_time_line_can_be_read_without_being_seen(ada: Patient) -> None:
    log(ada, 10, {"pains": [pain("knee", "left", 7)], "falls": []})
    svg = render_to_string("desk/plots/timeline.html", {"plot": timeline.draw(told_by(ada), name="line")})
    assert 'role="img" aria-labelledby="line-title line-desc"' in svg
    assert "Time line, Wed 4 Mar 2026 to Tue 10 Mar 2026" in svg
    assert "Logged on 1 of 7 days. Left knee: worst 7 of 10, on 1 of 1 days that answered." in svg
    assert "<summary>The time line as a table</summary>" in svg
    assert "<script" not in svg
    assert "style=" not in svg


def test_a_comma_of_another_language_never_gets_into_coordinates(ada: Patient, settings: Any) -> None:
    from django.utils import translation

    log(ada, 10, {"pains": [pain("knee", "left", 7)]})
    with translation.override("es"):
        plot = timeline.draw(told_by(ada), name="line")
        svg = render_to_string("desk/plots/timeline.html", {"plot": plot})
    assert not re.search(r'(?:x|y|width|height|d)="[^"]*\d,\d', svg)


# --- the body ---


def spots(told: Told, view: str) -> dict[str, body.Spot]:
    figure = next(one for one in body.pains(told, "map").figures if one.view == view)
    return {spot.text: spot for spot in figure.spots}


def test_the_patients_left_is_on_the_right_from_the_front_and_on_the_left_from_the_back(ada: Patient) -> None:
    log(ada, 10, {"pains": [pain("thigh", "left", 8), pain("thigh", "right", 3)]})
    front, back = spots(told_by(ada), "front"), spots(told_by(ada), "back")
    assert front["8"].x > body.CENTRE > front["3"].x
    assert back["8"].x < body.CENTRE < back["3"].x
    assert front["8"].x - body.CENTRE == body.CENTRE - front["3"].x
    labels = {one.view: (one.at_left, one.at_right) for one in body.pains(told_by(ada), "m").figures}
    assert labels == {"front": ("Right", "Left"), "back": ("Left", "Right")}


@pytest.mark.parametrize("view", ["front", "back"])
@pytest.mark.parametrize("site", sorted({site for places in body.VIEWS.values() for site in places}))
def test_every_place_is_mirrored_at_the_middle_and_inside_the_picture(view: body.View, site: str) -> None:
    left, right = body.spot_of((site, "left"), view), body.spot_of((site, "right"), view)
    if left is None or right is None:
        assert site not in body.VIEWS[view]
        return
    assert left[1] == right[1]
    assert left[0] + right[0] == 2 * body.CENTRE
    assert 0 < left[0] < body.WIDTH
    assert 0 < left[1] < body.HEIGHT
    if body.VIEWS[view][site][0]:
        assert (left[0] > body.CENTRE) == (view == "front")


def test_every_site_that_can_be_logged_is_on_the_body() -> None:
    from journal.content import vocabulary

    drawn = {site for places in body.VIEWS.values() for site in places}
    assert drawn == set(vocabulary.LISTS["nerve_site"])


def test_a_pain_in_the_middle_stays_there_whatever_leg_it_runs_to(ada: Patient) -> None:
    log(ada, 10, {"pains": [{**pain("lumbar", "left", 6), "radiates_to": "calf"}]})
    assert spots(told_by(ada), "back")["6"].x == body.CENTRE


def test_a_change_is_told_in_signs_and_in_words(ada: Patient) -> None:
    log(ada, 10, {"pains": [pain("knee", "left", 8), pain("hip", "left", 3), pain("foot", "left", 2)]})
    for day in (25, 26, 27):
        log(
            ada, day, {"pains": [pain("knee", "left", 5), pain("hip", "left", 4), pain("hand", "left", 6)]}, 2
        )
    told = told_by(ada)
    front = spots(told, "front")
    assert [front[number].beside for number in ("8", "3", "2")] == ["+3", "=", "new"]
    assert front[""].kind == "gone"
    words = {row[0]: row[5] for row in body.pains(told, "m").rows}
    assert words == {
        "Left knee": "more than before (5)",
        "Left hip": "about the same as before (4)",
        "Left foot": "new: not named in the period before",
        "Left hand": "named before (worst 6), not in this period",
    }


def test_a_strong_pain_has_a_ring_beside_its_colour(ada: Patient) -> None:
    log(ada, 10, {"pains": [pain("knee", "left", 7), pain("hip", "left", 6)]})
    svg = render_to_string("desk/plots/body.html", {"plot": body.pains(told_by(ada), "map")})
    assert svg.count("spot-ring") == 1
    assert "Left knee: 7 of 10; too few days before to compare." in svg


def test_nerve_symptoms_are_letters_at_their_places(ada: Patient) -> None:
    log(
        ada,
        10,
        {
            "neuro": [
                {"symptom": "weakness", "site": "foot", "side": "left"},
                {"symptom": "numbness", "site": "foot", "side": "left"},
                {"symptom": "saddle_numbness", "site": "saddle", "side": None},
                {"symptom": "unsteady_gait", "site": None, "side": None},
            ]
        },
    )
    log(ada, 1, {"neuro": [{"symptom": "numbness", "site": "foot", "side": "left"}]})
    plot = body.nerves(told_by(ada), "nerves")
    front, back = ({spot.text: spot for spot in one.spots} for one in plot.figures)
    assert front["NW"].x > body.CENTRE
    assert front["NW"].beside == "new"
    assert back["S"].x == body.CENTRE
    assert plot.unplaced == ["Unsteady walking"]
    assert ("Numbness, left foot", "1", "1 day") in plot.rows


# --- heights ---


def test_a_lower_height_stands_lower_and_the_tallest_is_a_line() -> None:
    readings = {date(2026, 3, 4): 162.0, LAST: 160.0}
    plot = heights.draw(readings, peak=165.0, period=WEEK, name="h")
    assert plot is not None
    assert plot.peak is not None
    first, second = plot.dots
    assert plot.peak < first.y < second.y < heights.TALL
    assert first.x < second.x
    assert plot.description.endswith("5.0 cm below the tallest adult height.")


def test_a_small_scatter_of_heights_does_not_fill_the_plot() -> None:
    plot = heights.draw({date(2026, 3, 4): 160.2, LAST: 160.0}, peak=None, period=WEEK, name="h")
    assert plot is not None
    assert plot.dots[1].y - plot.dots[0].y < heights.TALL / 10


def test_no_reading_makes_no_plot() -> None:
    assert heights.draw({}, peak=165.0, period=WEEK, name="h") is None
