"""What a patient agrees to, and takes back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from journal.accounts.models import Consent, Patient, User
from journal.actions import changes
from journal.actions.refusals import NotFitError
from journal.content.consents import BY_CODE, PURPOSES, Purpose
from journal.rows import AnyOf


@dataclass(frozen=True)
class Standing:
    """How one purpose stands with one patient. `consent` is the latest; None: was never given."""

    purpose: Purpose
    consent: Consent | None

    @property
    def given(self) -> bool:
        return self.consent is not None and self.consent.withdrawn_at is None

    @property
    def due(self) -> bool:
        """An earlier version was agreed to, and a newer one counts now: time to ask again."""
        return self.given and self.consent is not None and self.consent.version != self.purpose.version


def standing(patient: Patient) -> list[Standing]:
    """Every purpose, as it stands now."""
    latest = {consent.purpose: consent for consent in patient.consents.order_by("given_at", "pk")}
    return [Standing(purpose, latest.get(purpose.code)) for purpose in PURPOSES]


def refusing(purpose: Purpose, patients: Collection[int]) -> set[int]:
    """Those of the patients who took this consent back, or gave others and not this one.

    Patients whom their clinic enrolled without the app have none on record here; their consent is on paper.
    """
    rows = Consent.objects.filter(AnyOf("patient", patients)).values_list(
        "patient", "purpose", "withdrawn_at"
    )
    agreed = {patient for patient, code, withdrawn in rows if code == purpose.code and withdrawn is None}
    return {patient for patient, _, _ in rows} - agreed


def give(*, by: User | None, at: datetime, patient: Patient, purpose: str, version: str) -> Consent:
    """The patient agrees to the version that counts now. Agreeing again changes nothing.

    Raises:
        NotFitError: no such purpose, or not the version that counts now.
    """
    _check(purpose, version)
    with changes.locked(patient) as locked:
        mine = locked.consents.filter(purpose=purpose, withdrawn_at=None)
        if same := mine.filter(version=version).first():
            return same
        changes.next_revision(locked)
        return _record(by=by, at=at, patient=locked, purpose=purpose, version=version)


def withdraw(*, by: User | None, at: datetime, patient: Patient, purpose: str) -> None:
    """The patient takes every version back; what it was for stops at once. Doing so again changes nothing.

    Raises:
        NotFitError: no such purpose.
    """
    if purpose not in BY_CODE:
        raise NotFitError("There is no consent for this purpose.")
    with changes.locked(patient) as locked:
        if locked.consents.filter(purpose=purpose, withdrawn_at=None).update(withdrawn_at=at):
            changes.next_revision(locked)
            changes.record(
                by=by, at=at, patient=locked, verb="consent.withdrawn", subject=f"consent:{purpose}"
            )


def given_at_sign_up(
    *, by: User | None, at: datetime, patient: Patient, versions: Mapping[str, str] | None
) -> None:
    """What the person agreed to when signing up, version by purpose; None: all, in the present versions."""
    if versions is None:
        versions = {purpose.code: purpose.version for purpose in PURPOSES}
    for purpose, version in versions.items():
        _check(purpose, version)
        _record(by=by, at=at, patient=patient, purpose=purpose, version=version)


def _check(purpose: str, version: str) -> None:
    known = BY_CODE.get(purpose)
    if known is None:
        raise NotFitError("There is no consent for this purpose.")
    if version != known.version:
        raise NotFitError("The text of this consent has changed. Please show the new one.")


def _record(*, by: User | None, at: datetime, patient: Patient, purpose: str, version: str) -> Consent:
    changes.record(
        by=by,
        at=at,
        patient=patient,
        verb="consent.given",
        subject=f"consent:{purpose}",
        data={"version": version},
    )
    return Consent.objects.create(patient=patient, purpose=purpose, version=version, given_at=at)
