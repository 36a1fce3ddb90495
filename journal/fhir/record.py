"""What the clinic knows, saw, planned and wrote: each row as the FHIR resource that comes closest."""

from datetime import date

from journal.accounts.models import Clinic, Consent, Patient
from journal.content import facts, notes, plan, texts
from journal.fhir.resources import (
    LOINC,
    OSTEON,
    UCUM,
    Resource,
    coded,
    made,
    moment,
    of_hl7,
    period,
    refers_to,
)
from journal.models import CareItem, Fact, Flag, FlagAction, Note

GENDERS = {"F": "female", "M": "male", "": "unknown"}
CONDITIONS = frozenset({"history", "diagnosis", "fracture", "steroid_exposure"})
MEDICINES = frozenset({"medicine", "injection"})


def person(patient: Patient) -> Resource:
    email = patient.user.email if patient.user else ""
    return made(
        "Patient",
        patient.pk,
        active=True,
        name=[{"text": patient.name}] if patient.name else [],
        telecom=[{"system": "email", "value": email}] if email else [],
        gender=GENDERS[patient.sex],
        birthDate=patient.born.isoformat() if patient.born else None,
        communication=[{"language": coded(patient.language, patient.language, "urn:ietf:bcp:47")}],
        managingOrganization=refers_to("Organization", patient.clinic_id),
    )


def clinic(clinic: Clinic) -> Resource:
    phone = [{"system": "phone", "value": clinic.phone}] if clinic.phone else []
    return made("Organization", clinic.pk, active=True, name=clinic.name, telecom=phone)


def consent(consent: Consent) -> Resource:
    return made(
        "Consent",
        consent.pk,
        status="inactive" if consent.withdrawn_at else "active",
        scope=of_hl7("consentscope", "patient-privacy"),
        category=[coded("59284-0", "Consent Document", LOINC)],
        patient=refers_to("Patient", consent.patient_id),
        dateTime=moment(consent.given_at),
        policyRule=coded(consent.version, f"{consent.get_purpose_display()} {consent.version}", "consent"),
        provision={"period": period(consent.given_at, consent.withdrawn_at)},
    )


def fact(fact: Fact, *, stands: bool) -> Resource:
    """A condition, a medicine or a measurement. One that was taken back or corrected is entered in error."""
    if fact.kind in CONDITIONS:
        return _condition(fact, stands)
    return _medicine(fact, stands) if fact.kind in MEDICINES else _measurement(fact, stands)


def _condition(fact: Fact, stands: bool) -> Resource:
    """A resource that is entered in error must not say whether it is active (con-5)."""
    clinical = of_hl7("condition-clinical", "resolved" if fact.until else "active") if stands else None
    return made(
        "Condition",
        fact.pk,
        clinicalStatus=clinical,
        verificationStatus=of_hl7("condition-ver-status", "confirmed" if stands else "entered-in-error"),
        code=_named(fact),
        bodySite=[{"text": fact.side}] if fact.side else [],
        subject=refers_to("Patient", fact.patient_id),
        onsetDateTime=_day(fact.since),
        abatementDateTime=_day(fact.until) if stands else None,
        recordedDate=moment(fact.at),
        note=_note(fact.text),
    )


def _medicine(fact: Fact, stands: bool) -> Resource:
    status = "completed" if fact.until or fact.kind == "injection" else "active"
    return made(
        "MedicationStatement",
        fact.pk,
        status=status if stands else "entered-in-error",
        medicationCodeableConcept=_named(fact),
        subject=refers_to("Patient", fact.patient_id),
        effectivePeriod=period(fact.since, fact.until),
        dateAsserted=moment(fact.at),
        note=_note(fact.text),
    )


def _measurement(fact: Fact, stands: bool) -> Resource:
    unit = {"unit": "cm", "system": UCUM, "code": "cm"} if fact.kind == "peak_height" else {"unit": "T-score"}
    return made(
        "Observation",
        fact.pk,
        status="final" if stands else "entered-in-error",
        code=_named(fact),
        subject=refers_to("Patient", fact.patient_id),
        effectiveDateTime=_day(fact.since),
        issued=moment(fact.at),
        valueQuantity=None if fact.number is None else {"value": float(fact.number), **unit},
        note=_note(fact.text),
    )


def _named(fact: Fact) -> Resource:
    return coded(f"{fact.kind}.{fact.code}", facts.label(fact.kind, fact.code), "fact")


def flag(flag: Flag) -> Resource:
    """A warning sign, in the words that the patient was shown."""
    waiting = flag.status in (Flag.Status.OPEN, Flag.Status.ACKNOWLEDGED)
    return made(
        "Flag",
        flag.pk,
        identifier=[{"system": f"{OSTEON}flag", "value": str(flag.pk)}],
        status="active" if waiting else "inactive",
        category=[coded(flag.urgency, flag.urgency, "urgency")],
        code={**coded(flag.pattern, flag.pattern, "pattern"), "text": flag.why},
        subject=refers_to("Patient", flag.patient_id),
        period=period(flag.raised_at),
    )


def deed(action: FlagAction) -> Resource:
    """What somebody did with a flag."""
    said = "; ".join(filter(None, (action.get_kind_display(), action.get_outcome_display(), action.note)))
    return made(
        "Communication",
        f"action:{action.pk}",
        status="completed",
        category=[coded("flag-action", "What was done with a warning sign", "communication")],
        subject=refers_to("Patient", action.flag.patient_id),
        about=[refers_to("Flag", action.flag_id)],
        sent=moment(action.at),
        sender={"display": action.by.get_full_name() or f"account {action.by_id}"},
        payload=[{"contentString": said}],
    )


def note(note: Note, *, stands: bool) -> Resource:
    return made(
        "Communication",
        f"note:{note.pk}",
        status="completed" if stands else "entered-in-error",
        category=[coded(note.code, notes.label(note.code), "note")],
        subject=refers_to("Patient", note.patient_id),
        sent=moment(note.at),
        sender={"display": note.by.get_full_name() or f"account {note.by_id}"},
        payload=[{"contentString": note.text}],
    )


def care_plan(patient: Patient, items: list[CareItem]) -> Resource:
    goals = [refers_to("Goal", item.pk) for item in items if item.kind == "goal"]
    rest = [item for item in items if item.kind not in ("goal", "medicine")]
    return made(
        "CarePlan",
        patient.pk,
        status="active",
        intent="plan",
        title="Care plan",
        subject=refers_to("Patient", patient.pk),
        goal=goals,
        activity=[{"reference": refers_to("ServiceRequest", item.pk)} for item in rest],
    )


def planned(item: CareItem, today: date) -> Resource:
    """A goal, a medicine to take, or something to do."""
    over = bool(item.ends and item.ends < today)
    if item.kind == "goal":
        return _goal(item, over)
    return _to_take(item, over) if item.kind == "medicine" else _to_do(item, over)


def _goal(item: CareItem, over: bool) -> Resource:
    state = "cancelled" if item.stopped_on else "completed" if over else "active"
    return made(
        "Goal",
        item.pk,
        lifecycleStatus=state,
        description={**_of_plan(item), "text": item.text or item.title(texts.FIRST)},
        subject=refers_to("Patient", item.patient_id),
        startDate=item.starts.isoformat(),
        target=[{"dueDate": item.review_on.isoformat()}] if item.review_on else [],
        note=_note(item.stop_reason),
    )


def _to_take(item: CareItem, over: bool) -> Resource:
    return made(
        "MedicationStatement",
        f"plan:{item.pk}",
        status="stopped" if item.stopped_on else "completed" if over else "intended",
        medicationCodeableConcept=_of_plan(item),
        subject=refers_to("Patient", item.patient_id),
        effectivePeriod=period(item.starts, item.stopped_on or item.ends),
        dateAsserted=moment(item.at),
        note=_note(item.text, item.stop_reason),
    )


def _to_do(item: CareItem, over: bool) -> Resource:
    return made(
        "ServiceRequest",
        item.pk,
        status="revoked" if item.stopped_on else "completed" if over else "active",
        intent="plan",
        code=_of_plan(item),
        subject=refers_to("Patient", item.patient_id),
        occurrencePeriod=period(item.starts, item.stopped_on or item.ends),
        authoredOn=moment(item.at),
        requester={"display": item.by.get_full_name() or f"account {item.by_id}"},
        patientInstruction="; ".join(filter(None, (item.text, item.dose, item.rrule))),
        note=_note(item.stop_reason),
    )


def _of_plan(item: CareItem) -> Resource:
    return coded(f"{item.kind}.{item.code}", plan.label(item.kind, item.code), "care-item")


def _note(*texts: str) -> list[Resource]:
    return [{"text": text} for text in texts if text]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
