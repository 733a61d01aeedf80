"""A merge in LibreOffice: the retired row is hidden, its records stand at the other one; taken apart, all is back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from crmsheet.cli.main import run
from tests.conftest import ROOT
from tests.merged_books import cell, merge, rows_of

pytestmark = pytest.mark.e2e("soffice")
NEW = {"记录状态", "合并至"}


def seen(book: Path, folder: Path) -> tuple[dict[str, list[list[Any]]], list[str]]:
    """What LibreOffice reads of a book: its sheets without the columns of merges, and the customers that are hidden."""
    folder.mkdir()
    profile = f"-env:UserInstallation={(folder.parent / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder)]
    subprocess.run([*command, str(book)], check=True, capture_output=True, timeout=120)
    made = openpyxl.load_workbook(folder / book.name)
    sheets = {}
    for sheet in made:
        columns = range(1, sheet.max_column + 1)
        left = [at for at in columns if not {sheet.cell(row, at).value for row in (1, 2)} & NEW]
        rows = [[sheet.cell(row, at).value for at in left] for row in range(1, sheet.max_row + 1)]
        ends = [max((at for at, each in enumerate(row, 1) if each is not None), default=0) for row in rows]
        sheets[sheet.title] = [row[:end] for row, end in zip(rows, ends, strict=True)]
    customers = made["客户"]
    hidden = [customers.cell(row, 1).value for row, each in customers.row_dimensions.items() if each.hidden]
    return sheets, sorted(str(each) for each in hidden)


def test_merge_and_unmerge_in_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    book = Path(shutil.copy(ROOT / "examples" / "客户关系管理书.xlsx", tmp_path / "客户.xlsx"))
    before, hidden = seen(book, tmp_path / "before")
    keys = ("C00006", "C00002", "C00003")
    counts = [rows_of(book, key) for key in keys]
    merge(book, keys)
    between, gone = seen(book, tmp_path / "between")
    assert gone == sorted([*hidden, "C00002", "C00003"])
    assert between != before
    assert rows_of(book, "C00006") == {name: sum(each[name] for each in counts) for name in counts[0]}
    assert run(["set", "C00006", "备注=之后写的", str(book)]) == 0
    for key in keys[1:]:
        assert run(["unmerge", key, str(book), "--write"]) in (0, 5)
    after, left = seen(book, tmp_path / "after")
    note = cell(book, "C00006", "备注")
    assert left == hidden
    assert [rows_of(book, key) for key in keys] == counts
    changed = [
        (name, number, row, was)
        for name, rows in after.items()
        for number, (row, was) in enumerate(zip(rows, before[name], strict=True), 1)
        if row != was
    ]
    assert [(name, row[0]) for name, _, row, _ in changed] == [("客户", "C00006")]
    assert "之后写的" in note
