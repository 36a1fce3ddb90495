"""The resources of version 1."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerView

from api.v1 import entries, flags, me, vocabulary

urlpatterns = [
    path("entries", entries.EntriesView.as_view(), name="entries"),
    path("entries/<uuid:client_id>", entries.EntryView.as_view(), name="entry"),
    path("flags", flags.FlagsView.as_view(), name="flags"),
    path("flags/<uuid:flag_id>/seen", flags.FlagSeenView.as_view(), name="flag-seen"),
    path("me", me.MeView.as_view(), name="me"),
    path("vocabulary", vocabulary.VocabularyView.as_view(), name="vocabulary"),
    path("schema", SpectacularJSONAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerView.as_view(url_name="v1:schema"), name="docs"),
]
