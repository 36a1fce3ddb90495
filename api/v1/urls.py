"""The resources of version 1."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerView

from api.v1 import access_log, care_plan, entries, flags, library, me, reminders, sync, vocabulary

urlpatterns = [
    path("entries", entries.EntriesView.as_view(), name="entries"),
    path("entries/<uuid:client_id>", entries.EntryView.as_view(), name="entry"),
    path("flags", flags.FlagsView.as_view(), name="flags"),
    path("flags/<uuid:flag_id>/seen", flags.FlagSeenView.as_view(), name="flag-seen"),
    path("reminders", reminders.RemindersView.as_view(), name="reminders"),
    path("reminders/<uuid:reminder_id>", reminders.ReminderView.as_view(), name="reminder"),
    path("occurrences", reminders.OccurrencesView.as_view(), name="occurrences"),
    path("occurrences/<uuid:occurrence_id>/done", reminders.OccurrenceDoneView.as_view(), name="done"),
    path("occurrences/<uuid:occurrence_id>/skip", reminders.OccurrenceSkipView.as_view(), name="skip"),
    path("occurrences/<uuid:occurrence_id>/snooze", reminders.OccurrenceSnoozeView.as_view(), name="snooze"),
    path("care-plan", care_plan.CarePlanView.as_view(), name="care-plan"),
    path("library", library.LibraryView.as_view(), name="library"),
    path("me", me.MeView.as_view(), name="me"),
    path("me/access-log", access_log.AccessLogView.as_view(), name="access-log"),
    path("sync", sync.SyncView.as_view(), name="sync"),
    path("vocabulary", vocabulary.VocabularyView.as_view(), name="vocabulary"),
    path("schema", SpectacularJSONAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerView.as_view(url_name="v1:schema", metadata_class=None), name="docs"),
]
