"""The shipped settings: safe without being told, silent under `check --deploy`, and strict at the start."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "w7" * 40 + "not-one-sign-repeated-#4%",
    "ALLOWED_HOSTS": "osteon.example.org",
    "PUBLIC_URL": "https://osteon.example.org",
    "EMAIL_URL": "smtp+tls://mailer:secret@mail.example.org:587",
}


def manage(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    database = settings.DATABASES["default"]
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={
            **clean,
            "DATABASE_URL": url,
            "REDIS_URL": settings.REDIS_URL,
            "DATA_DIR": "/nonexistent",
            **env,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_settings_pass_the_deployment_check_without_a_warning() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "no issues" in done.stdout


def test_without_a_secret_key_nothing_starts() -> None:
    done = manage("check", **{**PRODUCTION, "SECRET_KEY": ""})
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr


def test_a_push_key_is_printed_before_anything_is_configured() -> None:
    done = manage("vapid_keys", DATABASE_URL="", REDIS_URL="")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"VAPID_PRIVATE_KEY=[\w-]{43}\n", done.stdout)


def test_debug_is_off_unless_asked_for() -> None:
    done = manage(
        "shell", "-v0", "-c", "from django.conf import settings; print(settings.DEBUG)", **PRODUCTION
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"EMAIL_URL": "consolemail://"}, "osteon.E001"),
        ({"PUBLIC_URL": "http://osteon.example.org"}, "osteon.E002"),
        ({"VAPID_PRIVATE_KEY": "x", "VAPID_SUBJECT": "it@clinic.example"}, "osteon.E006"),
    ],
)
def test_what_would_fail_at_night_stops_the_start(change: dict[str, str], found: str) -> None:
    done = manage("check", **{**PRODUCTION, **change})
    assert done.returncode != 0
    assert found in done.stderr


@pytest.mark.django_db
def test_a_database_role_that_owns_tables_stops_the_start() -> None:
    owner = settings.DATABASES["owner"]
    url = f"postgres://{owner['USER']}:{owner['PASSWORD']}@{owner['HOST']}:{owner['PORT']}/{owner['NAME']}"
    assert "osteon.E003" in manage("check", "--database", "default", **PRODUCTION, DATABASE_URL=url).stderr
    assert manage("check", "--database", "default", **PRODUCTION).returncode == 0
