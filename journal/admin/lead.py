"""What a lead keeps in order: working hours, days closed, who is on call."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.accounts.models import Clinic, ClinicHours, Clinician, User
from journal.actions import clinics
from journal.actions.refusals import NotPossibleNowError, RefusedError
from journal.admin import moments, words
from journal.admin.desk import person
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


class HoursForm(forms.Form):
    """Two times a weekday; both empty: closed."""

    def __init__(self, *sent: Any, clinic: Clinic, **more: Any) -> None:
        super().__init__(*sent, **more)
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


class HolidayForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    name = forms.CharField(label=gettext_lazy("Name (optional)"), max_length=80, required=False)


class DayForm(forms.Form):
    day = forms.DateField()


class OnCallForm(forms.Form):
    """A place for each colleague; empty: not on call."""

    def __init__(self, *sent: Any, clinic: Clinic, **more: Any) -> None:
        super().__init__(*sent, **more)
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


Act = Callable[[User, datetime, Clinic, Any], str]


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


DEEDS: dict[str, Act] = {
    "hours": _hours,
    "holiday-add": _add_holiday,
    "holiday-remove": _remove_holiday,
    "on-call": _on_call,
}


# What the page calls the forms that are filled in there.
FORMS = {"hours": "hours_form", "on-call": "on_call_form", "holiday-add": "holiday_form"}


def _form(name: str, clinic: Clinic, sent: QueryDict | None = None) -> forms.Form:
    """The form of one deed: the one sent, or one to send."""
    auto_id = f"{name}_%s"
    if name == "hours":
        return HoursForm(sent, clinic=clinic, auto_id=auto_id)
    if name == "on-call":
        return OnCallForm(sent, clinic=clinic, auto_id=auto_id)
    make = DayForm if name == "holiday-remove" else HolidayForm
    return make(sent, auto_id=auto_id)


def context(clinic: Clinic, as_of: datetime) -> dict[str, Any]:
    """What a lead sees beside the facts of the clinic."""
    today = as_of.astimezone(clinic.timezone).date()
    coming = clinic.holidays.filter(day__gte=today).order_by("day")
    return {
        "loads": workload.of(clinic, as_of),
        "closed_days": workload.CLOSED_DAYS,
        **{name: _form(deed, clinic) for deed, name in FORMS.items()},
        "holidays": [(one.day.isoformat(), f"{moments.day(one.day)} {one.name}".strip()) for one in coming],
    }


def do(name: str, request: HttpRequest, clinic: Clinic) -> dict[str, Any] | None:
    """One form sent: the verb once. Refused: says why in words, and gives back what was typed."""
    form = _form(name, clinic, request.POST)
    try:
        if form.is_valid():
            messages.success(request, DEEDS[name](person(request), timezone.now(), clinic, form))
            return None
        why = " ".join(str(error) for errors in form.errors.values() for error in errors)
    except RefusedError as refusal:
        why = words.refused(refusal)
    messages.warning(request, _("Nothing was changed. %(why)s") % {"why": why})
    return {FORMS[name]: form} if name in FORMS else None
