"""With the settings of production, in a process of its own: what cookies and every kind of answer carry."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import ScryptPasswordHasher

from tests.house.test_settings import PRODUCTION, ROOT
from tests.support import desk as people
from tests.support.records import a_cast

pytestmark = pytest.mark.django_db(transaction=True)
# Asks by https as a browser and as an app do, and prints what came back.
ASKS = """
import json, logging, sys
import django
django.setup()
logging.disable(logging.CRITICAL)
from django.test import Client
said = json.loads(sys.argv[1])
secure = {"secure": True, "headers": {"host": "osteon.example.org"}}
browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
found = []

def note(name, answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    cookies = {one: dict(morsel) for one, morsel in answer.cookies.items()}
    headers = dict(answer.headers)
    found.append({"name": name, "status": answer.status_code, "headers": headers, "cookies": cookies})
    return body.decode(errors="replace")

note("http", Client().get("/admin/", headers={"host": "osteon.example.org"}))
note("health over http", Client().get("/health/live", headers={"host": "osteon.example.org"}))
app = Client(raise_request_exception=False)
note("another host", app.get("/admin/", secure=True, headers={"host": "evil.example"}))
page = note("a page", browser.get("/accounts/login/", **secure))
token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
form = {"login": said["email"], "password": said["password"], "csrfmiddlewaretoken": token}
note("a form from elsewhere", browser.post("/accounts/login/", {}, **secure))
sent = {**secure, "headers": {**secure["headers"], "referer": "https://osteon.example.org/accounts/login/"}}
note("signed in", browser.post("/accounts/login/", form, **sent))
for name in ("/admin/", "/admin/journal/flag/", "/accounts/2fa/totp/activate/", "/accounts/sessions/"):
    note(name, browser.get(name, follow=False, **secure))
for name in ("/api/v1/me", "/api/v1/nothing", "/nothing", "/api/v1/library", "/api/v1/docs", "/api/v1/schema",
             "/_allauth/app/v1/config", "/metrics", "/.well-known/security.txt", "/static/desk/desk.css"):
    note(name, Client(raise_request_exception=False).get(name, **secure))
note("a wrong method", app.generic("TRACE", "/api/v1/me", **secure))
for name, body in (("no JSON", "{"), ("too large", "x" * 300_000)):
    login = "/_allauth/app/v1/auth/login"
    note(name, app.generic("POST", login, body, content_type="application/json", **secure))
print(json.dumps(found))
"""
COOKIES = {"__Host-osteon_session", "__Host-osteon_csrf", "__Host-osteon_device"}
# The same for everybody, and kept by whoever likes.
KEPT = ("/static/desk/desk.css", "/api/v1/library")


@pytest.fixture
def answers() -> list[dict[str, Any]]:
    hill = a_cast("hill", "heron")
    hill.lead.password = ScryptPasswordHasher().encode(people.PASSWORD, "a-grain-of-salt")
    hill.lead.save(update_fields=["password"])
    EmailAddress.objects.create(user=hill.lead, email=hill.lead.email, verified=True, primary=True)
    database = settings.DATABASES["default"]
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env |= PRODUCTION | {"DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL, "DATA_DIR": "/nonexistent"}
    env |= {
        "DJANGO_SETTINGS_MODULE": "api.settings",
        "SECURITY_CONTACT": "mailto:security@osteon.example.org",
    }
    said = json.dumps({"email": hill.lead.email, "password": people.PASSWORD})
    done = subprocess.run(
        [sys.executable, "-c", ASKS, said], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_cookies_and_headers_are_those_of_a_place_for_patients_data(answers: list[dict[str, Any]]) -> None:
    by_name = {each["name"]: each for each in answers}
    statuses = {name: each["status"] for name, each in by_name.items()}
    assert statuses["http"] == 301
    assert by_name["http"]["headers"]["Location"] == "https://osteon.example.org/admin/"
    assert statuses["health over http"] == 200
    assert statuses["another host"] == 400
    assert statuses["a form from elsewhere"] == 403
    assert statuses["signed in"] == 302
    assert statuses["/admin/journal/flag/"] == 302  # to the second factor
    wrong = [f"{each['name']}: {line}" for each in answers for line in missing(each)]
    assert wrong == [], "\n".join(wrong)
    assert {name for each in answers for name in each["cookies"]} == COOKIES


def missing(answer: dict[str, Any]) -> list[str]:
    wrong = []
    for name, cookie in answer["cookies"].items():
        right = cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax"
        if not (right and cookie["path"] == "/" and not cookie["domain"]):
            wrong.append(f"{name}: {cookie}")
    headers = answer["headers"]
    policy = headers.get("Content-Security-Policy", "")
    must = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }
    if not answer["name"].endswith("http"):
        must["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains; preload"
    wrong += [f"{name}: {headers.get(name)}" for name, value in must.items() if headers.get(name) != value]
    if (
        "default-src 'self'" not in policy
        or "frame-ancestors 'none'" not in policy
        or "unsafe-inline" in _scripts(policy)
    ):
        wrong.append(policy)
    if answer["name"] not in KEPT and "no-store" not in headers.get("Cache-Control", ""):
        wrong.append(f"Cache-Control: {headers.get('Cache-Control')}")
    return wrong


def _scripts(policy: str) -> str:
    found = re.search(r"script-src[^;]*", policy)
    return found[0] if found else policy
