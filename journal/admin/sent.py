"""A form that a lead has sent: one verb, and what came of it in words."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from journal.accounts.models import User
from journal.actions.refusals import RefusedError
from journal.admin import words
from journal.admin.desk import person

# By whom, when, about what, and the valid form; what to say of it.
Act = Callable[[User, datetime, Any, Any], str]


def carry_out(request: HttpRequest, form: forms.Form, act: Act, about: Any) -> bool:
    """Whether it was done; a refusal changes nothing and says why, and of which field."""
    refused = ""
    if form.is_valid():
        try:
            messages.success(request, act(person(request), timezone.now(), about, form))
            return True
        except RefusedError as refusal:
            refused, field = words.refused(refusal), refusal.pointer.removeprefix("/")
            if field in form.fields:
                form.add_error(field, refused)
    why = " ".join(_wrong(form)) or refused
    messages.warning(request, _("Nothing was changed. %(why)s") % {"why": why})
    return False


def _wrong(form: forms.Form) -> Iterator[str]:
    """`Day: This day has passed.`, for each field."""
    for name, errors in form.errors.items():
        said = " ".join(map(str, errors))
        yield f"{form.fields[name].label}: {said}" if name in form.fields else said
