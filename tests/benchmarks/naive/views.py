"""Two ModelViewSets, one with a nested writable serializer."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from tests.benchmarks.naive.models import Entry, Flag, Nerve, Pain


class PainSerializer(serializers.ModelSerializer[Pain]):
    class Meta:
        model = Pain
        exclude = ["entry"]


class NerveSerializer(serializers.ModelSerializer[Nerve]):
    class Meta:
        model = Nerve
        exclude = ["entry"]


class EntrySerializer(serializers.ModelSerializer[Entry]):
    """Writes the children one by one, as DRF's guide shows it."""

    pains = PainSerializer(many=True)
    neuro = NerveSerializer(many=True)

    class Meta:
        model = Entry
        exclude = ["owner"]

    @transaction.atomic
    def create(self, validated_data: dict[str, Any]) -> Entry:
        pains, neuro = validated_data.pop("pains"), validated_data.pop("neuro")
        entry = Entry.objects.create(**validated_data)
        for pain in pains:
            Pain.objects.create(entry=entry, **pain)
        for nerve in neuro:
            Nerve.objects.create(entry=entry, **nerve)
        return entry


class FlagSerializer(serializers.ModelSerializer[Flag]):
    class Meta:
        model = Flag
        exclude = ["owner"]


class EntryViewSet(viewsets.ModelViewSet[Entry]):
    """`?since=` for what changed; otherwise the latest first."""

    serializer_class = EntrySerializer

    def get_queryset(self) -> QuerySet[Entry]:
        found = Entry.objects.filter(owner=self.request.user.pk).order_by("-recorded_at")
        since = self.request.GET.get("since")
        return found.filter(updated_at__gt=since) if since else found

    def perform_create(self, serializer: serializers.BaseSerializer[Entry]) -> None:
        serializer.save(owner=self.request.user)


class FlagViewSet(viewsets.ModelViewSet[Flag]):
    serializer_class = FlagSerializer

    def get_queryset(self) -> QuerySet[Flag]:
        return Flag.objects.filter(owner=self.request.user.pk)
