"""A refusal as a template and its values, so that whoever shows it may say it in another language."""

from collections.abc import Mapping

Value = object  # a word, a number, a choice with its label, or a tuple of words, which is said as a list


def filled(template: str, values: Mapping[str, Value]) -> str:
    """`%(kind)s: …` with its values. A template without values is said as it stands."""
    return template % {name: plain(value) for name, value in values.items()} if values else template


def plain(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(plain, value))
    label = getattr(value, "label", None)
    return str(value) if label is None else str(label).lower()


class UnfitError(ValueError):
    """The message says what is missing or too much, in words for the clinician."""

    def __init__(self, template: str, /, **values: Value) -> None:
        super().__init__(filled(template, values))
        self.template, self.values = template, values
