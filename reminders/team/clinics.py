"""What one round knows of the clinics, read once for each."""

from datetime import datetime

from journal.accounts.models import Clinic
from reminders.hours import Hours
from reminders.team import pace
from reminders.team.roster import Roster


class Clinics:
    """Lives as long as one round: the next one sees what the clinic has changed."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._rosters: dict[int, Roster] = {}
        self._hours: dict[int, Hours] = {}

    def roster(self, clinic: Clinic) -> Roster:
        if clinic.pk not in self._rosters:
            self._rosters[clinic.pk] = Roster.of(clinic, at=self._at)
        return self._rosters[clinic.pk]

    def hours(self, clinic: Clinic) -> Hours:
        if clinic.pk not in self._hours:
            self._hours[clinic.pk] = pace.hours_of(clinic)
        return self._hours[clinic.pk]
