"""Days and moments as clients may write them: RFC 3339 in ASCII digits, never a number to guess from."""

import re
from datetime import date, time
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Of years 1000 to 2999: at the ends of the calendar a zone's offset leaves it.
MOMENT = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
WALL_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:00)?")


def _written_as(pattern: re.Pattern[str], example: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if isinstance(value, str) and not pattern.fullmatch(value):
            raise ValueError(f"written as {example}")
        if not isinstance(value, str):
            raise ValueError(f"text, written as {example}")
        return value

    return BeforeValidator(check)


LocalDate = Annotated[date, Field(strict=False), _written_as(DAY, "2026-01-10")]
Moment = Annotated[
    AwareDatetime, Field(strict=False), _written_as(MOMENT, "2026-01-10T09:30:00+01:00, with the offset")
]
HHMM = Annotated[str, Field(pattern=f"^{WALL_CLOCK.pattern}$", examples=["18:30"])]
WallClock = Annotated[
    time,
    Field(strict=False, json_schema_extra={"format": "wall-clock", "pattern": f"^{WALL_CLOCK.pattern}$"}),
    _written_as(WALL_CLOCK, "18:30"),
]
