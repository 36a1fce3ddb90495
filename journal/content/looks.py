"""How staff may look at a patient's record, in the patient's words."""

from collections.abc import Mapping

FIRST = "en"

# What kind of look it was.
HOW: Mapping[str, Mapping[str, str]] = {
    "page": {"en": "A page was opened", "es": "Se abrió una página"},
    "list": {"en": "You stood on a list", "es": "Usted figuraba en una lista"},
    "search": {"en": "A search found you", "es": "Una búsqueda le encontró"},
    "autocomplete": {
        "en": "Your name was suggested while somebody typed",
        "es": "Su nombre se sugirió mientras alguien escribía",
    },
    "deed": {"en": "Something was done on a page", "es": "Se hizo algo en una página"},
    "export": {"en": "A file was made", "es": "Se creó un archivo"},
    "print": {"en": "A page was printed", "es": "Se imprimió una página"},
}

# What it was about, by a word of the page's name; the first that fits.
ABOUT: Mapping[str, Mapping[str, str]] = {
    "flag": {"en": "about what the rules noticed", "es": "sobre lo que notaron las reglas"},
    "entry": {"en": "about what you logged", "es": "sobre lo que usted anotó"},
    "reminder": {"en": "about your reminders", "es": "sobre sus recordatorios"},
    "occurrence": {"en": "about your reminders", "es": "sobre sus recordatorios"},
    "delivery": {"en": "about messages that were sent", "es": "sobre mensajes enviados"},
    "invitation": {"en": "about your invitation", "es": "sobre su invitación"},
    "patient": {"en": "about your record", "es": "sobre su historial"},
}
ANYTHING = {"en": "about your record", "es": "sobre su historial"}

# What the person was to the clinic at that moment.
ROLES: Mapping[str, Mapping[str, str]] = {
    "physiotherapist": {"en": "Physiotherapist", "es": "Fisioterapeuta"},
    "lead": {"en": "Clinic lead", "es": "Responsable de la clínica"},
    "operator": {
        "en": "Operator of the system, with a reason given to your clinic",
        "es": "Operador del sistema, con un motivo comunicado a su clínica",
    },
}
STAFF = {"en": "Member of staff", "es": "Miembro del equipo"}


def sentence(how: str, route: str, language: str) -> str:
    """`A page was opened about what you logged.`; a page of an unknown name is about the record."""
    about = next((words for word, words in ABOUT.items() if word in route), ANYTHING)
    return f"{_in(HOW.get(how, HOW['page']), language)} {_in(about, language)}."


def role(code: str, language: str) -> str:
    return _in(ROLES.get(code, STAFF), language)


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language, words[FIRST])
