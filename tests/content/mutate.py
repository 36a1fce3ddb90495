"""Breaks every threshold of every rule, one at a time, and sees whether the rule's own tests notice.

`python -m tests.content.mutate [rule …]`, for instance `activity_drop`. Broken are the numbers of a rule's
module, each one up and one down, and its comparisons, each by its edge (`<` becomes `<=`). What a text, a
source or the descriptor says is left alone. Prints the survivors; docs/content.md says why each may stay.
"""

import ast
import copy
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

RULES = Path(__file__).parents[2] / "journal" / "content" / "rules"
HERE = Path(__file__).parent
EDGES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}


@dataclass(frozen=True)
class Mutant:
    """One module with one thing broken."""

    rule: str
    line: int
    what: str
    tree: ast.Module


def _same(rule: str) -> Mutant:
    """The module as it is."""
    return Mutant(rule, 0, "", ast.parse((RULES / f"{rule}.py").read_text(encoding="utf-8")))


def mutants(rule: str) -> Iterator[Mutant]:
    """Every break of one rule's module, in the order of its lines."""
    source, whole = (RULES / f"{rule}.py").read_text(encoding="utf-8"), _same(rule).tree
    for place, node in enumerate(ast.walk(whole)):
        for what, change in _breaks(node):
            if _counts(whole, node):
                tree = copy.deepcopy(whole)
                change(list(ast.walk(tree))[place])
                line = ast.get_source_segment(source, node) or ""
                yield Mutant(rule, getattr(node, "lineno", 0), f"{line}  →  {what}", tree)


def _breaks(node: ast.AST) -> Iterator[tuple[str, Any]]:
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        for step in (1, -1):
            value = node.value + step  # type: ignore[operator]  # a number, as just seen
            yield str(value), lambda it, value=value: setattr(it, "value", value)
    if isinstance(node, ast.Compare):
        for number, op in enumerate(node.ops):
            if type(op) in EDGES:
                edge = EDGES[type(op)]
                yield edge.__name__, lambda it, n=number, edge=edge: it.ops.__setitem__(n, edge())


def _counts(whole: ast.Module, node: ast.AST) -> bool:
    """Not in the descriptor, not in words: the rest of the module decides."""
    for part in ast.walk(whole):
        told = isinstance(part, ast.keyword) and part.arg in {"why_clinician", "numbers", "why", "entry_ids"}
        shown = isinstance(part, ast.JoinedStr | ast.FormattedValue)
        table = isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "Rule"
        if (told or shown or table) and any(inner is node for inner in ast.walk(part)):
            return False
    return True


class Broken:
    """A module that is broken for a while: tests hold on to its functions, so these are changed inside."""

    def __init__(self, module: ModuleType, mutant: Mutant) -> None:
        self.module = module
        self.names: dict[str, Any] = {"__name__": module.__name__}
        exec(compile(mutant.tree, str(module.__file__), "exec"), self.names)  # noqa: S102  our own source

    def __enter__(self) -> None:
        self.before = {name: _inside(thing) for name, thing in self._own()}
        for name, thing in self._own():
            _put(self.module, name, thing, _inside(self.names[name]))

    def __exit__(self, *_: object) -> None:
        for name, thing in self._own():
            _put(self.module, name, thing, self.before[name])

    def _own(self) -> list[tuple[str, Any]]:
        return [
            (name, thing)
            for name, thing in vars(self.module).items()
            if (isinstance(thing, FunctionType) and thing.__module__ == self.module.__name__)
            or (name.isupper() and name != "RULE")
        ]


def _inside(thing: Any) -> Any:
    return (thing.__code__, thing.__defaults__) if isinstance(thing, FunctionType) else thing


def _put(module: ModuleType, name: str, thing: Any, inside: Any) -> None:
    if isinstance(thing, FunctionType):
        thing.__code__, thing.__defaults__ = inside
    else:
        setattr(module, name, inside)


class Session:
    """A pytest plugin that runs the tests of each rule against each of its mutants."""

    def __init__(self, rules: list[str]) -> None:
        self.rules = rules
        self.killed = 0
        self.survivors: list[Mutant] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for rule in self.rules:
            tests = [one for one in session.items if one.path.stem == f"test_rule_{rule}"]
            module = import_module(f"journal.content.rules.{rule}")
            with Broken(module, _same(rule)):
                if not tests or not all(map(_passes, tests)):
                    raise pytest.UsageError(f"{rule}: no tests, or they fail unbroken")
            for mutant in mutants(rule):
                with Broken(module, mutant):
                    noticed = not all(map(_passes, tests))
                self.killed += noticed
                self.survivors += [] if noticed else [mutant]
        return True


def _passes(test: pytest.Item) -> bool:
    """Calls the test function itself: the tests of rules use no fixture."""
    given = getattr(getattr(test, "callspec", None), "params", {})
    try:
        test.obj(**given)  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001  a rule that crashes was noticed, too
        return False
    return True


def main(rules: list[str]) -> int:
    """Exit 0 when pytest could run them; survivors are for people to judge."""
    chosen = rules or sorted(path.stem for path in RULES.glob("*.py") if path.stem != "__init__")
    found = Session(chosen)
    files = [str(HERE / f"test_rule_{rule}.py") for rule in chosen]
    done = pytest.main(
        ["-q", "-p", "no:cacheprovider", "--no-header", "--no-summary", *files], plugins=[found]
    )
    for one in found.survivors:
        print(f"{one.rule}.py:{one.line}  {one.what}")
    print(
        f"{found.killed + len(found.survivors)} mutants, {found.killed} noticed, {len(found.survivors)} not"
    )
    return int(done)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
