"""The clinic, its staff and its invitations: for the clinic's leads and for operators, read-only."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import display
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.accounts.models import Clinic, ClinicHours, Clinician, Cover, Invitation, Patient, User
from journal.actions import accounts, invitations
from journal.actions.refusals import RefusedError
from journal.admin import addresses, caseload, chips, lead, moments, reading, words
from journal.admin.desk import Desk, PatientDesk, clinician_of, person
from journal.admin.filters import InvitationFilter, invitation_views
from journal.content import vocabulary

Press = Callable[[User, datetime, Any], str]


def leads(request: HttpRequest) -> bool:
    clinician = clinician_of(request)
    return clinician is not None and clinician.role == Clinician.Role.LEAD


class OfficeDesk(Desk):
    """What leads see of their own clinic, and operators of all: never a patient."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return leads(request) or bool(request.user.is_superuser)

    def scope(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.visible_to(request.user)
        return rows

    def lead_view(
        self, do: Callable[[HttpRequest, Any], dict[str, Any] | None], *, operators: bool = False
    ) -> Callable[[HttpRequest, str], HttpResponse]:
        """A POST by a lead about what a page shows; back to the page, with what came of it in words.

        What `do` gives back is shown on the page instead: a form that was refused, as it was filled in.
        """

        def sent(request: HttpRequest, object_id: str) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            thing = self.shown(request, object_id)
            if not (leads(request) or operators):  # the page itself is theirs alone
                raise PermissionDenied
            if refused := do(request, thing):
                return self.page(request, thing, **refused)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", thing.pk)

        return sent

    def button_view(
        self, press: Press, *, operators: bool = False
    ) -> Callable[[HttpRequest, str], HttpResponse]:
        """One press of one button: the verb once, its refusal in words."""

        def pressed(request: HttpRequest, thing: Any) -> None:
            try:
                messages.success(request, press(person(request), timezone.now(), thing))
            except RefusedError as refusal:
                messages.warning(request, _("Nothing was changed. %(why)s") % {"why": words.refused(refusal)})

        return self.lead_view(pressed, operators=operators)


class ClinicDesk(OfficeDesk):
    page_template = "desk/clinic.html"
    list_title = gettext_lazy("Clinics")
    list_display = ("name", "slug", "timezone", "phone", "emergency_number")

    def own_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<str:object_id>/{name}/",
                self.admin_site.admin_view(self.lead_view(partial(lead.do, name))),
                name=f"accounts_clinic_{name}",
            )
            for name in lead.DEEDS
        ]

    def page_context(self, request: HttpRequest, thing: Clinic, as_of: datetime) -> dict[str, Any]:
        return {
            "clinic": thing,
            **(lead.context(thing, as_of) if leads(request) else {}),
            "facts": [
                (_("Name"), thing.name),
                (_("Short name"), thing.slug),
                (_("Time zone"), thing.timezone.key),
                (_("Telephone, shown to patients beside advice"), thing.phone or _("not given")),
                (_("Emergency number"), thing.emergency_number),
                (_("Working hours"), _hours(thing)),
                (_("Closed on"), _holidays(thing, as_of)),
                (_("On call, in this order"), _on_call(thing)),
                (_("Standing in"), _covers(thing, as_of)),
                (_("Opened by operators"), _glasses(thing)),
            ],
        }


def _hours(clinic: Clinic) -> str:
    """A clinic that has set nothing has the usual week."""
    week = ", ".join(
        f"{lead.WEEKDAYS[ClinicHours.Weekday(day.weekday)]} {day.opens:%H:%M}–{day.closes:%H:%M}"
        for day in clinic.hours.order_by("weekday")
    )
    return week or _("not set: Monday to Friday, 08:00–18:00")


def _holidays(clinic: Clinic, as_of: datetime) -> str:
    coming = clinic.holidays.filter(day__gte=as_of.astimezone(clinic.timezone).date()).order_by("day")
    return ", ".join(f"{moments.day(one.day)} {one.name}".strip() for one in coming) or _("no holiday set")


def _on_call(clinic: Clinic) -> str:
    order = clinic.clinicians.filter(on_call__isnull=False, user__is_active=True).select_related("user")
    return ", ".join(str(one) for one in order.order_by("on_call", "pk")) or _("nobody: the leads alone")


def _sign_out(by: User, at: datetime, clinician: Clinician) -> str:
    accounts.sign_out_everywhere(by=by, at=at, user=clinician.user)
    return _("Signed out on all devices.")


def _forget_second_factors(by: User, at: datetime, clinician: Clinician) -> str:
    accounts.forget_second_factors(by=by, at=at, user=clinician.user)
    return _("Taken away, and signed out on all devices. The next sign-in sets a second factor up.")


def _close(by: User, at: datetime, clinician: Clinician) -> str:
    accounts.close(by=by, at=at, user=clinician.user)
    return _("The account is closed.")


def _reopen(by: User, at: datetime, clinician: Clinician) -> str:
    accounts.reopen(by=by, at=at, user=clinician.user)
    return _("The account is open again.")


# Name in the address, label, what it is for, and the verb.
BUTTONS: tuple[tuple[str, Promise | str, Promise | str, Press], ...] = (
    (
        "sign-out",
        gettext_lazy("Sign out all devices"),
        gettext_lazy("A phone or computer was lost? Each session ends with its next request."),
        _sign_out,
    ),
    (
        "second-factor",
        gettext_lazy("Take the second factor away"),
        gettext_lazy(
            "The phone with the codes, the key and the recovery codes are gone? Speak to the person first."
        ),
        _forget_second_factors,
    ),
    (
        "close",
        gettext_lazy("Close the account"),
        gettext_lazy(
            "Somebody leaves the clinic? Hand the patients over first. What the person wrote stays."
        ),
        _close,
    ),
    (
        "reopen",
        gettext_lazy("Open the account again"),
        gettext_lazy("Somebody is back, or it was closed by mistake? The person signs in as before."),
        _reopen,
    ),
)
FOR_OPERATORS_TOO = ("second-factor",)  # a lead who lost theirs may have no other lead


def _covers(clinic: Clinic, as_of: datetime) -> str:
    today = as_of.astimezone(clinic.timezone).date()
    coming = clinic.covers.filter(ended_at=None, last_day__gte=today).select_related(
        "away__user", "standing_in__user"
    )
    said = [
        _("%(who)s, %(first)s to %(last)s")
        % {"who": covered(one), "first": moments.day(one.first_day), "last": moments.day(one.last_day)}
        for one in coming
    ]
    return "; ".join(said) or _("nobody")


def covered(cover: Cover) -> str:
    return _("%(standing_in)s for %(away)s") % {"standing_in": cover.standing_in, "away": cover.away}


def _glasses(clinic: Clinic) -> str:
    latest = clinic.glasses.select_related("by").order_by("-at")[:10]
    said = [f"{moments.clock(one.at, clinic.timezone)}, {one.by}: {one.reason}" for one in latest]
    return "; ".join(said) or _("never")


class ClinicianDesk(OfficeDesk):
    page_template = "desk/clinician.html"
    list_title = gettext_lazy("Staff")
    list_display = ("who", "email", "works_as", "clinic", "last_sign_in")
    list_display_links = None

    def scope(self, request: HttpRequest) -> QuerySet[Clinician]:
        return super().scope(request).select_related("user", "clinic").order_by("clinic__name", "user__email")

    def own_urls(self) -> list[URLPattern]:
        views = {
            name: self.button_view(press, operators=name in FOR_OPERATORS_TOO)
            for name, _label, _note, press in BUTTONS
        }
        views |= {name: self.lead_view(partial(caseload.do, name)) for name in caseload.DEEDS}
        return [
            path(
                f"<str:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"accounts_clinician_{name}",
            )
            for name, view in views.items()
        ]

    @display(description=gettext_lazy("Name"))
    def who(self, clinician: Clinician) -> SafeString:
        address = reverse("admin:accounts_clinician_change", args=[clinician.pk])
        return format_html('<a class="desk-link" href="{}">{}</a>', address, clinician.user)

    @display(description=gettext_lazy("E-mail address"))
    def email(self, clinician: Clinician) -> str:
        return clinician.user.email

    @display(description=gettext_lazy("Role"))
    def works_as(self, clinician: Clinician) -> str:
        return words.of(clinician.get_role_display())

    @display(description=gettext_lazy("Last sign-in, clinic’s time"))
    def last_sign_in(self, clinician: Clinician) -> str:
        last = clinician.user.last_login
        return moments.local(last, clinician.clinic.timezone) if last else _("never")

    def page_context(self, request: HttpRequest, thing: Clinician, as_of: datetime) -> dict[str, Any]:
        return {
            "facts": [
                (_("Name"), str(thing.user)),
                (_("E-mail address"), thing.user.email),
                (_("Role"), words.of(thing.get_role_display())),
                (_("On call"), _("number %(n)s") % {"n": thing.on_call} if thing.on_call else _("no")),
                (_("Clinic"), thing.clinic.name),
                (
                    _("Account"),
                    _("active") if thing.user.is_active and thing.user.is_staff else _("not active"),
                ),
                (_("Last sign-in"), self.last_sign_in(thing)),
                (_("Patients"), thing.caseload.count() if leads(request) else _("not shown to operators")),
            ],
            "buttons": [
                {
                    "address": reverse(f"admin:accounts_clinician_{name}", args=[thing.pk]),
                    "label": str(label),
                    "note": str(note),
                }
                for name, label, note, _press in BUTTONS
                if (leads(request) or name in FOR_OPERATORS_TOO)
                and name != ("reopen" if thing.user.is_active else "close")
            ],
            "deeds": caseload.forms_for(thing) if leads(request) else [],
        }


class InvitationForm(forms.Form):
    """What the clinic already knows of the person; all of it may be left out."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    born = forms.DateField(
        label=gettext_lazy("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"),
        choices=lambda: [("", _("Not stated")), ("F", _("Female")), ("M", _("Male"))],
        required=False,
    )
    peak_height_cm = forms.DecimalField(
        label=gettext_lazy("Tallest adult height, cm"),
        min_value=100,
        max_value=230,
        decimal_places=1,
        required=False,
    )

    history = forms.MultipleChoiceField(
        label=gettext_lazy("Known conditions"),
        choices=lambda: [
            (code, reading.capital(reading.words(code))) for code in vocabulary.LISTS["history"]
        ],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def profile(self) -> invitations.Profile:
        said = self.cleaned_data
        profile = invitations.Profile(name=said["name"], sex=said["sex"], history=said["history"])
        if said["born"]:
            profile["born"] = said["born"]
        if said["peak_height_cm"] is not None:
            profile["peak_height_cm"] = float(said["peak_height_cm"])
        return profile


def _revoke(by: User, at: datetime, invitation: Invitation) -> str:
    invitations.revoke(by=by, at=at, invitation=invitation)
    return _("The code opens nothing any more.")


class InvitationDesk(PatientDesk, OfficeDesk):
    """Codes are nowhere kept; a new one is shown once. Whom a clinic invites, operators need not know.

    Who came by one is a patient: that an invitation shows them is written down as any look.
    """

    page_template = "desk/facts.html"
    list_title = gettext_lazy("Invitations")
    list_display = ("invited", "state", "made", "until", "invited_by")
    list_display_links = None
    list_filter = (InvitationFilter,)
    views_say_all = True
    list_before_template = "desk/invite_button.html"

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return leads(request)

    def scope(self, request: HttpRequest) -> QuerySet[Invitation]:
        people = ("clinic", "created_by", "used_by__user")
        return super().scope(request).select_related(*people).order_by("-created_at", "-pk")

    def patient_of(self, thing: Any) -> Patient:
        patient: Patient = thing.used_by
        return patient

    def record(self, request: HttpRequest, things: Iterable[Invitation], *, how: str) -> None:
        super().record(request, [one for one in things if one.used_by is not None], how=how)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"views": invitation_views(request), **(extra_context or {})})

    def own_urls(self) -> list[URLPattern]:
        revoke = self.admin_site.admin_view(self.button_view(_revoke))
        return [
            path("new/", self.admin_site.admin_view(self.new_view), name="accounts_invitation_new"),
            path("<str:object_id>/revoke/", revoke, name="accounts_invitation_revoke"),
        ]

    @display(description=gettext_lazy("For"))
    def invited(self, invitation: Invitation) -> SafeString:
        address = reverse("admin:accounts_invitation_change", args=[invitation.pk])
        return format_html('<a class="desk-link" href="{}">{}</a>', address, _name(invitation))

    @display(description=gettext_lazy("State"))
    def state(self, invitation: Invitation) -> SafeString:
        return chips.chip("information", _state(invitation, invitation.as_of))  # type: ignore[attr-defined]

    @display(description=gettext_lazy("Made, clinic’s time"))
    def made(self, invitation: Invitation) -> str:
        return moments.clock(invitation.created_at, invitation.clinic.timezone)

    @display(description=gettext_lazy("Valid until, clinic’s time"))
    def until(self, invitation: Invitation) -> str:
        return moments.local(invitation.expires_at, invitation.clinic.timezone)

    @display(description=gettext_lazy("Invited by"))
    def invited_by(self, invitation: Invitation) -> str:
        return str(invitation.created_by or _("the system"))

    def page_context(self, request: HttpRequest, thing: Invitation, as_of: datetime) -> dict[str, Any]:
        return {
            "title": _("Invitation for %(who)s") % {"who": _name(thing)},
            "facts": [
                (_("For"), _name(thing)),
                (_("State"), _state(thing, as_of)),
                *_since_then(thing),
                (_("Made"), moments.local(thing.created_at, thing.clinic.timezone)),
                (_("Valid until"), self.until(thing)),
                (_("Invited by"), self.invited_by(thing)),
            ],
            "buttons": [
                {
                    "address": reverse("admin:accounts_invitation_revoke", args=[thing.pk]),
                    "label": _("Revoke"),
                    "note": _("The code went to the wrong person, or is not needed any more?"),
                }
            ]
            if leads(request) and _waits(thing, as_of)
            else [],
        }

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """The form, then the code: it is shown in this one answer and can't be asked for again."""
        clinician = clinician_of(request)
        form = InvitationForm(request.POST or None)
        context: dict[str, Any] = {"form": form, "may_invite": leads(request)}
        if request.method == "POST" and clinician and leads(request) and form.is_valid():
            invitation, code = invitations.create(
                by=person(request), at=timezone.now(), clinic=clinician.clinic, profile=form.profile()
            )
            context |= {"code": code, "until": self.until(invitation), "name": _name(invitation)}
        return self.answer(request, context)

    def answer(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        everywhere = {**self.admin_site.each_context(request), "title": _("Invite a patient")}
        status = 200 if context["may_invite"] else 403
        return TemplateResponse(request, "desk/invite.html", {**everywhere, **context}, status=status)


def _since_then(invitation: Invitation) -> list[tuple[str, str]]:
    """When it was used, with a link to the patient, or taken back."""
    zone = invitation.clinic.timezone
    if invitation.used_at:
        used = (_("Used on"), moments.local(invitation.used_at, zone))
        if invitation.used_by is None:  # erased since then
            return [used]
        address = addresses.of_patient(invitation.used_by.pk)
        who = format_html('<a class="desk-link" href="{}">{}</a>', address, invitation.used_by)
        return [used, (_("By"), who)]
    if invitation.revoked_at:
        return [(_("Revoked on"), moments.local(invitation.revoked_at, zone))]
    return []


def _name(invitation: Invitation) -> str:
    return str(invitation.profile.get("name") or _("a patient without a name yet"))


def _state(invitation: Invitation, as_of: datetime) -> str:
    if invitation.used_at:
        return _("Used")
    if invitation.revoked_at:
        return _("Revoked")
    return _("Waiting") if _waits(invitation, as_of) else _("Expired")


def _waits(invitation: Invitation, as_of: datetime) -> bool:
    return not invitation.used_at and not invitation.revoked_at and invitation.expires_at > as_of
