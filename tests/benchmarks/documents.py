"""What the benchmarks say: the report of somebody with the pains she is used to, about 0.7 KB of JSON."""

from datetime import UTC, datetime
from typing import Any

ZONE = "Europe/Berlin"
NOW = datetime.now(UTC).replace(microsecond=0)
DAYS, LONG, FLAGS = 14, 1_000, 20  # days of history; entries and flags of a long history


def report(number: int) -> dict[str, Any]:
    """Two pains, one nerve symptom and the daily questions; the numbers wander a little with `number`."""
    return {
        "pains": [
            {
                "site": "lumbar",
                "side": "midline",
                "severity": 3 + number % 2,
                "onset": "gradual",
                "quality": ["aching", "stiff"],
                "worse_with": ["bending", "sitting"],
            },
            {
                "site": "knee",
                "side": "left",
                "severity": 2 + number % 3 // 2,
                "onset": "gradual",
                "quality": ["dull"],
                "worse_with": ["stairs"],
            },
        ],
        "neuro": [{"symptom": "tingling", "site": "foot", "side": "left", "versus_usual": "as_usual"}],
        "falls": [],
        "can_bear_weight": True,
        "activity": [{"type": "walking", "minutes": 25 + number % 7}, {"type": "balance", "minutes": 10}],
        "systemic": [],
        "medications": ["vitamin_d", "calcium", "bisphosphonate"],
        "sleep": 6 + number % 2,
        "mood": 7,
        "confidence": 6,
    }


def sudden() -> dict[str, Any]:
    """A sudden strong back pain after a fall: what opens a flag."""
    return {
        "pains": [{"site": "thoracic", "side": "midline", "severity": 9, "onset": "sudden"}],
        "falls": [{"kind": "fall", "injury": True}],
        "can_bear_weight": True,
    }
