"""What a lead keeps in order: working hours, days closed, who is on call."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.accounts.models import Clinic, ClinicHours, Clinician, User
from journal.actions import clinics
from journal.actions.refusals import NotPossibleNowError
from journal.admin import moments, sent
from journal.insight import workload

WEEKDAYS = {
    ClinicHours.Weekday.MONDAY: gettext_lazy("Monday"),
    ClinicHours.Weekday.TUESDAY: gettext_lazy("Tuesday"),
    ClinicHours.Weekday.WEDNESDAY: gettext_lazy("Wednesday"),
    ClinicHours.Weekday.THURSDAY: gettext_lazy("Thursday"),
    ClinicHours.Weekday.FRIDAY: gettext_lazy("Friday"),
    ClinicHours.Weekday.SATURDAY: gettext_lazy("Saturday"),
    ClinicHours.Weekday.SUNDAY: gettext_lazy("Sunday"),
}


class ClinicForm(forms.Form):
    """About one clinic."""

    def __init__(self, *data: Any, clinic: Clinic, **more: Any) -> None:
        super().__init__(*data, **more)


class HoursForm(ClinicForm):
    """Two times a weekday; both empty: closed."""

    def __init__(self, *data: Any, clinic: Clinic, **more: Any) -> None:
        super().__init__(*data, clinic=clinic, **more)
        known = {row.weekday: row for row in clinic.hours.all()}
        for day, name in WEEKDAYS.items():
            row = known.get(day)
            opens, closes = (row.opens, row.closes) if row else (None, None)
            self.fields[f"opens_{day}"] = _time(opens, _("%(day)s, opens") % {"day": name})
            self.fields[f"closes_{day}"] = _time(closes, _("%(day)s, closes") % {"day": name})

    def lines(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        return [(str(name), self[f"opens_{day}"], self[f"closes_{day}"]) for day, name in WEEKDAYS.items()]

    def week(self) -> dict[int, tuple[time, time]]:
        said = self.cleaned_data
        times = {day: (said[f"opens_{day}"], said[f"closes_{day}"]) for day in WEEKDAYS}
        if any(bool(opens) != bool(closes) for opens, closes in times.values()):
            raise NotPossibleNowError("Each working day needs both times; a closed day has neither.")
        return {int(day): both for day, both in times.items() if both[0]}


def _time(known: time | None, name: str) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time", "aria-label": name}, format="%H:%M")
    return forms.TimeField(label=name, required=False, initial=known, widget=widget)


class HolidayForm(ClinicForm):
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    name = forms.CharField(label=gettext_lazy("Name (optional)"), max_length=80, required=False)


class DayForm(ClinicForm):
    day = forms.DateField()


class OnCallForm(ClinicForm):
    """A place for each colleague; empty: not on call."""

    def __init__(self, *data: Any, clinic: Clinic, **more: Any) -> None:
        super().__init__(*data, clinic=clinic, **more)
        there = Clinician.objects.filter(clinic=clinic, user__is_active=True).select_related("user")
        self.people = sorted(there, key=lambda one: (one.on_call or 99, str(one)))
        for one in self.people:
            self.fields[f"place_{one.pk}"] = forms.IntegerField(
                label=str(one), required=False, min_value=1, max_value=len(self.people), initial=one.on_call
            )

    def order(self) -> list[Clinician]:
        places = {one: self.cleaned_data[f"place_{one.pk}"] for one in self.people}
        named = [one for one, place in places.items() if place]
        if len({places[one] for one in named}) < len(named):
            raise NotPossibleNowError("Two people can’t have the same place.")
        return sorted(named, key=lambda one: places[one])


def _hours(by: User, at: datetime, clinic: Clinic, form: HoursForm) -> str:
    clinics.set_hours(by=by, at=at, clinic=clinic, week=form.week())
    return _("The working hours are set.")


def _add_holiday(by: User, at: datetime, clinic: Clinic, form: HolidayForm) -> str:
    clinics.add_holiday(by=by, at=at, clinic=clinic, **form.cleaned_data)
    return _("The clinic is closed on that day.")


def _remove_holiday(by: User, at: datetime, clinic: Clinic, form: DayForm) -> str:
    day: date = form.cleaned_data["day"]
    if not clinics.remove_holiday(by=by, at=at, clinic=clinic, day=day):
        raise NotPossibleNowError("That day was no holiday.")
    return _("The clinic works on that day.")


def _on_call(by: User, at: datetime, clinic: Clinic, form: OnCallForm) -> str:
    clinics.set_on_call(by=by, at=at, clinic=clinic, order=form.order())
    return _("The on-call order is set.")


# By the name in the address: the form, its verb, and what the page calls the form where it is filled in.
DEEDS: dict[str, tuple[type[ClinicForm], sent.Act, str]] = {
    "hours": (HoursForm, _hours, "hours_form"),
    "on-call": (OnCallForm, _on_call, "on_call_form"),
    "holiday-add": (HolidayForm, _add_holiday, "holiday_form"),
    "holiday-remove": (DayForm, _remove_holiday, ""),
}


def context(clinic: Clinic, as_of: datetime) -> dict[str, Any]:
    """What a lead sees beside the facts of the clinic."""
    today = as_of.astimezone(clinic.timezone).date()
    coming = clinic.holidays.filter(day__gte=today).order_by("day")
    return {
        "loads": workload.of(clinic, as_of),
        "closed_days": workload.CLOSED_DAYS,
        **{
            called: make(clinic=clinic, auto_id=f"{name}_%s")
            for name, (make, _act, called) in DEEDS.items()
            if called
        },
        "holidays": [(one.day.isoformat(), f"{moments.day(one.day)} {one.name}".strip()) for one in coming],
    }


def do(name: str, request: HttpRequest, clinic: Clinic) -> dict[str, Any] | None:
    """One form sent. Refused: gives back what was typed, for the page."""
    make, act, called = DEEDS[name]
    form = make(request.POST, clinic=clinic, auto_id=f"{name}_%s")
    return None if sent.carry_out(request, form, act, clinic) or not called else {called: form}
