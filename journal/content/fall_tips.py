"""Which fall-prevention tips fit a fall or near-fall, by its cause, the most fitting first. Pure."""

from collections.abc import Iterable
from datetime import timedelta

# For so long a fall is fresh in mind, and a tip that fits it is more use than the next one in turn.
FITS_FOR = timedelta(days=14)
BY_CAUSE: dict[str | None, tuple[str, ...]] = {
    "tripped": ("T1", "T3", "T2", "T8"),
    "slipped": ("T2", "T1", "T3"),
    "lost_balance": ("T8", "T7", "T2"),
    "leg_gave_way": ("T8", "T7"),
    "dizzy": ("T5", "T7", "T3"),
    "blackout": ("T5", "T7"),
    "other": ("T7", "T1", "T3"),
    None: ("T7", "T1", "T3"),
}


def fitting(causes: Iterable[str | None]) -> tuple[str, ...]:
    """Ids of tips for these causes, the latest fall's first; an unknown cause counts as not said."""
    ids = (tip for cause in causes for tip in BY_CAUSE.get(cause, BY_CAUSE[None]))
    return tuple(dict.fromkeys(ids))
