"""What the rule table says about a pattern, for people."""


def title(pattern: str) -> str:
    return pattern.replace("-", " ").capitalize()
