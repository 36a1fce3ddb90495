"""Two clinics and the staff who sign in to them."""

import pytest
from django.test import Client

from journal.accounts.models import Clinic, User
from tests.support import desk as people


@pytest.fixture
def hill(db: None) -> Clinic:
    return people.clinic("hill")


@pytest.fixture
def lake(db: None) -> Clinic:
    return people.clinic("lake")


@pytest.fixture
def mira(hill: Clinic) -> User:
    return people.clinician(hill)


@pytest.fixture
def desk(client: Client, mira: User) -> Client:
    """A browser in which Mira of the hill clinic has signed in, just now."""
    people.signed_in(client, mira)
    return client
