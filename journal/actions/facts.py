"""What clinicians state of a patient. The profile that rules read follows from it, and is judged again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import get_args

from journal import load
from journal.accounts.models import Patient, User
from journal.actions import changes, evaluation, outbox
from journal.actions.refusals import NotFitError, NotPossibleNowError
from journal.content import facts
from journal.content.facts import Stated
from journal.content.patient import Span, within
from journal.content.vocabulary import HistoryCode
from journal.models import Fact, FactWithdrawal

PROFILE_CHANGED = "The clinic changed the patient's profile: the rule is no longer met."
PROFILE = ("history", "history_dates", "born", "peak_height_cm")


def add(*, by: User, at: datetime, patient: Patient, stated: Stated) -> Fact:
    """One more fact.

    Raises:
        NotFitError: something is missing, too much, or contradicts itself.
    """
    with changes.locked(patient) as locked:
        adopt(patient=locked)
        return _state(by=by, at=at, patient=locked, stated=stated, replaces=None)


def correct(*, by: User, at: datetime, patient: Patient, fact: Fact, stated: Stated) -> Fact:
    """A fact in new words: the earlier row stays, and no longer holds.

    Raises:
        NotFitError: as for `add`, or another kind of fact.
        NotPossibleNowError: withdrawn, or corrected already.
    """
    if stated.kind != fact.kind:
        raise NotFitError("A correction stays of the same kind; withdraw this one and add another.")
    with changes.locked(patient) as locked:
        return _state(by=by, at=at, patient=locked, stated=stated, replaces=_standing(locked, fact))


def stop(*, by: User, at: datetime, patient: Patient, fact: Fact, until: date) -> Fact:
    """A medicine, condition or diagnosis has its last day on `until`."""
    return correct(by=by, at=at, patient=patient, fact=fact, stated=replace(fact.stated, until=until))


def withdraw(*, by: User, at: datetime, patient: Patient, fact: Fact, reason: str) -> FactWithdrawal:
    """A fact that was wrong; what it had corrected, if anything, holds again.

    Raises:
        NotFitError: no reason.
        NotPossibleNowError: withdrawn, or corrected already.
    """
    if not reason.strip():
        raise NotFitError("Withdrawing needs a reason.")
    with changes.locked(patient) as locked:
        fact = _standing(locked, fact)
        withdrawal = FactWithdrawal.objects.create(fact=fact, by=by, at=at, reason=reason.strip())
        changes.next_revision(locked)
        _record(by=by, at=at, patient=locked, verb="fact.withdrawn", fact=fact)
        _judge_again(at=at, patient=locked)
        return withdrawal


def adopt(*, patient: Patient) -> None:
    """Writes down as facts what the profile holds from the invitation, before any other fact.

    The clinic said it without dates, so it applies on every day. From then on the profile follows the facts.
    """
    if Fact.objects.filter(patient=patient).exists():
        return
    Fact.objects.bulk_create(
        Fact(
            patient=patient,
            at=patient.enrolled_at,
            revision=patient.revision,
            kind=stated.kind,
            code=stated.code,
            since=stated.since,
            number=stated.number,
        )
        for stated in _invited_with(patient)
    )


def _invited_with(patient: Patient) -> Iterator[Stated]:
    for code in patient.history:
        yield Stated("history", code)
    if patient.born:
        yield Stated("born", "born", since=patient.born)
    if patient.peak_height_cm is not None:
        yield Stated("peak_height", "peak_height", number=Decimal(str(patient.peak_height_cm)))


def _state(*, by: User, at: datetime, patient: Patient, stated: Stated, replaces: Fact | None) -> Fact:
    try:
        facts.check(stated, at.astimezone(patient.timezone).date())
    except facts.UnfitFactError as unfit:
        raise NotFitError(unfit.template, **unfit.values) from unfit
    fact = Fact.objects.create(
        patient=patient,
        **{name: getattr(stated, name) for name in ("kind", "code", *facts.FIELDS)},
        replaces=replaces,
        by=by,
        at=at,
        revision=changes.next_revision(patient),
    )
    verb = "fact.corrected" if replaces else "fact.added"
    _record(by=by, at=at, patient=patient, verb=verb, fact=fact)
    _judge_again(at=at, patient=patient)
    return fact


def _standing(patient: Patient, fact: Fact) -> Fact:
    found = Fact.objects.standing().filter(patient=patient, pk=fact.pk).first()
    if found is None:
        raise NotPossibleNowError("This fact was withdrawn or corrected already.")
    return found


def _record(*, by: User, at: datetime, patient: Patient, verb: str, fact: Fact) -> None:
    changes.record(
        by=by,
        at=at,
        patient=patient,
        verb=verb,
        subject=f"fact:{fact.pk}",
        data={"kind": fact.kind, "code": fact.code},
    )


def _judge_again(*, at: datetime, patient: Patient) -> None:
    """Brings the profile in step with the facts; where rules see a difference, all days are judged again."""
    outbox.plan_changed(at=at, patient=patient)
    before = load.profile(patient)
    standing = Fact.objects.standing().filter(patient=patient).order_by("at", "id")
    _keep_in_step(patient, [fact.stated for fact in standing], at.astimezone(patient.timezone).date())
    patient.save(update_fields=PROFILE)
    if load.profile(patient) != before:
        evaluation.run(at=at, patient=patient, since=None, reason=PROFILE_CHANGED)


def _keep_in_step(patient: Patient, standing: list[Stated], today: date) -> None:
    spans = facts.spans(standing)
    always = facts.always(spans)
    dated = {code: those for code, those in spans.items() if code not in always}
    now = {code for code, those in dated.items() if any(within(span, today) for span in those)}
    patient.history = [code for code in get_args(HistoryCode) if code in always | now]
    patient.history_dates = {code: [_iso(span) for span in those] for code, those in dated.items()}
    patient.born = next((one.since for one in reversed(standing) if one.kind == "born"), None)
    heights = [one.number for one in standing if one.kind == "peak_height"]
    patient.peak_height_cm = heights[-1] if heights else None


def _iso(span: Span) -> list[str | None]:
    return [None if day is None else day.isoformat() for day in span]
