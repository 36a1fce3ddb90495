"""What represents each row is read from the product: a broken mapping is seen."""

import io
import json
from dataclasses import dataclass, replace
from typing import Annotated

import pytest
from django.core.management import call_command
from pydantic import BaseModel

from journal.content import report, vocabulary
from journal.content.rules import sudden_back_pain
from journal.content.seeds import KINDS, Representation, Seeds, rows
from journal.management import coverage
from journal.management.coverage import Line


def line(row: str, offered: list[Representation] | None = None) -> Line:
    return next(one for one in coverage.table(offered) if one.row.id == row)


def run(*options: str) -> tuple[str, int]:
    out, code = io.StringIO(), 0
    try:
        call_command("coverage_of_seeds", *options, stdout=out)
    except SystemExit as end:
        code = int(str(end.code))
    return out.getvalue(), code


def test_every_row_has_an_id_of_its_own_a_name_and_needs() -> None:
    assert len({row.id for row in rows()}) == len(rows()) == 157
    assert all(row.name and row.needs and set(row.needs) <= set(KINDS) for row in rows())


def test_nothing_names_a_row_that_does_not_exist() -> None:
    assert coverage.unknown() == []


def test_each_way_of_representing_is_found_where_it_is_written() -> None:
    assert "sudden-back-pain" in line("000-04").by["RULE"]
    assert "E02" in line("000-01").by["EDU"]
    assert "Report.height_cm" in line("000-09").by["LOG"]
    assert "Pain.weeks" in line("002-07").by["LOG"]
    assert "self_care:massage" in line("004-23").by["LOG"]
    assert "history:diabetes" in line("000-16").by["PROF"]
    assert "fall-prevention" in line("003-27").by["REM"]


def test_every_code_with_rows_is_a_code_of_its_list() -> None:
    for name, codes in vocabulary.SEEDS.items():
        assert set(codes) <= set(vocabulary.LISTS[name]), name


def test_a_rule_that_loses_its_rows_leaves_them_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "RULE" not in line("002-09").missing
    bare = replace(sudden_back_pain.RULE, seeds=())
    monkeypatch.setattr(coverage, "RULES", (bare,))
    assert "RULE" in line("002-09").missing


def test_a_code_that_loses_its_row_leaves_it_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "LOG" not in line("004-28").missing
    monkeypatch.delitem(vocabulary.SEEDS["self_care"], "biofeedback")
    assert "LOG" in line("004-28").missing


def test_a_field_that_loses_its_mark_leaves_its_row_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare(BaseModel):
        tension: Annotated[int | None, Seeds("004-06")] = None
        plain: int | None = None

    assert "LOG" not in line("003-13").missing
    monkeypatch.setattr(report, "Report", Bare)
    assert "LOG" in line("003-13").missing
    assert "Bare.tension" in line("004-06").by["LOG"]


@dataclass(frozen=True)
class Code:
    code: str
    seeds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    codes: tuple[Code, ...]


def test_codes_are_found_however_deep_a_module_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Group((Code("mri", ("001-18",)), Code("other")))
    module = type(coverage)("kept")
    module.GROUPS = (kept,)  # type: ignore[attr-defined]
    module.BY_CODE = {"again": kept.codes[0]}  # type: ignore[attr-defined]
    monkeypatch.setattr(coverage, "CODED", (("NOTE", "journal.kept"),))
    monkeypatch.setattr(coverage, "find_spec", lambda _: True)
    monkeypatch.setattr(coverage, "import_module", lambda _: module)
    assert line("001-18").by["NOTE"] == ["kept:mri"]


def test_a_module_that_is_not_there_offers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "CODED", (("NOTE", "journal.content.no_such_module"),))
    assert "NOTE" in line("001-17").missing


def test_an_unknown_row_is_named() -> None:
    assert coverage.unknown([Representation("RULE", "a-rule", ("009-99", "000-01"))]) == ["a-rule: 009-99"]


def all_but(row: str) -> list[Representation]:
    return [
        Representation(
            kind, "something", tuple(one.id for one in rows() if kind in one.needs and one.id != row)
        )
        for kind in KINDS
    ]


def test_a_row_with_nothing_ends_in_exit_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "representations", lambda: all_but("none of them"))
    assert run()[1] == run("--strict")[1] == 0
    monkeypatch.setattr(coverage, "representations", lambda: all_but("004-15"))
    out, code = run()
    assert code == 1
    assert "missing: PLAN" in out
    assert out.endswith("157 rows, 156 whole, 1 in part, 1 with nothing\n")


def test_a_row_in_part_is_shown_and_fails_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    offered = [one for one in all_but("none") if one.kind != "REM"]
    monkeypatch.setattr(coverage, "representations", lambda: offered)
    assert run()[1] == 0
    assert run("--strict")[1] == 1
    assert "REM" in line("000-28").missing


def test_json_is_one_document_with_the_same_rows() -> None:
    document = json.loads(run("--json")[0])
    assert [one["row"] for one in document["rows"]] == [row.id for row in rows()]
    assert document["unknown"] == []
    assert set(document["rows"][0]) == {"row", "name", "needs", "by", "missing"}
