"""People and clinics: tables only; what changes them lives in journal.actions."""

from journal.accounts.models.caseload import Assignment, Cover, CoverQuerySet, carried_by
from journal.accounts.models.clinic_changes import ClinicChange
from journal.accounts.models.clinics import Clinic, Clinician, OfClinicQuerySet, OfStaffQuerySet
from journal.accounts.models.consents import Consent
from journal.accounts.models.glass import BrokenGlass, BrokenGlassQuerySet
from journal.accounts.models.guesses import Guesses
from journal.accounts.models.hours import ClinicHoliday, ClinicHours
from journal.accounts.models.invitations import Invitation
from journal.accounts.models.known_devices import KnownDevice
from journal.accounts.models.patients import OfPatientQuerySet, Patient, PatientQuerySet
from journal.accounts.models.sessions import Session
from journal.accounts.models.users import User

__all__ = [
    "Assignment",
    "BrokenGlass",
    "BrokenGlassQuerySet",
    "Clinic",
    "ClinicChange",
    "ClinicHoliday",
    "ClinicHours",
    "Clinician",
    "Consent",
    "Cover",
    "CoverQuerySet",
    "Guesses",
    "Invitation",
    "KnownDevice",
    "OfClinicQuerySet",
    "OfPatientQuerySet",
    "OfStaffQuerySet",
    "Patient",
    "PatientQuerySet",
    "Session",
    "User",
    "carried_by",
]
