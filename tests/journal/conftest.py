"""Two clinics and the staff who sign in to them."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from journal.accounts.models import Clinic, User
from tests.support import desk as people


@pytest.fixture(autouse=True)
def _language_of_its_own() -> Iterator[None]:
    """A page that spoke Spanish to the test client would leave it behind."""
    yield
    translation.deactivate()


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
