"""Accounts of people who sign in: made by an operator, signed out everywhere, helped in again, closed and
opened again.

Patients usually make their own account, by invitation.
"""

from datetime import datetime
from functools import partial

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation

from journal.accounts.models import ClinicChange, User
from journal.actions import changes
from journal.actions.refusals import NotFitError, NotPossibleNowError


@transaction.atomic
def open_account(
    *, at: datetime, email: str, name: str, encoded_password: str, is_staff: bool = False
) -> User:
    """An account whose address needs no more proof; `encoded_password` is what `make_password` gives."""
    first, _, last = name.partition(" ")
    user = User.objects.create_user(
        email, first_name=first, last_name=last, is_staff=is_staff, date_joined=at
    )
    user.password = encoded_password
    user.save(update_fields=["password"])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def sign_out_everywhere(*, by: User | None, at: datetime, user: User) -> None:
    """Every session of the account ends with its next request, and no device of it is known any more."""
    User.objects.filter(pk=user.pk).update(sign_outs=F("sign_outs") + 1)
    user.known_devices.all().delete()
    _record(by=by, at=at, user=user, verb="signed-out-everywhere")


@transaction.atomic
def forget_second_factors(*, by: User | None, at: datetime, user: User) -> None:
    """What the person can't show any more is taken away, with every session: who found the phone has both.

    The password is still asked for; staff set a factor up anew with their next sign-in. A mail says so.

    Raises:
        NotPossibleNowError: there is none, or it is one's own: whoever sits at an open desk would do that.
    """
    if by is not None and by.pk == user.pk:
        raise NotPossibleNowError("Somebody else has to do this for you.")
    if not Authenticator.objects.filter(user_id=user.pk).delete()[0]:
        raise NotPossibleNowError("This account has no second factor.")
    sign_out_everywhere(by=by, at=at, user=user)
    _record(by=by, at=at, user=user, verb="second-factors-forgotten")
    tell(user=user, what="factors_taken_away")


@transaction.atomic
def close(*, by: User | None, at: datetime, user: User) -> None:
    """The person can't sign in any more, on any device; what they wrote stays. A mail says so.

    Raises:
        NotPossibleNowError: it is closed already, or one's own: a patient erases it, staff ask a colleague.
    """
    if by is not None and by.pk == user.pk:
        raise NotPossibleNowError("Somebody else has to do this for you.")
    if not user.is_active:
        raise NotPossibleNowError("This account is closed already.")
    User.objects.filter(pk=user.pk).update(is_active=False)
    sign_out_everywhere(by=by, at=at, user=user)
    _record(by=by, at=at, user=user, verb="account-closed")
    tell(user=user, what="account_closed")


@transaction.atomic
def reopen(*, by: User | None, at: datetime, user: User) -> None:
    """Who came back, or was closed by mistake, signs in as before: password and second factor are the old
    ones, sessions from before stay ended. A mail says so.

    Raises:
        NotPossibleNowError: it is open.
    """
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise NotPossibleNowError("This account is open.")
    _record(by=by, at=at, user=user, verb="account-reopened")
    tell(user=user, what="account_reopened")


@transaction.atomic
def choose_language(*, by: User, at: datetime, user: User, language: str) -> None:
    """In which language the desk and its mails speak to this person; choosing the same again says nothing.

    Raises:
        NotFitError: the desk does not speak it.
    """
    if language not in dict(settings.LANGUAGES):
        raise NotFitError("The desk does not speak this language.")
    changed = User.objects.filter(pk=user.pk).exclude(language=language).update(language=language)
    if changed:
        _record(by=by, at=at, user=user, verb="language-chosen", language=language)


def tell(*, user: User, what: str) -> None:
    """The person reads in a mail what somebody else did with the account, as soon as it is so: `what` is a
    mail of journal/templates/account/email.
    """
    transaction.on_commit(partial(_mail, user, what), robust=True)


def _mail(user: User, what: str) -> None:
    """In the person's own language, whoever pressed the button."""
    patient = getattr(user, "patient", None)
    with translation.override(patient.language if patient else user.language or settings.LANGUAGE_CODE):
        get_adapter().send_notification_mail(f"account/email/{what}", user)


def _record(*, by: User | None, at: datetime, user: User, verb: str, **said: str) -> None:
    """In the patient's record, or in that of the clinic; an operator's account has neither."""
    if patient := getattr(user, "patient", None):
        with changes.locked(patient) as locked:
            changes.next_revision(locked)
            changes.record(
                by=by,
                at=at,
                patient=locked,
                verb=f"patient.{verb}",
                subject=f"patient:{locked.pk}",
                data=said,
            )
    elif clinician := getattr(user, "clinician", None):
        data = {"clinician": clinician.pk, **said}
        ClinicChange.objects.create(
            clinic_id=clinician.clinic_id, verb=f"clinic.{verb}", by=by, at=at, data=data
        )
