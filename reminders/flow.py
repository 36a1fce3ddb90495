"""Do flags and reminders flow? Ages in seconds, for whoever watches the house."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.db.models.functions import Coalesce

from journal.models import Flag, OutboxEvent
from reminders.models import Chase, Delivery, Reminder, Round, Tally

# Promise B8: within so long the health check says that flags are not flowing.
LONGEST_STILL = timedelta(minutes=2)
DISPATCHERS = ("relay", "escalate")


@dataclass(frozen=True)
class Flow:
    """None where nothing waits; for the round: where none has ever ended."""

    oldest_unrelayed_event: float | None
    oldest_waiting_flag_delivery: float | None
    oldest_untold_flag: float | None
    oldest_due_chase: float | None
    oldest_unplanned_reminder: float | None
    oldest_waiting_reminder_delivery: float | None
    oldest_waiting_webhook_delivery: float | None
    oldest_unfollowed_plan: float | None
    last_round: float | None

    @property
    def flags_flow(self) -> bool:
        """Nothing about a flag has stood still for two minutes, and the dispatchers are alive.

        One dead mailbox is no alarm as long as somebody else was told of the flag.
        """
        waits = (self.oldest_unrelayed_event, self.oldest_untold_flag, self.oldest_due_chase)
        longest = LONGEST_STILL.total_seconds()
        alive = self.last_round is not None and self.last_round <= longest
        return alive and all(age is None or age <= longest for age in waits)


def look(*, at: datetime) -> Flow:
    """Nine small queries over indexes of what waits."""
    unsent = Delivery.objects.filter(state=Delivery.State.WAITING)
    # A push to the patient's own phone, or a program that heard of it, is nobody who acts.
    waiting = unsent.filter(topic=Delivery.Topic.FLAG).exclude(channel="push")
    told = Delivery.objects.filter(
        topic=Delivery.Topic.FLAG,
        patient=OuterRef("patient"),
        subject_id=OuterRef("subject_id"),
        sent_at__gte=OuterRef("wanted_since"),
    ).exclude(channel="push")
    open_flag = Flag.objects.open().filter(pk=OuterRef("subject_id"))
    untold = waiting.filter(Exists(open_flag) | Q(patient=None)).exclude(Exists(told))
    # Trying again moves due_at, not since when it should be out. Older rows have only the former.
    wanted = unsent.annotate(since=Coalesce("wanted_since", "due_at")).filter(since__lte=at)
    late = wanted.filter(topic=Delivery.Topic.REMINDER)
    hooks = wanted.filter(topic=Delivery.Topic.WEBHOOK)
    due = Reminder.objects.due(at)
    rounds = dict(Round.objects.filter(tick__in=DISPATCHERS).values_list("tick", "ended_at"))
    return Flow(
        oldest_unrelayed_event=_age(at, OutboxEvent.objects.of_flags().aggregate(x=Min("at"))["x"]),
        oldest_waiting_flag_delivery=_age(at, waiting.aggregate(x=Min("wanted_since"))["x"]),
        oldest_untold_flag=_age(at, untold.aggregate(x=Min("wanted_since"))["x"]),
        oldest_due_chase=_age(
            at, Chase.objects.filter(next_chase_at__lte=at).aggregate(x=Min("next_chase_at"))["x"]
        ),
        oldest_unplanned_reminder=_age(at, due.aggregate(x=Min("next_due_at"))["x"]),
        oldest_waiting_reminder_delivery=_age(at, late.aggregate(x=Min("since"))["x"]),
        oldest_waiting_webhook_delivery=_age(at, hooks.aggregate(x=Min("since"))["x"]),
        oldest_unfollowed_plan=_age(at, OutboxEvent.objects.of_plans().aggregate(x=Min("at"))["x"]),
        last_round=_age(at, min(rounds.values()) if len(rounds) == len(DISPATCHERS) else None),
    )


def backlog() -> dict[str, dict[str, int]]:
    """How much waits now, by labels as Prometheus writes them: open flags, messages not yet out."""
    flags = Flag.objects.open().values_list("urgency").annotate(n=Count("pk")).order_by("urgency")
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    topics = waiting.values_list("topic").annotate(n=Count("pk")).order_by("topic")
    return {
        "flags_open": {f'{{urgency="{name}"}}': count for name, count in flags},
        "deliveries_waiting": {f'{{topic="{name}"}}': count for name, count in topics},
    }


def tallies() -> list[Tally]:
    """How many messages of each channel had which outcome."""
    return list(Tally.objects.order_by("channel", "outcome"))


def _age(at: datetime, since: datetime | None) -> float | None:
    return None if since is None else max(0.0, round((at - since).total_seconds(), 1))
