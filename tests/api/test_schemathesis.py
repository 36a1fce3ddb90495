"""Every operation of the API, asked by a machine that believes its OpenAPI document."""

import os
from typing import Any

import pytest

from tests.api import fuzzing
from tests.api.phone import Phone

pytestmark = pytest.mark.django_db(transaction=True)
# `make fuzz` asks for more: FUZZ_EXAMPLES requests an operation, and every bound of every field.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))


def test_no_check_of_schemathesis_finds_anything(phone: Phone, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = False, ["*"]
    report = fuzzing.run(phone.token, examples=EXAMPLES or 4, whole=bool(EXAMPLES))
    print(report)
    assert not report.findings, report
