from enum import StrEnum


class Urgency(StrEnum):
    """How soon somebody must act, most urgent first."""

    EMERGENCY_NOW = "emergency-now"
    SAME_DAY = "same-day"
    WITHIN_48H = "within-48h"
    WITHIN_2_WEEKS = "within-2-weeks"
    INFORMATION = "information"
