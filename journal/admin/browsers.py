"""Which browser on which device, in words that its owner knows it by."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# The first sign that is found counts: most browsers name those that they descend from too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


@register.filter
def browser(user_agent: str) -> str:
    """`Chrome on Android` for a `User-Agent`; one of the two, or that it is not known."""
    known = _first(BROWSERS, user_agent), _first(DEVICES, user_agent)
    if all(known):
        return _("%(browser)s on %(device)s") % {"browser": known[0], "device": known[1]}
    return "".join(known) or _("an unknown program")


def _first(signs: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for sign, name in signs if sign in text), "")
