"""The rhythm of an exercise or a medicine, as people choose and read it instead of RFC 5545."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journal.content import rhythm

WEEKDAYS = {
    "MO": gettext_lazy("Monday"),
    "TU": gettext_lazy("Tuesday"),
    "WE": gettext_lazy("Wednesday"),
    "TH": gettext_lazy("Thursday"),
    "FR": gettext_lazy("Friday"),
    "SA": gettext_lazy("Saturday"),
    "SU": gettext_lazy("Sunday"),
}
DAILY, WEEKLY, KEPT = "daily", "weekly", "kept"


def fields(kind: str, stored: str = "") -> dict[str, forms.Field]:
    """Three questions that make a rhythm: how, on which days of the week, each or every n-th."""
    unset = {
        "exercise": _("No fixed days: asked every day"),
        "medicine": _("No reminder"),
    }
    choices = [("", unset[kind]), (DAILY, _("By days")), (WEEKLY, _("On days of the week"))]
    if stored and not _may_be_chosen(stored):
        choices.append((KEPT, _("As it is: %(rhythm)s") % {"rhythm": words(stored)}))
    return {
        "rhythm": forms.ChoiceField(label=_("Rhythm"), choices=choices, required=False),
        "every": forms.IntegerField(
            label=_("Every how many days or weeks"), min_value=1, max_value=52, required=False
        ),
        "weekdays": forms.MultipleChoiceField(
            label=_("Days of the week"),
            choices=list(WEEKDAYS.items()),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
    }


def initial(stored: str) -> dict[str, Any]:
    """The answers that make a stored rhythm."""
    if not stored:
        return {}
    if not _may_be_chosen(stored):
        return {"rhythm": KEPT}
    rule = rhythm.parse(stored)
    how = WEEKLY if rule.frequency == rhythm.FREQUENCIES["WEEKLY"] else DAILY
    return {"rhythm": how, "every": rule.interval if rule.interval > 1 else None, "weekdays": rule.weekdays}


def made(said: Mapping[str, Any], stored: str = "") -> str:
    """The rhythm of these answers; empty when none was chosen.

    Raises:
        forms.ValidationError: days of the week without a day, or days where none are asked.
    """
    how, days = said.get("rhythm"), said.get("weekdays") or []
    if how == KEPT:
        return stored
    if how == WEEKLY and not days:
        raise forms.ValidationError(_("Choose at least one day of the week."))
    if how != WEEKLY and days:
        raise forms.ValidationError(_("Days of the week are chosen: choose that rhythm, or take them out."))
    if not how:
        return ""
    parts = ["FREQ=WEEKLY" if how == WEEKLY else "FREQ=DAILY"]
    parts += [f"INTERVAL={said['every']}"] if (said.get("every") or 1) > 1 else []
    parts += [f"BYDAY={','.join(day for day in WEEKDAYS if day in days)}"] if days else []
    return ";".join(parts)


def words(stored: str) -> str:
    """`every 2 weeks on Monday, Thursday`; a text that can't be read is shown as it is."""
    try:
        rule = rhythm.parse(stored)
    except rhythm.ScheduleError:
        return stored
    weekly = rule.frequency == rhythm.FREQUENCIES["WEEKLY"]
    each = (
        ngettext("every week", "every %(n)s weeks", rule.interval)
        if weekly
        else ngettext("every day", "every %(n)s days", rule.interval)
    ) % {"n": rule.interval}
    days = ", ".join(str(WEEKDAYS[day]) for day in WEEKDAYS if day in rule.weekdays)
    found = _("%(each)s on %(days)s") % {"each": each, "days": days} if days else each
    if rule.count:
        return ngettext("%(found)s, once", "%(found)s, %(n)s times", rule.count) % {
            "found": found,
            "n": rule.count,
        }
    return found


def _may_be_chosen(stored: str) -> bool:
    try:
        rule = rhythm.parse(stored)
    except rhythm.ScheduleError:
        return False
    weekly = rule.frequency == rhythm.FREQUENCIES["WEEKLY"]
    return rule.until is None and rule.count is None and weekly is bool(rule.weekdays)
