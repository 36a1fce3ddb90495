"""Accounts of people who sign in, made by an operator; patients usually make their own by invitation."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from journal.accounts.models import User


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
