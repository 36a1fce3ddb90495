"""The Celery app. Beat holds a handful of fixed ticks, never a row per patient."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api.settings")

app = Celery("osteon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["reminders"])
