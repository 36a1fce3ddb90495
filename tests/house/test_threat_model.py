"""What the documents say of threats and of data is so: the tests and the sections that they name exist."""

import ast
import re
from pathlib import Path

from api.v1.export import SECTIONS

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_each_threat_names_a_test_that_exists() -> None:
    lines = (ROOT / "docs/threat-model.md").read_text().splitlines()
    threats = [line for line in lines if line.startswith("| ")][1:]
    assert len(threats) > 20
    for line in threats:
        found = NAMED.findall(line)
        assert found, line
        for path, name in found:
            assert name in defined_in(ROOT / path), line


def defined_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


def test_the_page_on_privacy_names_every_section_of_the_copy() -> None:
    said = (ROOT / "docs/privacy.md").read_text()
    assert [each.name for each in SECTIONS if f"`{each.name}`" not in said] == []
