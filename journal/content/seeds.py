"""The rows of the source articles, and how a field says which of them it represents."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Kind = Literal["LOG", "RULE", "EDU", "REM", "PLAN", "NOTE", "PROF"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Seeds:
    """Marks a field of a typed document with the rows that it represents; nothing but coverage reads it."""

    def __init__(self, *rows: str) -> None:
        self.rows = rows


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that the articles name, and the kinds of representation it asks for."""

    id: str
    name: str
    needs: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Representation:
    """One thing in the product, and the rows that it represents in its way."""

    kind: Kind
    what: str
    rows: tuple[str, ...]


@cache
def rows() -> tuple[Row, ...]:
    """Every row, in the order of the articles."""
    said = tomllib.loads((Path(__file__).parent / "seeds.toml").read_text(encoding="utf-8"))
    return tuple(Row(row, one["name"], tuple(one["needs"])) for row, one in said.items())
