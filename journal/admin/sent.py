"""A form that a lead has sent: one verb, and what came of it in words."""

from collections.abc import Callable
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
    """Whether it was done; a refusal changes nothing and says why."""
    try:
        if form.is_valid():
            messages.success(request, act(person(request), timezone.now(), about, form))
            return True
        why = " ".join(dict.fromkeys(str(error) for errors in form.errors.values() for error in errors))
    except RefusedError as refusal:
        why = words.refused(refusal)
    messages.warning(request, _("Nothing was changed. %(why)s") % {"why": why})
    return False
