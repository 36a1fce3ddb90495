"""What the demo's physiotherapists put on record at the first visit: facts, a plan, a note."""

from datetime import date, datetime, timedelta

from journal.accounts.models import Patient, User
from journal.actions import care_plan, facts, notes
from journal.content.facts import Stated
from journal.content.plan import Planned
from journal.management.invented.people import Person

REVIEW_AFTER, REVIEWS_SPREAD = (
    timedelta(weeks=16),
    8,
)  # weeks over which reviews fall due, so that few wait at once
GOAL_AFTER = timedelta(weeks=26)
GOAL = "Walk to the shops and back without a stop."
NOTE = "First visit: plan agreed, exercises shown, falls and footwear talked over."


def put_on_record(*, by: User, at: datetime, patient: Patient, person: Person) -> None:
    """In the name of the own physiotherapist, on the day of the first visit."""
    today = at.astimezone(patient.timezone).date()
    for stated in _facts(person, today):
        facts.add(by=by, at=at, patient=patient, stated=stated)
    for planned in _plan(person, today):
        care_plan.prescribe(by=by, at=at, patient=patient, planned=planned)
    notes.add(by=by, at=at, patient=patient, code="remark", day=today, text=NOTE)


def _facts(person: Person, today: date) -> list[Stated]:
    known = [Stated(kind="medicine", code="vitamin_d", since=today - timedelta(days=200))]
    if "antiresorptive" in person.history:
        known.append(Stated(kind="injection", code="denosumab", since=today - timedelta(days=60)))
    return known


def _plan(person: Person, today: date) -> list[Planned]:
    review = today + REVIEW_AFTER + timedelta(weeks=person.age % REVIEWS_SPREAD)
    plan = [
        Planned(
            kind="exercise", code="balance", starts=today, dose="5 minutes, near a rail", library_id="X1"
        ),
        Planned(
            kind="exercise", code="walking", starts=today, dose="20 minutes on most days", library_id="X3"
        ),
        Planned(kind="goal", code="own", starts=today, text=GOAL, review_on=today + GOAL_AFTER),
        Planned(kind="task", code="review", starts=today, review_on=review),
    ]
    if "prior_vertebral_fracture" in person.history:
        plan.append(Planned(kind="exercise", code="spine_sparing", starts=today, library_id="X5"))
    return plan
