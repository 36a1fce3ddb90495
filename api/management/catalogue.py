"""The catalogue of the desk's words: gathered from code, templates and content, kept as one .po a language.

Nothing but Python is needed: Django makes a template readable as code, Babel reads code and writes
catalogues. Babel is in the dev group; the compiled .mo files are committed, so that a server needs neither.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

from journal.admin import words

Id = str | tuple[str, str]  # singular and plural
Found = tuple[str | None, Id]  # context, id

OURS = ("api", "journal", "reminders")
LEFT_OUT = frozenset({"migrations", "management", "tests"})
# Packages whose pages the desk shows; what their own catalogue, or Django's, does not say, ours does.
OTHERS = {
    "unfold": ("*.py", "templates/**/*.html"),
    "allauth": (
        *(f"{part}/**/*.py" for part in ("account", "mfa", "usersessions")),
        *(f"templates/{part}/**/*.html" for part in ("account", "allauth", "mfa", "usersessions")),
    ),
}
# A refusal is raised in English and said by `words.refused`; so is what a delivery keeps of an error.
REFUSALS = ("ConflictError", "NotFitError", "NotInTimeError", "NotPossibleNowError", "StaleError")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    **dict.fromkeys((*REFUSALS, "InvalidInvitationError", "UnfitFactError", "UnfitItemError"), None),
}
TEXT = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({TEXT}(?:\s*,\s*{TEXT})*)")
PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%[sd]")


def languages() -> list[str]:
    """All but the one in which the words stand in the code."""
    return [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def path(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def gathered(language: str) -> Catalog:
    """Every text there is, without translations."""
    root = Path(settings.BASE_DIR)
    places: dict[Found, set[str]] = defaultdict(set)
    for package in OURS:
        for file in sorted((root / package).rglob("*.*")):
            if not LEFT_OUT & set(file.relative_to(root).parts):
                for one in in_file(file):
                    places[one].add(str(file.relative_to(root)))
    for where, text in words.every():
        places[None, text].add(f"words/{where}")
    known = said_elsewhere(language)
    for package, one in of_others():
        if one not in known:
            places[one].add(f"package/{package}")
    catalog = Catalog(locale=language, domain="django")
    for (context, said), files in sorted(places.items(), key=lambda it: (sorted(it[1])[0], str(it[0]))):
        catalog.add(said, context=context, locations=[(file, 0) for file in sorted(files)])
    return catalog


def in_file(file: Path) -> Iterator[Found]:
    if file.suffix in (".html", ".txt"):
        yield from in_template(file.read_text(encoding="utf-8"))
    elif file.suffix == ".py":
        for _line, text, _comments, context in extract_from_file("python", file, keywords=KEYWORDS):
            yield context, text if isinstance(text, str) else (text[0], text[1])


def in_template(source: str) -> Iterator[Found]:
    for call, arguments in CALL.findall(templatize(source)):
        texts = [ast.literal_eval(one) for one in re.findall(TEXT, arguments)]
        context = texts.pop(0) if call in ("pgettext", "npgettext") else None
        yield context, (texts[0], texts[1]) if "n" in call[:1] else texts[0]


def of_others() -> Iterator[tuple[str, Found]]:
    for package, patterns in OTHERS.items():
        here = Path(apps.get_app_config(package).path)
        for pattern in patterns:
            for file in sorted(here.glob(pattern)):
                if not LEFT_OUT & set(file.relative_to(here).parts):
                    yield from ((package, one) for one in in_file(file))


def said_elsewhere(language: str) -> set[Found]:
    """What the catalogues of Django and of other packages say in this language."""
    import django

    homes = [Path(django.__file__).parent / "conf" / "locale"]
    homes += [
        Path(app.path) / "locale" for app in apps.get_app_configs() if app.name.split(".")[0] not in OURS
    ]
    said: set[Found] = set()
    for home in homes:
        file = home / language / "LC_MESSAGES" / "django.mo"
        if file.exists():
            with file.open("rb") as compiled:
                said |= {_key(one) for one in read_mo(compiled) if one.id and _whole(one)}
    return said


def _key(message: Message) -> Found:
    return message.context, message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


class Steady(Catalog):
    """A catalogue whose head names no version of the tool: another one would change every file."""

    def _get_mime_headers(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in super()._get_mime_headers() if name != "Generated-By"]

    mime_headers = property(_get_mime_headers, Catalog._set_mime_headers)


def in_step(language: str) -> Catalog:
    """What is kept, with what is new in it and without what is gone."""
    old = read_po(BytesIO(path(language).read_bytes()), locale=language, domain="django")
    kept = Steady(locale=language, domain="django", header_comment=old.header_comment)
    kept.mime_headers = old.mime_headers
    for message in old:
        if message.id:
            kept.add(message.id, message.string, flags=message.flags, context=message.context)
    kept.update(gathered(language), no_fuzzy_matching=True, update_creation_date=False)
    kept.obsolete.clear()
    return kept


def written(catalog: Catalog) -> tuple[bytes, bytes]:
    """As .po and as .mo."""
    po, mo = BytesIO(), BytesIO()
    write_po(po, catalog, width=110, include_lineno=False, sort_by_file=True)
    write_mo(mo, catalog)
    return po.getvalue(), mo.getvalue()


def faults(catalog: Catalog) -> Iterator[str]:
    """Texts without a translation, not yet looked at, or with other places for values than the original."""
    for message in catalog:
        if not message.id:
            continue
        name = message.id if isinstance(message.id, str) else message.id[0]
        if not _whole(message):
            yield f"not translated: {name}"
        elif message.fuzzy:
            yield f"fuzzy: {name}"
        elif not _same_places(message):
            yield f"other places for values: {name}"


def _texts(it: str | Iterable[str] | None) -> list[str]:
    return [it] if isinstance(it, str) else list(it or ())


def _whole(message: Message) -> bool:
    texts = _texts(message.string)
    return bool(texts) and all(texts)


def _same_places(message: Message) -> bool:
    """A singular may leave its number out ("one more place"); everything else names the same values."""
    ids, said = _texts(message.id), _texts(message.string)
    wanted = set(PLACE.findall(ids[-1]))
    return all(set(PLACE.findall(text)) == wanted for text in said[1:] or said) and (
        set(PLACE.findall(said[0])) <= wanted | set(PLACE.findall(ids[0]))
    )
