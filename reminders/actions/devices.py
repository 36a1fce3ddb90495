"""A patient's phones: registered, taken over by whoever signs in on them next, removed."""

from datetime import datetime

from django.db import connection, transaction

from journal.accounts.models import Patient, User
from journal.accounts.sealed import sealed
from journal.actions import changes
from journal.actions.refusals import NotFitError, NotPossibleNowError
from journal.fence import scope
from reminders.channels import webpush
from reminders.models import Device
from reminders.models.devices import fingerprint, signed_in

MOST = 10
FCM_HOST = "fcm"


class InvalidTokenError(NotFitError):
    """This is no push token that can be used."""

    code = "invalid-token"

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer


def register(
    *,
    by: User,
    at: datetime,
    patient: Patient,
    kind: str,
    token: object,
    label: str,
    session_key: str,
) -> tuple[Device, bool]:
    """The device of this token, and whether it is new.

    The same token again is the same device. A token belongs to one person: who signs in on a phone takes it
    over, and nothing of the person before is pushed there any more. A new token of the same session takes the
    place of its old one.

    Raises:
        InvalidTokenError: no token of this kind, or of a push service that is not allowed.
        NotPossibleNowError: the patient has too many devices.
    """
    text, host = _checked(kind, token)
    token_hash = fingerprint(f"{kind} {text}")
    with transaction.atomic():
        _one_at_a_time(token_hash)
        found = _taken_over(token_hash, patient=patient, at=at)
        if found:
            return _again(found, label=label, session_key=session_key, at=at), False
        device = Device(
            patient=patient,
            kind=kind,
            label=label,
            token_hash=token_hash,
            host=host,
            session_hash=fingerprint(session_key),
            sealed_session=sealed(session_key),
            registered_at=at,
            seen_at=at,
        )
        return _new(device, text, by=by, at=at), True


def _checked(kind: str, token: object) -> tuple[str, str]:
    if kind == Device.Kind.FCM:
        if not isinstance(token, str):
            raise InvalidTokenError("/token", "A token of FCM is text.")
        return token, FCM_HOST
    try:
        return webpush.checked(token)
    except webpush.NotASubscriptionError as error:
        raise InvalidTokenError(f"/token{error.part}", str(error)) from error


def _one_at_a_time(token_hash: str) -> None:
    """Two phones can't have one token, but a phone may ask twice at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(token_hash[:15], 16)])


def _taken_over(token_hash: str, *, patient: Patient, at: datetime) -> Device | None:
    """The patient's own device of this token, with the patient locked; another person's ends here.

    That one is not the new patient's to see, so the system ends it, and nothing of it leaves this function.
    """
    with scope.within(scope.SYSTEM):
        found = Device.objects.present().filter(token_hash=token_hash).first()
        owners = {patient.pk, found.patient_id if found else patient.pk}
        # In one order, as every write that takes more than one patient does.
        list(Patient.objects.select_for_update(of=("self",)).filter(pk__in=owners).order_by("pk"))
        if found is None or found.patient_id == patient.pk:
            return found
        _remove(found, by=None, at=at, reason="taken over")
        return None


def _again(device: Device, *, label: str, session_key: str, at: datetime) -> Device:
    device.label, device.seen_at = label or device.label, at
    device.session_hash, device.sealed_session = fingerprint(session_key), sealed(session_key)
    device.save(update_fields=["label", "session_hash", "sealed_session", "seen_at"])
    return device


def _new(device: Device, token: str, *, by: User, at: datetime) -> Device:
    siblings = Device.objects.present().filter(patient=device.patient, kind=device.kind)
    for old in siblings.filter(session_hash=device.session_hash):
        _remove(old, by=by, at=at, reason="replaced")
    _make_room(by, at, device.patient)
    device.sealed_token = sealed(token)
    device.save(force_insert=True)
    _record(device, by=by, at=at, verb="device.registered")
    return device


def _make_room(by: User, at: datetime, patient: Patient) -> None:
    """Phones that are no longer signed in leave first."""
    devices = present(patient, by=by, at=at)
    if len(devices) >= MOST:
        raise NotPossibleNowError(
            "There is room for %(most)s devices. Remove one that is no longer used.", most=MOST
        )


def present(patient: Patient, *, by: User, at: datetime) -> list[Device]:
    """The phones that are signed in, the newest first; the others are removed."""
    devices = list(Device.objects.present().filter(patient=patient).order_by("-registered_at", "pk"))
    here = signed_in(devices, {patient.pk: by})
    Device.objects.filter(pk__in=[each.pk for each in devices if each.pk not in here]).remove(
        at=at, reason="signed out"
    )
    return [device for device in devices if device.pk in here]


def remove(*, by: User, at: datetime, device: Device) -> None:
    """Nothing more is pushed there; again is harmless."""
    with changes.locked(device.patient):
        if Device.objects.present().filter(pk=device.pk).exists():
            _remove(device, by=by, at=at, reason="removed by the patient")


def _remove(device: Device, *, by: User | None, at: datetime, reason: str) -> None:
    Device.objects.filter(pk=device.pk).remove(at=at, reason=reason)
    _record(device, by=by, at=at, verb="device.removed")


def _record(device: Device, *, by: User | None, at: datetime, verb: str) -> None:
    patient = Patient.objects.get(pk=device.patient_id)
    changes.next_revision(patient)
    changes.record(by=by, at=at, patient=patient, verb=verb, subject=f"device:{device.pk}")
