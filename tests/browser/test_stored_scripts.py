"""What somebody writes into any field stays text on every page of the desk: a corpus, in a real browser."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.hashers import make_password
from django.db.models import CharField, Model, TextField
from django.urls import reverse
from playwright.sync_api import Dialog, Page
from psycopg import sql

from journal.accounts.models import User
from journal.fence import tables
from tests.privacy.conftest import whole
from tests.privacy.tables import as_owner
from tests.support import desk as people
from tests.support.records import Cast
from tests.support.triggers import asleep

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("settings_for_http")]
# Each leaves a mark that can be seen: a variable, a dialog, an element. After OWASP's list of contexts:
# element, attribute in either quote, script, comment, textarea and title, URL, SVG, template, Alpine's own.
MARK = "window.__ran=1"
CORPUS = (
    f"<script>{MARK}</script>",
    f"<img src=x onerror={MARK}>",
    f"<svg onload={MARK}>",
    f'"><script>{MARK}</script>',
    f"'><img src=x onerror={MARK}>",
    f'" onmouseover={MARK} autofocus onfocus={MARK} x="',
    f"' autofocus onfocus={MARK} x='",
    f"</script><script>{MARK}</script>",
    f"--><script>{MARK}</script><!--",
    f"</textarea></title></style><script>{MARK}</script>",
    f"javascript:{MARK}",
    '<a href="javascript:alert(1)" id=planted>x</a>',
    f"<iframe srcdoc='<script>parent.{MARK[7:]}</script>'></iframe>",
    f"<details open ontoggle={MARK}>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={MARK}>",
    "{{constructor.constructor('" + MARK + "')()}}",
    f'<div x-data x-init="{MARK}" id=planted></div>',
    f'<p x-on:click="{MARK}" x-html="1" id=planted></p>',
    '<meta http-equiv=refresh content="0;url=/planted">',
    "<base href=//127.0.0.1:1/>",
    "<style>body{display:none}</style><p id=planted>",
    f"\u2028<script>{MARK}</script>",
    "${" + MARK + "}`${" + MARK + "}",
)
ALL = " ".join(CORPUS)
ROUNDS = range(0, len(CORPUS), 6)
TOO_SHORT = 20
NEVER_REWRITTEN = frozenset({"journal.StaffRead", "journal.Trace", "accounts.Session", "accounts.Guesses"})
# Codes that a constraint holds, and what programs alone write: no person types into these.
NOT_WRITTEN = frozenset(
    {
        *("kind", "state", "status", "topic", "channel", "rrule", "timezone", "digest", "key", "side"),
        *("code", "pattern", "urgency", "verb", "role", "language", "password", "email", "slug", "sex"),
        *("outcome", "met", "evidence", "covered", "arms", "numbers", "why_params", "history_dates"),
        *("purpose", "version", "profile", "code_hash", "host", "token_hash", "session_hash"),
        *("sealed_token", "sealed_session", "sealed_secret", "how", "db_role", "route", "template"),
        *("source", "library_id", "last_item", "lane", "pause_reason", "removed_because", "data"),
    }
)


def texts(model: type[Model]) -> Iterator[str]:
    if model._meta.label in NEVER_REWRITTEN:
        return
    for field in model._meta.concrete_fields:
        wide = getattr(field, "max_length", None) or 10_000
        wordy = (
            isinstance(field, CharField | TextField)
            and wide >= TOO_SHORT
            and not (field.choices or field.unique)
        )
        if wordy and field.name not in NOT_WRITTEN:
            yield field.name


def planted(first: int) -> int:
    """Into every text of every row: where there is room the whole corpus, else one of it after the other.

    By the owner of the tables: some can only be added to, and yet a text in them must stay text.
    """
    count = 0
    with as_owner() as owner, asleep(owner):
        for model in tables.models():
            for name in texts(model):
                room = getattr(model._meta.get_field(name), "max_length", None) or 4000
                one = CORPUS[(first + count) % len(CORPUS)]
                text = (one + ALL if room >= 400 else one)[:room]
                write = sql.SQL("UPDATE {table} SET {name} = %s WHERE {name} <> ''")
                places = {"table": sql.Identifier(model._meta.db_table), "name": sql.Identifier(name)}
                owner.execute(write.format(**places), [text])
                count += 1
        report = {"pains": [{"site": "lumbar", "side": "midline", "severity": 8}], "note": ALL}
        owner.execute("UPDATE journal_entry SET report = %s", [json.dumps(report)])
    return count


def a_lead(cast: Cast) -> User:
    """Somebody of the clinic who may open every page."""
    User.objects.filter(pk=cast.lead.pk).update(password=make_password(people.PASSWORD))
    return cast.lead


def pages(cast: Cast) -> list[str]:
    """Every list and every page of one row that the desk has, and the papers."""
    found = [reverse("admin:index"), reverse("admin:quality")]
    for model in site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found.append(reverse(f"{name}_changelist"))
        row = cast.rows.get(model._meta.label) or model._default_manager.first()
        if row is not None:
            found.append(reverse(f"{name}_change", args=[row.pk]))
    found.append(reverse("admin:accounts_patient_summary", args=[cast.patient.pk]))
    return found


def sign_in(page: Page, user: User) -> None:
    page.goto("/admin/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(people.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/journal/flag/")


WATCHING = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', e => window.__violations.push(
    e.violatedDirective + ' ' + (e.sourceFile || '') + ' ' + (e.sample || '')));
"""
FOUND = """() => ({
    ran: window.__ran === undefined ? null : window.__ran,
    planted: document.querySelectorAll('#planted').length,
    violations: window.__violations,
    hidden: getComputedStyle(document.body).display === 'none',
    here: location.pathname,
})"""


@pytest.mark.parametrize("first", ROUNDS)
def test_no_page_of_the_desk_runs_what_a_field_says(first: int, page: Page) -> None:
    hill = whole("hill", "heron")
    mira = a_lead(hill)
    assert planted(first) > 15
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    page.add_init_script(WATCHING)
    sign_in(page, mira)
    for address in pages(hill):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status < 400, address
        found: dict[str, Any] = page.evaluate(FOUND)
        found.pop("here")
        assert found == {"ran": None, "planted": 0, "violations": [], "hidden": False}, address
    assert dialogs == []
