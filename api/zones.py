"""Time zones as clients may name them."""

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

ZONES = frozenset(available_timezones())


def known_zone(name: str) -> str:
    """The name of an IANA zone."""
    if name not in ZONES:
        raise ValueError("not an IANA time zone, such as Europe/Berlin")
    return name


Zone = Annotated[str, AfterValidator(known_zone), Field(json_schema_extra={"format": "iana-time-zone"})]
