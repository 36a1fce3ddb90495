"""What the rule table says about a pattern, for people."""

from typing import Any

from journal.content import engine
from journal.content.rule import Rule

OWNERS = {
    "emergency-service": "emergency service",
    "doctor": "doctor",
    "physiotherapist": "physiotherapist",
}
MARKS = {
    "V": "read in the source",
    "S": "second-hand",
    "R": "recalled, not read again",
    "D": "this project’s own design",
}


ABBREVIATIONS = {"gi": "GI", "nsaid": "NSAID"}


def name(pattern: str) -> str:
    """`cauda-equina` → `Cauda equina`. The rule's own title speaks to the patient ("Please go …")."""
    first, *rest = [ABBREVIATIONS.get(word, word) for word in pattern.split("-")]
    return " ".join([first[:1].upper() + first[1:], *rest])


def context(pattern: str) -> dict[str, Any]:
    """What today's rule of this pattern says, for the flag's page."""
    rule = engine.BY_PATTERN.get(pattern)
    return {"rule": rule, "rule_facts": facts(rule)} if rule else {}


def facts(rule: Rule) -> list[tuple[str, str]]:
    return [
        ("Who must act", OWNERS[rule.owner]),
        ("What it looks at", rule.window),
        ("Rule’s version today", str(rule.version)),
        *(("Source", f"{source.text} ({MARKS[source.mark]})") for source in rule.sources),
    ]
