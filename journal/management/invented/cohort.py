"""Synthetic patients by number: the same seed and number give the same person and journal, anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from journal.content.patient import Profile
from journal.management.invented import assumptions as assumed
from journal.management.invented import diary, usual
from journal.management.invented.diary import Said
from journal.management.invented.events import EVENTS, Event
from journal.management.invented.happenings import Happening, flare
from journal.management.invented.persona import Persona

UNTIL = datetime(2026, 3, 30, 21, tzinfo=UTC)  # a fixed end, so that a run can be repeated years later
ZONES = ("Europe/London", "Europe/Berlin", "America/St_Johns", "Pacific/Auckland")
LEAD_DAYS = 36  # what a baseline and the longest comparison need before an event
KNOWN_PAIN = {"steady-back", "arthritic-knee", "upper-back", "new-walker"}
PERSONAS = tuple(usual.PERSONAS.values())


@dataclass(frozen=True, slots=True)
class Struck:
    """An event that happened to a patient: the local day on which it truly began."""

    event: Event
    day: date


@dataclass(frozen=True, slots=True)
class Synthetic:
    """One patient. `flares` are the (first, last) days of ordinary bad spells."""

    persona: str
    profile: Profile
    journal: Sequence[Said]
    struck: Struck | None
    flares: tuple[tuple[date, date], ...]


def patient(number: int, *, days: int, seed: int) -> Synthetic:
    """Patient `number` of the cohort of that seed, with `days` local days of journal."""
    rng = Random(f"{seed} {number}")  # noqa: S311  synthetic patients, not secrets
    persona = _varied(PERSONAS[number % len(PERSONAS)], rng, days)
    event = _event(number, rng, days)
    profile, height = _profile(persona, event, rng)
    zone = rng.choice(ZONES)
    today = UNTIL.astimezone(ZoneInfo(zone)).date()
    flares = _flares(persona, rng, days)
    struck, happenings = _strike(event, rng, days, today) if event else (None, [])
    journal = diary.write(
        persona,
        rng=rng,
        until=UNTIL,
        days=days,
        timezone=zone,
        height_cm=height,
        happenings=[*flares, *happenings],
    )
    spells = tuple(
        (first := today - timedelta(days=one.days_ago), first + timedelta(days=one.lasts)) for one in flares
    )
    return Synthetic(persona.key, profile, journal, struck, spells)


def _event(number: int, rng: Random, days: int) -> Event | None:
    """Events take turns, so that each kind has as many patients as the others; None for the quiet."""
    if rng.random() >= assumed.EVENTFUL:
        return None
    event = EVENTS[number % len(EVENTS)]
    return event if days >= event.within + event.before + LEAD_DAYS + 3 else None


def _varied(persona: Persona, rng: Random, days: int) -> Persona:
    shift = rng.gauss(0, assumed.PAIN_SPREAD)
    gap = None
    if rng.random() < assumed.GAP_SHARE:
        gap = (rng.randrange(1, max(2, days)), rng.randint(5, int(assumed.GAP_MOST)))
    return replace(
        persona,
        adherence=max(0.35, min(0.98, rng.gauss(persona.adherence, assumed.ADHERENCE_SPREAD))),
        aches=tuple(replace(ache, level=max(1.0, ache.level + shift)) for ache in persona.aches),
        late=rng.uniform(0, assumed.LATE_SPREAD),
        gap=gap,
        notes=(),
    )


def _profile(persona: Persona, event: Event | None, rng: Random) -> tuple[Profile, float | None]:
    """The profile as the clinic keeps it, and the height that the patient measures now."""
    years = max(assumed.YOUNGEST, min(assumed.OLDEST, rng.gauss(assumed.MEAN_AGE, assumed.SPREAD_AGE)))
    codes = {"osteoporosis"} | (set(event.needs) if event else set())
    if rng.random() < assumed.PRIOR_VERTEBRAL:
        codes.add("prior_vertebral_fracture")
    if persona.key in KNOWN_PAIN and rng.random() < assumed.CHRONIC_PAIN:
        codes.add("chronic_pain_known")
    if persona.key == "diabetic":
        codes |= {"diabetes"} | ({"peripheral_neuropathy"} if rng.random() < 0.5 else set())
    if "bisphosphonate" in persona.medicines or "denosumab" in persona.medicines:
        codes.add("antiresorptive")
    if persona.key == "arthritic-knee":
        codes.add("osteoarthritis_knee")
    peak = round(rng.gauss(164, 6), 1)
    known = peak if rng.random() < assumed.PEAK_KNOWN else None
    born = UNTIL.date() - timedelta(days=round(years * 365.25))
    lost = max(0.0, rng.gauss(assumed.LOST_CM, 0.6))
    return Profile(born, frozenset(codes), known), peak - lost


def _flares(persona: Persona, rng: Random, days: int) -> list[Happening]:
    if not persona.aches:
        return []
    found, back = [], float(days)
    while (back := back - rng.expovariate(assumed.FLARES_PER_YEAR / 365)) > 0:
        lasts = rng.randint(int(assumed.FLARE_DAYS_LEAST), int(assumed.FLARE_DAYS_MOST))
        found.append(Happening(change=flare, days_ago=int(back), lasts=lasts))
    return found


def _strike(event: Event, rng: Random, days: int, today: date) -> tuple[Struck, list[Happening]]:
    """When it happens, and what of it is written from the day on which the patient first writes of it."""
    back = rng.randint(event.within + 2, days - LEAD_DAYS - event.before)
    late = rng.choices(
        (0, 1, 2),
        weights=(
            assumed.LOGGED_SAME_DAY,
            assumed.LOGGED_NEXT_DAY,
            1 - assumed.LOGGED_SAME_DAY - assumed.LOGGED_NEXT_DAY,
        ),
    )[0]
    change = event.written(rng)
    written = [Happening(change=change, days_ago=back - late, lasts=event.lasts, silent=event.silent)]
    if event.before:
        written.append(Happening(change=change, days_ago=back + event.before, lasts=event.lasts))
    return Struck(event, today - timedelta(days=back)), written
