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

from journal.accounts.models import Clinic, Patient
from journal.models import Entry, Flag
from tests.api.phone import Phone
from tests.support.processes import environment

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "mobile.md").read_text(encoding="utf-8")
TYPED_CLIENT = (Path(__file__).parent / "typescript" / "client.ts").read_text(encoding="utf-8")
CLIENT = (Path(__file__).parent / "watermelon" / "osteon.js").read_text(encoding="utf-8")


@pytest.mark.django_db(transaction=True)
def test_the_guide_pasted_in_order_leads_from_an_invitation_to_a_synced_entry_and_out_again(
    live_server: LiveServer, settings: Any, clinic: Clinic
) -> None:
    settings.SECURE_SSL_REDIRECT = False
    Clinic.objects.update(slug="demo")
    blocks = _blocks("bash")
    first = _pasted(blocks[:1], live_server.url)
    entry, flag = Entry.objects.get(), Flag.objects.get()
    assert flag.entry_ids == [str(entry.client_id)]
    assert '"pattern": "sudden-back-pain"' in first
    assert '"experimentalRejectedIds": {}' in first
    advice, title = first.splitlines()[-2:]
    assert f'"advice": "{advice}"' in first
    assert f'"title": "{title}"' in first

    lines = _pasted(blocks, live_server.url).splitlines()
    assert lines[-8] == title
    rings_next, appointment = lines[-7:-5]
    assert rings_next < appointment
    assert lines[-5:] == [
        "True",
        "osteon-export",
        "Bundle",
        "erased: 204",
        "Authentication credentials were not provided.",
    ]
    assert Patient.objects.filter(user__isnull=False).count() == 1  # of the first time


def _pasted(blocks: list[str], url: str) -> str:
    script = "\n".join(blocks).replace("http://127.0.0.1:8000", url)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace(".venv/bin/python", sys.executable)],
        cwd=ROOT,
        env=environment(smtp_port=1),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


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
