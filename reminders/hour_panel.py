"""The form on a patient's page by which the clinic sets the hour of a medicine's reminder."""

from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.accounts.models import Patient, User
from journal.admin.care import Deed
from reminders.actions import medicine_hours
from reminders.models import Reminder


class HourForm(forms.Form):
    hour = forms.TimeField(
        label=gettext_lazy("Time of day (patient’s time)"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


def _set(by: User, at: datetime, _patient: Patient, row: Reminder, form: forms.Form) -> str:
    medicine_hours.set_hour(by=by, at=at, reminder=row, hour=form.cleaned_data["hour"])
    return _("It rings at this hour from its next turn on. The patient may still choose another one.")


DEEDS = {"reminder-hour": Deed(HourForm, _set, Reminder, "uuid")}


def of(reminder: Reminder) -> dict[str, Any]:
    """The form, and where it goes; empty for what is not the clinic's to set."""
    if not medicine_hours.may_be_set(reminder):
        return {}
    return {
        "hour_form": HourForm(
            initial={"hour": reminder.local_time}, auto_id=f"reminder-hour_{reminder.pk}_%s"
        ),
        "hour_address": reverse(
            "admin:accounts_patient_reminder-hour", args=[reminder.patient_id, reminder.pk]
        ),
    }
