"""The table that counts sign-in attempts (settings.CACHES)."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE IF EXISTS osteon_cache")


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_tables")]
    operations = [migrations.RunPython(create, drop)]
