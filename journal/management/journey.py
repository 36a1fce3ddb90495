"""One patient journey as it stands in a file: docs/journeys.md describes the format.

What the phone sent is as strict as the API; around it, keys that nobody knows here are left alone.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from journal.actions import invitations
from journal.content.report import Report
from journal.sync.faults import in_words


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Moment(Part):
    """A day of the journey (0 is its start) and a wall clock."""

    day: int
    time: time

    def on(self, start: date, zone: ZoneInfo) -> datetime:
        return datetime.combine(start + timedelta(days=self.day), self.time, zone)


class Item(Moment):
    """One entry as the phone sent it; the highest `seq` of an `entry_id` counts, none is lower than any."""

    tz: ZoneInfo | None = None
    entry_id: str | int | None = None
    seq: int | None = Field(default=None, ge=0)
    entry: Report


class Act(Moment):
    action: Literal["acknowledge", "resolve"]
    pattern: str


class Wanted(Part):
    pattern: str
    urgency: str
    on_day: int


class Expect(Part):
    flags: list[Wanted]


class Patient(Part):
    """The zone of the home; `profile` is the whole object as an invitation would carry it."""

    timezone: ZoneInfo
    profile: invitations.Profile

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, sent: Any) -> Any:
        if not isinstance(sent, dict):
            return sent
        known = {key: value for key, value in sent.items() if key in invitations.Profile.__annotations__}
        return {"timezone": sent.get("timezone"), "profile": known}


class Journey(Part):
    id: str
    title: str = ""
    patient: Patient
    start_date: date
    days: list[Item]
    arrival_order: list[int] | None = None
    clinician: list[Act] | None = None
    as_of: Moment
    expect: Expect

    @field_validator("id", mode="before")
    @classmethod
    def _number_or_name(cls, sent: Any) -> Any:
        return str(sent) if isinstance(sent, int) else sent

    @model_validator(mode="after")
    def _order_points_at_days(self) -> Self:
        if any(not 0 <= index < len(self.days) for index in self.arrival_order or ()):
            raise ValueError(f"arrival_order points outside the {len(self.days)} items of days")
        return self

    @property
    def order(self) -> Sequence[int]:
        """Indexes into days as they arrive."""
        return range(len(self.days)) if self.arrival_order is None else self.arrival_order

    def on(self, moment: Moment, zone: ZoneInfo | None = None) -> datetime:
        """An aware moment; in the patient's zone unless another is given."""
        return moment.on(self.start_date, zone or self.patient.timezone)


def read(sent: Any) -> Journey:
    """A journey from a file.

    Raises:
        ValueError: not a journey; one line that names each place at fault.
    """
    try:
        return Journey.model_validate(sent)
    except ValidationError as error:
        raise ValueError(in_words(error)) from error
