"""The kinds of columns of a phone's table, strict: there a wrong type would be defaulted silently."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

ZONES = frozenset(available_timezones())
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEAR_2100 = 4_102_444_800_000


def _known_zone(name: str) -> str:
    if name not in ZONES:
        raise ValueError("not an IANA time zone, such as Europe/Berlin")
    return name


Zone = Annotated[str, AfterValidator(_known_zone), Field(json_schema_extra={"format": "iana-time-zone"})]
Milliseconds = Annotated[int, Field(ge=0, le=YEAR_2100)]


class Row(BaseModel):
    """One row as a phone pushes it. The client's own columns are accepted and not stored."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(description="A UUID, in lower case with hyphens. Chosen by the phone that made the row.")
    client_status: str | None = Field(
        default=None, alias="_status", description="The client's own; not stored."
    )
    client_changed: str | None = Field(
        default=None,
        alias="_changed",
        description="The client's own: names of the columns changed since the last sync, with commas.",
    )

    @property
    def changed_columns(self) -> frozenset[str]:
        return frozenset(filter(None, (self.client_changed or "").split(",")))


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970, UTC; what is finer is cut off."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def moment(since_1970: int) -> datetime:
    """The moment in UTC."""
    return EPOCH + timedelta(milliseconds=since_1970)


# A column that the server owns: whatever a phone sends back in it is not read.
Ours: Any = Field(default=None, description="Set by the server; what a phone sends here is not read.")
