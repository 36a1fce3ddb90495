"""What the numbers of a flag are called on the desk. Rules name them by key; no key reaches a reader."""

from dataclasses import dataclass
from datetime import date

from journal.content import vocabulary
from journal.content.wording import full_day


@dataclass(frozen=True, slots=True)
class Number:
    """The words for one key, and the unit behind its value."""

    label: str
    unit: str = ""


LABELS: dict[str, Number] = {
    "severity": Number("Pain", "of 10"),
    "baseline": Number("Usual level (median of the last answered days)", "of 10"),
    "baseline_days": Number("Days that the usual level is made of"),
    "days": Number("Days on which it was logged"),
    "answered": Number("Days on which the question was answered"),
    "answered_days": Number("Days on which the question was answered"),
    "clean_days": Number("Answered days before, without it"),
    "window_days": Number("Days looked at"),
    "minutes_now": Number("Movement lately", "minutes a day"),
    "minutes_before": Number("Movement before", "minutes a day"),
    "height_cm": Number("Measured height", "cm"),
    "loss_cm": Number("Height loss", "cm"),
    "low_readings_before": Number("Earlier low readings, 60 days"),
    "falls_in_3_days": Number("Falls in 3 days"),
    "counted": Number("Falls, or falls and near-falls, counted"),
    "with_injury": Number("Of these with an injury"),
    "night_pain_days": Number("Days with spinal pain at night or rest, of 14"),
    "loss_days": Number("Days with weight loss or night sweats, of 28"),
    "spinal_pain_days_in_7": Number("Days with spinal pain, of 7"),
    "low_mood_days": Number("Days with low mood, of 14"),
    "fear_of_falling_days": Number("Days with fear of falling, of 14"),
    "sites": Number("Places"),
    "sites_now": Number("Places now"),
    "sites_before": Number("Most places on one day before"),
    "earlier_days": Number("Earlier days with numbness or tingling"),
    "sensory_days_before": Number("Days with numbness or tingling, of the 28 before"),
    "nsaid_days_in_14": Number("Days with anti-inflammatory tablets, of 14"),
    "days_in_14": Number("Days with anti-inflammatory tablets, of 14"),
    "days_in_7": Number("Days with anti-inflammatory tablets, of 7"),
    "first_week": Number("Median pain in the first week", "of 10"),
    "last_week": Number("Median pain in the last week", "of 10"),
    "both_legs": Number("Both legs"),
    "flag_day": Number("Day of the urgent flag"),
    "last_entry": Number("Last entry"),
    "patterns": Number("Urgent flags without an answer"),
}


DAYS = frozenset({"flag_day", "last_entry"})


def label(name: str) -> str:
    """`loss_cm` → "Height loss"; `left-leg severity` → "Left leg: pain". An unknown key is read as words."""
    key, _, number = name.rpartition(" ")
    words = LABELS[number].label if number in LABELS else number.replace("_", " ").capitalize()
    if key in {"", "whole"}:
        return words
    return f"{vocabulary.region(key).capitalize()}: {words[:1].lower()}{words[1:]}"


def value(name: str, number: int | float | str) -> str:
    """The value as people write it: `2.0 cm`, `21 Nov 2026`, `lower back, hip`."""
    key = name.rpartition(" ")[2]
    text = f"{number:g}" if isinstance(number, int | float) else _text(key, number)
    if key.endswith("_cm") and isinstance(number, float):
        text = f"{number:.1f}"
    unit = LABELS[key].unit if key in LABELS else ""
    return f"{text} {unit}".strip()


def _text(key: str, said: str) -> str:
    if key in DAYS:
        return full_day(date.fromisoformat(said))
    if key == "sites":
        return ", ".join(vocabulary.site(code) for code in said.split(", ") if code)
    return said.replace("-", " ")
