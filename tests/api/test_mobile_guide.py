"""What docs/mobile.md says, done: its transcript is pasted, its code is the client that the tests run."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.urls import resolve
from pytest_django.live_server_helper import LiveServer

from journal.accounts.models import Clinic
from journal.models import Entry, Flag
from tests.api.phone import Phone
from tests.support.processes import environment

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "mobile.md").read_text(encoding="utf-8")
TYPED_CLIENT = (Path(__file__).parent / "typescript" / "client.ts").read_text(encoding="utf-8")
CLIENT = (Path(__file__).parent / "watermelon" / "osteon.js").read_text(encoding="utf-8")


@pytest.mark.django_db(transaction=True)
def test_the_transcript_of_the_guide_ends_with_one_entry_and_its_flag(
    live_server: LiveServer, settings: Any, clinic: Clinic
) -> None:
    settings.SECURE_SSL_REDIRECT = False
    Clinic.objects.update(slug="demo")
    [script] = _blocks("bash")
    script = script.replace("http://127.0.0.1:8000", live_server.url).replace(
        ".venv/bin/python", sys.executable
    )
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env=environment(smtp_port=1),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    entry, flag = Entry.objects.get(), Flag.objects.get()
    assert flag.entry_ids == [str(entry.client_id)]
    assert '"pattern": "sudden-back-pain"' in done.stdout
    assert '"experimentalRejectedIds": {}' in done.stdout
    advice, title = done.stdout.splitlines()[-2:]
    assert f'"advice": "{advice}"' in done.stdout
    assert f'"title": "{title}"' in done.stdout


@pytest.mark.parametrize("snippet", re.findall(r"```js\n(.*?)```", GUIDE, re.DOTALL))
def test_the_code_in_the_guide_is_the_code_that_is_tested(snippet: str) -> None:
    assert snippet in CLIENT


@pytest.mark.parametrize("snippet", re.findall(r"```ts\n(.*?)```", GUIDE, re.DOTALL))
def test_the_typed_code_in_the_guide_is_the_code_that_is_compiled(snippet: str) -> None:
    assert snippet in TYPED_CLIENT


@pytest.mark.parametrize("block", re.findall(r"```http\n(.*?)```", GUIDE, re.DOTALL))
@pytest.mark.django_db
def test_a_request_in_the_guide_is_taken(phone: Phone, block: str) -> None:
    head, _, body = block.partition("\n\n")
    method, path = head.splitlines()[0].split()
    assert phone.send(method, path, json.loads(body))[0] == 201


@pytest.mark.parametrize("path", sorted(set(re.findall(r"/api/v1/[a-z/-]*[a-z]", GUIDE))))
def test_an_address_in_the_guide_exists(path: str) -> None:
    assert resolve(path).namespace == "v1"


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
