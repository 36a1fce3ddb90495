"""What the rule table says about a pattern, for people."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.admin import words
from journal.content import engine, texts
from journal.content.rule import Rule
from journal.content.wording import stored
from journal.models import Flag

OWNERS = {
    "emergency-service": gettext_lazy("emergency service"),
    "doctor": gettext_lazy("doctor"),
    "physiotherapist": gettext_lazy("physiotherapist"),
}
MARKS = {
    "V": gettext_lazy("read in the source"),
    "S": gettext_lazy("second-hand"),
    "R": gettext_lazy("recalled, not read again"),
    "D": gettext_lazy("this project’s own design"),
}


name = words.pattern


def context(pattern: str) -> dict[str, Any]:
    """What today's rule of this pattern says, for the flag's page."""
    rule = engine.BY_PATTERN.get(pattern)
    return {"rule": rule, "rule_facts": facts(rule), "suggestions": words.of(rule.clinician)} if rule else {}


def told(flag: Flag) -> dict[str, str]:
    """What the patient reads, in the language of the desk: title and advice of today's rule, and why."""
    text = texts.text(flag.pattern, words.language())
    why = texts.why(flag.pattern, stored(flag.why_params), words.language())
    return {"title": text.title, "advice": text.advice, "why": why or flag.why}


def facts(rule: Rule) -> list[tuple[str, str]]:
    return [
        (_("Who must act"), str(OWNERS[rule.owner])),
        (_("What it looks at"), words.of(rule.window)),
        (_("Rule’s version today"), str(rule.version)),
        *((_("Source"), f"{words.of(source.text)} ({MARKS[source.mark]})") for source in rule.sources),
    ]
