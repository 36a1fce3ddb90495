"""Invented journals: repeatable, valid, with gaps, and quiet unless something happens."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from journal.content import engine
from journal.content.history import Entry, History, Profile
from journal.content.report import Report
from journal.content.rule import Urgency
from journal.management.invented import diary, usual
from journal.management.invented import happenings as happens
from journal.management.invented.diary import Said
from journal.management.invented.happenings import Change, Happening
from journal.management.invented.people import PEOPLE, Person
from journal.management.invented.persona import Persona

UNTIL = datetime(2026, 3, 30, 13, 20, tzinfo=UTC)
DAYS = 120
BY_EMAIL = {person.email: person for person in PEOPLE}


def journal(persona: Persona, seed: str = "a", **more: Any) -> list[Said]:
    given: dict[str, Any] = {"until": UNTIL, "days": DAYS, "timezone": "Europe/London"}
    return diary.write(persona, rng=Random(seed), **(given | more))


def journal_of(person: Person, seed: str = "a") -> list[Said]:
    return journal(
        person.persona, seed, timezone=person.zone, height_cm=person.height_cm, happenings=person.happenings
    )


def flags(said: list[Said], *history: str, age: int = 70) -> list[engine.RaisedFlag]:
    entries = [
        Entry(str(one.id), one.at.date(), one.at, Report.model_validate(one.report).document())
        for one in said
    ]
    profile = Profile(born=date(2026 - age, 1, 1), history=frozenset(history))
    found = engine.evaluate(History(profile, entries), as_of=UNTIL.date())
    assert not found.failures
    return list(found.flags)


def test_the_same_seed_gives_the_same_journal_and_another_seed_another() -> None:
    for person in PEOPLE:
        assert journal_of(person) == journal_of(person)
        assert journal_of(person) != journal_of(person, "b")


@pytest.mark.parametrize("email", BY_EMAIL)
def test_every_entry_is_a_report_that_the_api_would_take(email: str) -> None:
    said = journal_of(BY_EMAIL[email])
    assert len({one.id for one in said}) == len(said)
    for one in said:
        for report in (one.report, one.corrected):
            if report is not None:
                assert Report.model_validate(report).document().keys() == report.keys()


@pytest.mark.parametrize("email", BY_EMAIL)
def test_nothing_is_said_or_arrives_later_than_now(email: str) -> None:
    person = BY_EMAIL[email]
    said = journal_of(person)
    first = UNTIL.astimezone(ZoneInfo(person.zone)).date() - timedelta(days=DAYS - 1)
    assert [one.arrives for one in said] == sorted(one.arrives for one in said)
    assert all(one.at <= one.arrives <= UNTIL and one.at.date() >= first for one in said)


@pytest.mark.parametrize("persona", usual.PERSONAS.values(), ids=list(usual.PERSONAS))
def test_people_forget_to_log(persona: Persona) -> None:
    days = {one.at.date() for one in journal(persona)}
    assert 0.4 < len(days) / DAYS < 0.97


def test_a_longer_silence_comes_when_the_persona_has_one() -> None:
    days = sorted(one.at.date() for one in journal(usual.SELDOM))
    assert max(later - one for one, later in pairwise(days)).days > 21


def test_a_new_walker_walks_further_at_the_end() -> None:
    said = journal(usual.NEW_WALKER)
    walked = [
        item["minutes"]
        for one in said
        for item in one.report.get("activity", [])
        if item["type"] == "walking"
    ]
    assert sum(walked[-20:]) > 2 * sum(walked[:20])


@pytest.mark.parametrize("persona", usual.PERSONAS.values(), ids=list(usual.PERSONAS))
def test_a_usual_life_raises_nothing_that_is_pressing(persona: Persona) -> None:
    pressing = {Urgency.EMERGENCY_NOW, Urgency.SAME_DAY, Urgency.WITHIN_48H}
    for seed in "abc":
        found = flags(journal(persona, seed), "osteoporosis", "chronic_pain_known", "osteoarthritis_hip")
        assert [(flag.pattern, flag.why_clinician) for flag in found if flag.urgency in pressing] == []


@pytest.mark.parametrize(
    ("change", "pattern"),
    [
        (happens.saddle_numbness, "cauda-equina"),
        (happens.broken_hip, "hip-fracture"),
        (happens.sudden_back_pain(), "sudden-back-pain"),
        (happens.mistyped_pain, "sudden-back-pain"),
        (happens.bladder_change, "bladder-bowel-change"),
        (happens.mistyped_fall, "recurrent-falls"),
    ],
)
@pytest.mark.parametrize("when", [{"days_ago": 9}, {"hours_ago": 5.0}], ids=str)
def test_what_happens_raises_its_flag(change: Change, pattern: str, when: dict[str, Any]) -> None:
    said = journal(usual.QUIET, happenings=[Happening(change=change, **when)])
    assert pattern in {flag.pattern for flag in flags(said)}


def test_what_happens_over_weeks_raises_its_flags() -> None:
    leg = journal(usual.TRAINING, happenings=[Happening(change=happens.sciatica(), days_ago=30, lasts=31)])
    assert {"new-numbness", "neuro-progression"} <= {flag.pattern for flag in flags(leg)}
    sad = journal(usual.QUIET, happenings=[Happening(change=happens.low_mood, days_ago=30, lasts=25)])
    assert "mood-and-fear" in {flag.pattern for flag in flags(sad)}


def test_after_an_emergency_nothing_is_logged_for_as_long_as_it_says() -> None:
    happening = Happening(change=happens.broken_hip, days_ago=20, silent=12)
    days = {(UNTIL.date() - one.at.date()).days for one in journal(usual.CAREFUL, happenings=[happening])}
    assert 20 in days
    assert days.isdisjoint(range(8, 20))


def test_what_lies_before_the_first_day_does_not_happen() -> None:
    early = Happening(change=happens.saddle_numbness, days_ago=40)
    said = journal(usual.QUIET, days=40, happenings=[early])
    assert not [one for one in said if one.report.get("neuro")]
