"""What a clinic may send to a patient's inbox: whole texts, chosen by code; nothing is typed.

A typed sentence could name a diagnosis, promise a time or be answered by nobody; these were read over first.
None of them says how anybody is. Texts are Osteon's own.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Title and body in one language."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Template:
    """`label` is how the desk lists it; `texts` by language, English always."""

    code: str
    label: str
    texts: dict[str, Text]

    def in_language(self, language: str) -> Text:
        return self.texts.get(language, self.texts["en"])


def _template(code: str, label: str, en: tuple[str, str], es: tuple[str, str]) -> Template:
    return Template(code, label, {"en": Text(*en), "es": Text(*es)})


TEMPLATES = {
    one.code: one
    for one in (
        _template(
            "please-call",
            "Please call us",
            (
                "Please call your clinic",
                "We would like to speak with you. Please call the clinic during its opening hours. If you "
                "feel worse, do not wait for the call: follow the advice in the app or call the emergency "
                "number.",
            ),
            (
                "Por favor, llame a su clínica",
                "Nos gustaría hablar con usted. Llame a la clínica en su horario de atención. Si se "
                "encuentra peor, no espere a la llamada: siga el consejo de la aplicación o llame al número "
                "de emergencias.",
            ),
        ),
        _template(
            "appointment",
            "Please make an appointment",
            (
                "Please make an appointment",
                "We would like to see you at the clinic. Please call to find a time that suits you.",
            ),
            (
                "Por favor, pida una cita",
                "Nos gustaría verle en la clínica. Llame, por favor, para encontrar una hora que le "
                "convenga.",
            ),
        ),
        _template(
            "plan-changed",
            "Your plan has changed",
            (
                "Your plan has changed",
                "Your physiotherapist changed your care plan. Please read it in the app before you exercise "
                "again.",
            ),
            (
                "Su plan ha cambiado",
                "Su fisioterapeuta ha cambiado su plan de cuidados. Léalo en la aplicación antes de volver "
                "a hacer ejercicio.",
            ),
        ),
        _template(
            "please-log",
            "Please write an entry",
            (
                "A minute for your journal",
                "We have not read anything from you for some days. Please write how today is, good or bad. "
                "If writing is a burden, tell us at your next visit.",
            ),
            (
                "Un minuto para su diario",
                "Hace unos días que no leemos nada suyo. Escriba, por favor, cómo es el día de hoy, bueno o "
                "malo. Si escribir le pesa, díganoslo en su próxima visita.",
            ),
        ),
        _template(
            "bring-medicines",
            "Bring your list of medicines",
            (
                "For your next visit",
                "Please bring a list of all the medicines that you take, also those without a prescription.",
            ),
            (
                "Para su próxima visita",
                "Traiga, por favor, una lista de todos los medicamentos que toma, también los que no llevan "
                "receta.",
            ),
        ),
        _template(
            "measure-height",
            "Please measure your height",
            (
                "Please measure your height",
                "Please measure your height and enter it in the app. Stand with your back to a wall, "
                "without shoes, and ask somebody to help you.",
            ),
            (
                "Por favor, mida su estatura",
                "Mida su estatura y anótela en la aplicación. Póngase de espaldas a una pared, sin zapatos, "
                "y pida a alguien que le ayude.",
            ),
        ),
    )
}
