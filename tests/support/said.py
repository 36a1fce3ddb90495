"""Entries as a phone sends them, through the action."""

import uuid
from datetime import datetime
from typing import Any

from journal.accounts.models import Patient
from journal.actions import entries
from journal.content.report import Report


def said(patient: Patient, *, at: datetime, received: datetime | None = None, **report: Any) -> uuid.UUID:
    """Records one entry said at `at`, received then or later; its id."""
    client_id = uuid.uuid4()
    entries.record(
        by=patient.user,
        at=received or at,
        patient=patient,
        client_id=client_id,
        recorded_at=at,
        timezone=str(patient.timezone),
        report=Report.model_validate(report),
    )
    return client_id
