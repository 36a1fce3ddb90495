"""A client generated from the OpenAPI document type-checks, refuses what is wrong, and talks to a server."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.api.phone import Phone

ROOT = Path(__file__).resolve().parents[2]
SOURCES = Path(__file__).parent / "typescript"
TOOLS = ROOT / "node_modules" / ".bin"
PLANTED = """
import type {{ components }} from './schema'
export const wrong: components['schemas']['EntryInRequest'] = {{
  id: 'e3e70682-c209-4cac-a29f-6fbed82c07cd',
  recorded_at: '2026-01-10T09:30:00+01:00',
  timezone: 'Europe/Berlin',
  {said},
}}
"""

pytestmark = pytest.mark.django_db(transaction=True)


def _run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The client's sources with types generated from the document as the server gives it."""
    if shutil.which("node") is None:
        pytest.skip("Node is missing: install Node 18 or later, then `npm ci`")
    if not (TOOLS / "tsc").exists() or not (TOOLS / "openapi-typescript").exists():
        pytest.skip("The TypeScript tools are missing: run `npm ci`")
    document = Phone().request("GET", "/api/v1/schema", Accept="application/json")
    assert document.status_code == 200
    (tmp_path / "openapi.json").write_bytes(document.content)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    for source in SOURCES.iterdir():
        shutil.copy(source, tmp_path)
    made = _run(TOOLS / "openapi-typescript", "openapi.json", "--output", "schema.d.ts", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    return tmp_path


def test_the_generated_client_signs_up_logs_and_reads(
    project: Path, live_server: LiveServer, settings: Any, invite: Callable[..., str]
) -> None:
    settings.SECURE_SSL_REDIRECT = False
    checked = _run(TOOLS / "tsc", "--project", "tsconfig.json", cwd=project)
    assert checked.returncode == 0, checked.stdout
    done = _run("node", "client.js", live_server.url, invite(age=72), cwd=project)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said.pop("advice")
    assert said == {
        "urgency": "same-day",
        "flags": ["sudden-back-pain"],
        "reminders": ["exercise", "fall-prevention", "height", "log-today"],
        "unchanged": 304,
        "wrong": ["/recorded_at"],
    }


@pytest.mark.parametrize(
    "said",
    [
        "pains: [{ site: 'spleen', severity: 3 }]",
        "pains: [{ site: 'lumbar', severity: '3' }]",
        "pains: [{ site: 'lumbar' }]",
        "stars: 5",
    ],
    ids=["a code that is none", "a number as text", "a field that is missing", "a field that is none"],
)
def test_the_compiler_refuses_what_the_server_would(project: Path, said: str) -> None:
    (project / "client.ts").unlink()
    (project / "planted.ts").write_text(PLANTED.format(said=said), encoding="utf-8")
    checked = _run(TOOLS / "tsc", "--noEmit", "--project", "tsconfig.json", cwd=project)
    assert checked.returncode != 0
    assert "planted.ts" in checked.stdout
