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


def told_with(turn: Occurrence) -> list[Occurrence]:
    """Those for which one message rings: of the same turn, still due, and held by nothing at this moment.

    One that the patient put off comes back alone, as does a text of the library's programme.
    """
    if turn.care_item_id is None or turn.snoozes:
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
