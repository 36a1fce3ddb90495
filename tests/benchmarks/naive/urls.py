"""A router with both."""

from rest_framework.routers import DefaultRouter

from tests.benchmarks.naive.views import EntryViewSet, FlagViewSet

router = DefaultRouter()
router.register("entries", EntryViewSet, basename="entry")
router.register("flags", FlagViewSet, basename="flag")
urlpatterns = router.urls
