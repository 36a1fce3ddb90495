"""Education, exercises, fall prevention and self-care: one text file an item, one folder a language.

A file is a TOML header between `+++` lines, then the body as plain paragraphs, each of which becomes one
line: a phone breaks lines where its screen ends. Every header field is required or refused, so that no text
reaches a patient without its source, its reviewer and its date of review.
"""

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

Kind = Literal["exercise", "fall-prevention", "education", "self-care", "reminder"]
Evidence = Literal["guideline", "study", "expert", "contested"]
_HERE = Path(__file__).parent


class BadItemError(ValueError):
    """A library file that can't be shown: the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    id: str
    kind: Kind
    title: str
    body: str
    audience: str
    source: str
    guideline: str
    reviewer: str
    review_by: date
    evidence: Evidence
    contested: bool
    version: int
    language: str
    seed_rows: tuple[str, ...]
    rhythm: str = ""  # how often, in words; exercises only
    held_by: tuple[str, ...] = ()  # patterns whose open flag holds this item back
    beside: tuple[str, ...] = ()  # codes of an entry that this text belongs to: sites, symptoms


_OPTIONAL = {"rhythm", "held_by", "beside"}
_ALL = {f.name for f in fields(Item)}


@cache
def items(kind: Kind | None = None, lang: str = "en") -> tuple[Item, ...]:
    """Items of a language, by id; of one kind when told. An unknown language has none."""
    return tuple(item for item in _load(lang) if kind in {None, item.kind})


@cache
def in_language(lang: str, kind: Kind | None = None) -> tuple[Item, ...]:
    """Every item, in that language where there is one, else in English; each says its own language."""
    there = {item.id: item for item in items(kind, lang)}
    return tuple(there.get(item.id, item) for item in items(kind))


def languages() -> tuple[str, ...]:
    return tuple(sorted(p.name for p in _HERE.iterdir() if p.is_dir() and not p.name.startswith("_")))


def by_id(text_id: str, lang: str) -> Item | None:
    """One text in that language, else in English; None when the library has no such text."""
    return _by_id(lang).get(text_id)


@cache
def _by_id(lang: str) -> dict[str, Item]:
    return {item.id: item for item in (*items(), *items(lang=lang))}


@cache
def _load(lang: str) -> tuple[Item, ...]:
    if lang not in languages():
        return ()
    found = [
        parse(path.read_text(encoding="utf-8"), path.name) for path in sorted((_HERE / lang).glob("*.md"))
    ]
    return tuple(sorted(found, key=lambda item: (item.id[0], int(item.id[1:]))))


def parse(text: str, name: str) -> Item:
    """One file's text as an item. BadItemError when the header misses, adds or mistypes a field."""
    try:
        empty, header, body = text.split("+++\n", 2)
        head: dict[str, Any] = tomllib.loads(header)
    except (ValueError, tomllib.TOMLDecodeError) as error:
        raise BadItemError(f"{name}: {error}") from error
    wrong = (_ALL - _OPTIONAL - {"body"} - set(head)) | (set(head) - _ALL | set(head) & {"body"})
    if empty or wrong:
        raise BadItemError(
            f"{name}: header fields missing or unknown: {', '.join(sorted(wrong)) or 'before +++'}"
        )
    head |= {key: tuple(head[key]) for key in ("seed_rows", "held_by", "beside") if key in head}
    paragraphs = [" ".join(part.split()) for part in body.strip().split("\n\n")]
    item = Item(body="\n\n".join(paragraphs), **head)
    _check(item, name)
    return item


def _check(item: Item, name: str) -> None:
    kinds = {
        "version": int,
        "contested": bool,
        "review_by": date,
        "title": str,
        "reviewer": str,
        "source": str,
    }
    mistyped = [key for key, kind in kinds.items() if type(getattr(item, key)) is not kind]
    if mistyped:
        raise BadItemError(f"{name}: wrong type of {', '.join(mistyped)}")
    if item.kind not in get_args(Kind) or item.evidence not in get_args(Evidence):
        raise BadItemError(f"{name}: unknown kind or evidence")
    if not item.body:
        raise BadItemError(f"{name}: no text")
