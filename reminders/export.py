"""The part of a patient's copy that is about being reminded and told."""

from journal.export import KEPT_BACK, OURS, Section
from reminders import models

SECTIONS = (
    Section(
        "reminders", models.Reminder, "When and of what you are reminded.", without={"lease_until": OURS}
    ),
    Section("reminder_settings", models.ReminderSettings, "How often at most, and pauses."),
    Section("occurrences", models.Occurrence, "Each turn of each reminder, and what became of it."),
    Section(
        "deliveries",
        models.Delivery,
        "Each message to you or about you: the channel, to whom, what became of it; no text.",
        without={"lease_until": OURS, "lane": OURS},
    ),
    Section("delivery_attempts", models.Attempt, "Each try to send one of them.", owner="delivery__patient"),
    Section(
        "devices",
        models.Device,
        "Phones that messages can be pushed to.",
        without={
            "token_hash": KEPT_BACK,
            "sealed_token": KEPT_BACK,
            "session_hash": KEPT_BACK,
            "sealed_session": KEPT_BACK,
        },
    ),
    Section("chases", models.Chase, "How far the clinic was reminded of each warning sign."),
    Section(
        "dead_address",
        models.DeadAddress,
        "An address of yours that took no mail.",
        owner="user__patient",
        beyond_the_fence=True,
    ),
)

__all__ = ["SECTIONS"]
