from collections.abc import Iterator

from django.apps import AppConfig
from django.utils.translation import gettext_lazy

from journal.content.seeds import Representation


class RemindersConfig(AppConfig):
    name = "reminders"
    verbose_name = gettext_lazy("Reminders")

    def ready(self) -> None:
        from reminders import panels

        panels.register()

    def representations(self) -> Iterator[Representation]:
        """The kinds of reminders as `manage.py coverage_of_seeds` counts them."""
        from reminders.models.reminders import SEEDS

        for kind, rows in SEEDS.items():
            yield Representation("REM", kind.value, rows)
        yield Representation("RULE", "tasks: injection-late, no-follow-on", ("X-05",))
