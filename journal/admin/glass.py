"""Where an operator opens one clinic for an hour, to read, and says why."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.accounts.models import BrokenGlass, Clinic
from journal.actions import glass
from journal.actions.refusals import RefusedError
from journal.admin import moments, words
from journal.admin.desk import clinician_of, person
from journal.fence import scope


class GlassForm(forms.Form):
    clinic = forms.ModelChoiceField(
        label=gettext_lazy("Clinic"),
        queryset=Clinic.objects.order_by("name"),
        empty_label=gettext_lazy("Choose…"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why you need to look; the clinic’s leads read this"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def page(request: HttpRequest, site: Any) -> HttpResponse:
    """The form, and what is open at present."""
    by = person(request)
    if not by.is_superuser or clinician_of(request) is not None:
        raise PermissionDenied
    scope.become(scope.office(by.pk))  # all clinics stand in the form, whichever is open now
    if request.method == "POST" and "end" in request.POST:
        glass.end(by=by, at=timezone.now())
        messages.success(request, _("Closed."))
        return redirect("admin:glass")
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            glass.break_it(by=by, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Open for an hour, to read. The leads of the clinic are told."))
            return redirect("admin:accounts_patient_changelist")
        except RefusedError as refusal:
            form.add_error(None, words.refused(refusal))
    open_now = BrokenGlass.objects.open_for(by).select_related("clinic").first()
    context = {
        **site.each_context(request),
        "title": _("Break the glass"),
        "form": form,
        "open_now": open_now,
        "until": open_now and moments.local(open_now.until, open_now.clinic.timezone),
    }
    return TemplateResponse(request, "desk/glass.html", context)
