"""Time zones as clients may name them."""

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

NOT_A_ZONE = "not an IANA time zone, such as Europe/Berlin"
ZONES = frozenset(available_timezones())


def known_zone(name: str) -> str:
    """The name of an IANA zone."""
    if name not in ZONES:
        raise PydanticCustomError("unknown_timezone", NOT_A_ZONE)
    return name


Zone = Annotated[str, AfterValidator(known_zone), Field(json_schema_extra={"format": "iana-time-zone"})]
