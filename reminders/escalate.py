"""A flag that nobody acknowledges goes on to the next person, without an upper number of steps.

The chase is a row; each step is one transaction that tells somebody and plans the next step, so that any
number of ticks and machines tell each person once a step. When a step is due was worked out under the
clinic's hours of that moment: where they change, what lies ahead is worked out anew.
"""

import logging
from datetime import datetime

from django.db import transaction

from journal.accounts.models import User
from journal.content.rule import Urgency
from journal.models import Flag
from reminders import claims
from reminders.hours import Hours
from reminders.models import Chase, Delivery
from reminders.team import pace
from reminders.team.clinics import Clinics
from reminders.team.hooks import tell_endpoints

# A round ends well before Celery's soft limit; what is left is the next round's.
MOST_STEPS = 1000
CHANNEL = "email"
KIND = "flag.chased"

log = logging.getLogger(__name__)


def run(*, at: datetime) -> int:
    """Takes every step that is due; returns the number of new deliveries. Safe to run twice and anywhere."""
    clinics, made = Clinics(at), 0
    failed: set[int] = set()
    for _ in range(MOST_STEPS):
        told = _one(at, clinics, failed)
        if told is None:
            break
        made += told
    return made


def keep_in_step(*, at: datetime) -> int:
    """Chases that lie ahead follow the hours and holidays as they are now; how many moved.

    A step that has become due by it is taken in the next round. Emergencies know no hours. Of steps that were
    taken before it was noted when, the next one stays.
    """
    ahead = Chase.objects.filter(next_chase_at__gt=at, flag__status=Flag.Status.OPEN)
    ahead = ahead.exclude(flag__urgency=Urgency.EMERGENCY_NOW).exclude(chases__gt=0, stepped_at=None)
    clinics, moved = Clinics(at), 0
    for chase in ahead.select_related("flag", "patient__clinic").iterator():
        hours, planned = clinics.hours(chase.patient.clinic), chase.next_chase_at
        due = pace.planned(chase.flag, began=chase.began_at, stepped=chase.stepped_at, hours=hours)
        if due != planned:  # unless somebody took the step meanwhile
            moved += Chase.objects.filter(pk=chase.pk, next_chase_at=planned).update(next_chase_at=due)
    return moved


def _one(at: datetime, clinics: Clinics, failed: set[int]) -> int | None:
    """One due chase in a transaction of its own; None when none is left. An error costs only its own flag."""
    chase: Chase | None = None
    try:
        with transaction.atomic():
            chase = claims.chase(at=at, skip=failed)
            return None if chase is None else _step(chase, clinics, at)
    except Exception as error:
        if chase is None:
            raise
        log.error("the chase of flag %s failed: %s", chase.flag_id, type(error).__name__)
        failed.add(chase.pk)
        return 0


def _step(chase: Chase, clinics: Clinics, at: datetime) -> int:
    """Ends the chase of a flag that somebody has in hand; otherwise the next person is told."""
    flag, hours = chase.flag, clinics.hours(chase.patient.clinic)
    if flag.status != Flag.Status.OPEN:
        return _plan(chase, None)
    if not pace.may_chase(flag, at=at, hours=hours):
        return _plan(chase, hours.next_open(at))
    people = clinics.roster(chase.patient.clinic).step(chase.patient.physiotherapist_id, chase.chases + 1)
    if not people:  # not counted as a step: the first person who comes begins at the first rung
        log.error("nobody can be told again of flag %s", flag.pk)
        return _stepped(chase, at, hours)
    chase.chases += 1
    # The others are told again by the digest, which reads how far each flag has climbed.
    made = _tell(chase, people, at) if pace.tells_at_once(flag) else 0
    number = f"{chase.event_id}:{chase.chases}"
    made += tell_endpoints(patient=chase.patient, kind=KIND, flag_id=flag.pk, number=number, at=at)
    return made + _stepped(chase, at, hours)


def _stepped(chase: Chase, at: datetime, hours: Hours) -> int:
    chase.stepped_at = at
    return _plan(chase, pace.following(chase.flag, at=at, hours=hours))


def _plan(chase: Chase, moment: datetime | None) -> int:
    chase.next_chase_at = moment
    chase.save(update_fields=["chases", "stepped_at", "next_chase_at"])
    return 0


def _tell(chase: Chase, people: tuple[User, ...], at: datetime) -> int:
    """One delivery a person, but for those whose last one about this flag has not gone out yet.

    So hours without a mail server end in one mail each, not in one for every quarter of an hour.
    """
    unsent = Delivery.objects.filter(
        patient=chase.patient_id, subject_id=chase.flag_id, state=Delivery.State.WAITING, channel=CHANNEL
    )
    told_soon = set(unsent.values_list("to", flat=True))
    new = [_delivery(chase, person, at) for person in people if person.pk not in told_soon]
    return len(Delivery.objects.bulk_create(new, ignore_conflicts=True))


def _delivery(chase: Chase, person: User, at: datetime) -> Delivery:
    return Delivery(
        patient=chase.patient,
        topic=Delivery.Topic.FLAG,
        kind=KIND,
        subject_id=chase.flag_id,
        to=person,
        channel=CHANNEL,
        key=f"{KIND}:{chase.event_id}:{chase.chases}:{chase.flag_id}:{person.pk}:{CHANNEL}",
        due_at=at,
        wanted_since=at,
    )
