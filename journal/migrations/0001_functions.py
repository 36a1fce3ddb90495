"""SQL functions that generated columns stand on."""

from django.db import migrations

CREATE = """
CREATE FUNCTION journal_worst_severity(report jsonb) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT max((pain ->> 'severity')::smallint)
        FROM jsonb_array_elements(
            CASE WHEN jsonb_typeof(report -> 'pains') = 'array' THEN report -> 'pains' ELSE '[]'::jsonb END
        ) AS pain);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION journal_worst_severity(jsonb)"),
    ]
