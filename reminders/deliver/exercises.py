"""What the mail of a day's exercises names: titles of the library. What the plan says in words (another
exercise, how much, how often) may name a symptom and stays in the app.
"""

from collections.abc import Iterable

from journal.actions import care_plan
from journal.content import library
from reminders.models import Occurrence

# Above the list, one and several without a title of the library, and below it.
WORDS = {
    "en": (
        "Your exercises today:",
        "one that is described in the app",
        "{n} that are described in the app",
        "The app shows how to do each of them, and how much.",
    ),
    "es": (
        "Sus ejercicios de hoy:",
        "uno que se describe en la aplicación",
        "{n} que se describen en la aplicación",
        "La aplicación muestra cómo hacer cada uno y cuánto.",
    ),
}


def rings_for_all(turn: Occurrence, key: str) -> bool:
    """Whether a delivery with this key is of all exercises prescribed for the day. What the patient put off
    comes back alone, as does a text of the library's programme.
    """
    return turn.care_item_id is not None and key.startswith(f"reminder:{turn.pk}:0:")


def told_with(turn: Occurrence, key: str) -> list[Occurrence]:
    """Those for which a delivery with this key rings: still due, and held by nothing at this moment."""
    if not rings_for_all(turn, key):
        return [turn]
    same = Occurrence.objects.filter(
        patient=turn.patient_id, local_date=turn.local_date, reminder=turn.reminder_id
    )
    due = list(same.filter(state=Occurrence.State.DUE).select_related("care_item").order_by("slot"))
    held = care_plan.holds(patient=turn.patient, items=[one.care_item for one in due if one.care_item])
    return [one for one in due if one.care_item not in held]


def listed(turns: Iterable[Occurrence], language: str) -> str:
    """A line for each, as the app calls it."""
    above, one, several, below = WORDS.get(language, WORDS["en"])
    texts = [library.by_id(turn.item, language) for turn in turns]
    lines = [text.title for text in texts if text]
    unnamed = texts.count(None)
    if unnamed:
        lines.append(one if unnamed == 1 else several.format(n=unnamed))
    return "\n".join([above, "", *(f"- {line}" for line in lines), "", below])
