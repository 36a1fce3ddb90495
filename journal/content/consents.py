"""What patients are asked to agree to, in the version that counts now.

A change of what is done with data is a new version: everybody is then asked again. Withdrawing one is always
possible and stops at once what it was for; no consent stands between a patient and a red flag.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A title, and what is agreed to, in one language."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Purpose:
    """One thing that data are used for."""

    code: str
    version: str
    words: Mapping[str, Words]

    def said_in(self, language: str) -> Words:
        return self.words.get(language, self.words["en"])


JOURNAL = Purpose(
    code="journal",
    version="2026-11",
    words={
        "en": Words(
            "Your journal",
            "What you log is kept on your clinic's server. Your clinic's team can read it, and rules look"
            " at it for signs that somebody should see you soon. Nobody else gets to see it.",
        ),
        "es": Words(
            "Su diario",
            "Lo que usted anota se guarda en el servidor de su clínica. El equipo de su clínica puede"
            " leerlo, y unas reglas lo revisan en busca de señales de que alguien debería verle pronto."
            " Nadie más lo ve.",
        ),
    },
)
REMINDERS = Purpose(
    code="reminders",
    version="2026-11",
    words={
        "en": Words(
            "Reminders",
            "You get reminders of exercises and of preventing falls, in the app and by the ways you choose."
            " They never say what you logged. You can stop them at any time.",
        ),
        "es": Words(
            "Recordatorios",
            "Usted recibe recordatorios de ejercicios y de prevención de caídas, en la aplicación y por los"
            " medios que elija. Nunca dicen lo que usted anotó. Puede detenerlos en cualquier momento.",
        ),
    },
)
PURPOSES = (JOURNAL, REMINDERS)
BY_CODE = {purpose.code: purpose for purpose in PURPOSES}
