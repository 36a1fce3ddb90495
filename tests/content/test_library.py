"""Library items: complete, plain, and without doses."""

import re
from datetime import date

import pytest

from journal.content.engine import BY_PATTERN
from journal.content.library import BadItemError, Item, in_language, items, languages, parse
from journal.content.vocabulary import LEG_SITES, LISTS

GOOD = """+++
id = "T9"
kind = "fall-prevention"
title = "A title"
audience = "everyone"
source = "somewhere"
guideline = "none"
reviewer = "not yet reviewed"
review_by = 2027-05-31
evidence = "expert"
contested = false
version = 1
language = "en"
seed_rows = ["003-27"]
+++

A text.
"""
each_item = pytest.mark.parametrize(
    "item", [item for lang in languages() for item in items(lang=lang)], ids=lambda i: f"{i.language}-{i.id}"
)


def test_all_cards_of_the_plan_are_there() -> None:
    assert [i.id for i in items("exercise")] == [f"X{n}" for n in range(1, 7)]
    assert [i.id for i in items("fall-prevention")] == [f"T{n}" for n in range(1, 9)]
    assert {i.id for i in items("self-care")} == {"E10", "E16", "E17"}
    assert [i.id for i in items("reminder")] == [f"R{n}" for n in range(1, 14)]
    assert [i.id for i in items() if i.id[0] == "E"] == [f"E{n:02}" for n in range(1, 21)]


def test_an_unknown_language_has_no_items() -> None:
    assert items(lang="xx") == ()
    assert "en" in languages()


def test_exercises_falls_and_reminders_are_whole_in_spanish_and_the_rest_is_english() -> None:
    spanish = in_language("es")
    assert [item.id for item in spanish] == [item.id for item in items()]
    assert {item.id[0] for item in spanish if item.language == "es"} == {"X", "T", "R"}
    assert {item.id[0] for item in spanish if item.language == "en"} == {"E"}
    assert in_language("xx", "exercise") == items("exercise")


@pytest.mark.parametrize("item", items(lang="es"), ids=lambda i: i.id)
def test_a_translation_keeps_all_but_the_words(item: Item) -> None:
    (first,) = (one for one in items() if one.id == item.id)
    words = {"title", "body", "audience", "rhythm", "language", "reviewer", "version"}
    for name in set(Item.__dataclass_fields__) - words:
        assert getattr(item, name) == getattr(first, name), name
    assert item.reviewer == "not yet reviewed"
    assert (item.title, item.body) != (first.title, first.body)


@each_item
def test_an_item_is_short_enough_to_read_at_once(item: Item) -> None:
    assert 20 <= len(item.body.split()) <= (90 if item.language == "en" else 105)


@each_item
def test_an_item_names_no_dose(item: Item) -> None:
    assert not re.search(r"\d\s*(mg|µg|mcg|iu|ml|units)\b", item.body, re.IGNORECASE)


@each_item
def test_an_item_never_diagnoses(item: Item) -> None:
    assert not re.search(r"\byou have (a|an|osteo)\b", item.body, re.IGNORECASE)


@each_item
def test_an_item_says_who_reviews_it_and_when(item: Item) -> None:
    assert item.reviewer
    assert item.review_by > date(2026, 1, 1)
    assert item.source
    assert item.guideline


@each_item
def test_an_item_stands_under_a_seed_row_that_can_exist(item: Item) -> None:
    assert item.seed_rows
    assert all(re.fullmatch(r"(00[0-4]|X)-\d\d", row) for row in item.seed_rows)


@each_item
def test_only_exercises_have_a_rhythm(item: Item) -> None:
    assert bool(item.rhythm) is (item.kind == "exercise")


def test_exercises_are_held_by_patterns_that_exist() -> None:
    held = {pattern for item in items() for pattern in item.held_by}
    assert held
    assert held <= set(BY_PATTERN)


def test_a_text_stands_beside_codes_that_an_entry_can_name() -> None:
    codes = set(LISTS["site"]) | set(LISTS["symptom"])
    assert all(set(item.beside) <= codes for item in items())


@pytest.mark.parametrize("site", sorted(LEG_SITES))
def test_every_leg_pain_leads_to_what_osteoporosis_does_not_do_to_legs(site: str) -> None:
    beside = {item.id: item for item in items() if site in item.beside}
    assert {"E03", "E06"} <= set(beside)
    assert "Osteoporosis by itself does not make legs ache." in beside["E03"].body


def test_identities_are_unique() -> None:
    assert len({item.id for item in items()}) == len(items())


def test_a_paragraph_is_one_line_whatever_the_lines_of_the_file() -> None:
    assert (
        parse(GOOD.replace("A text.", "A\ntext.\n\nMore  of\nit."), "t9.md").body == "A text.\n\nMore of it."
    )
    assert not [item.id for item in items() if re.search(r"[^\n]\n[^\n]", item.body)]


def test_a_good_file_is_read() -> None:
    item = parse(GOOD, "t9.md")
    assert (item.id, item.body, item.seed_rows, item.held_by) == ("T9", "A text.", ("003-27",), ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "A title"\n', ""),
        ("version = 1", 'version = "1"'),
        ("contested = false", "contested = 0"),
        ('kind = "fall-prevention"', 'kind = "advert"'),
        ('evidence = "expert"', 'evidence = "surely"'),
        ("review_by = 2027-05-31", 'review_by = "soon"'),
        ('source = "somewhere"', 'source = "somewhere"\nbrand = "x"'),
        ("A text.", ""),
        ("+++\nid", "id"),
        ('id = "T9"', "id = T9"),
    ],
)
def test_a_file_with_a_wrong_header_is_refused_by_name(old: str, new: str) -> None:
    assert old in GOOD
    with pytest.raises(BadItemError, match=r"t9\.md"):
        parse(GOOD.replace(old, new, 1), "t9.md")
