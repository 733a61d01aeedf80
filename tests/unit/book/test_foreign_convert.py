"""What is written of a foreign book is a new workbook: every value in its place, the same bytes each time."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from crmsheet.book.foreign.convert import converted
from crmsheet.book.foreign.reading import read_foreign
from crmsheet.book.foreign.sheets import ForeignBook, ForeignSheet
from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.opened import SheetEdits
from crmsheet.book.opening import open_book_file
from crmsheet.core.cells import CellError
from crmsheet.core.errors import CellRefused
from tests.unit.book.made import put
from tests.unit.book.test_foreign import FILES, found


def sheet(*cells: tuple[int, int, object, str], **rest: object) -> ForeignSheet:
    rows, columns, values, formats = zip(*cells, strict=True)
    return ForeignSheet("客户", rows, columns, values, formats, **rest)  # type: ignore[arg-type]  (cells of tests)


def made(*sheets: ForeignSheet) -> bytes:
    return converted(ForeignBook(sheets), "a.xls", "a.xlsx").content


@pytest.mark.parametrize("name", ["made.xls", "made.ods", "biff5_write.xls", "date_1904.xlsb"])
def test_every_cell_comes_along(tmp_path, name):
    old = open_book_file(FILES / name)
    done = converted(read_foreign(old), name, "new.xlsx")
    new = open_book_file(put(tmp_path, "new.xlsx", done.content))
    assert [each.name for each in new.sheets] == [each.name for each in old.sheets]
    for before, after in zip(old.sheets, new.sheets, strict=True):
        assert after.cells.equals(before.cells)
        assert (after.hidden, after.merged) == (before.hidden, before.merged)
        assert not after.locked
    assert done.content == converted(read_foreign(old), name, "new.xlsx").content


def test_its_looks_and_its_sentences():
    opened = open_book_file(FILES / "made.xls")
    done = converted(read_foreign(opened), "made.xls", "made.xlsx")
    workbook = load_workbook(io.BytesIO(done.content))
    first = workbook["客户"]
    assert first["B5"].number_format == "0.00%"
    assert first["B1"].number_format == "@"
    assert first["B9"].number_format == "[h]:mm:ss"
    assert first.column_dimensions["B"].width == pytest.approx(24, abs=1)
    assert workbook["隐藏"].sheet_state == "hidden"
    assert [each.template for each in done.notes if "formula" in each.template] == [
        "{count:,} formulas stand in {name} with their last results."
    ]
    # LibreOffice writes a truth value as a formula.
    assert done.notes[-1].arguments["count"] == 3


def test_it_can_be_patched():
    content = made(sheet((1, 1, "客户名称", "General"), (2, 1, "杭州曜筠", "@")))
    patched = patch_workbook(
        content, {"客户": SheetEdits(1, {(2, "A"): "杭州曜筠有限公司"}, new_columns={"B": "编号"})}, "a"
    )
    new = load_workbook(io.BytesIO(patched.content))["客户"]
    assert [[cell.value for cell in row] for row in new.iter_rows()] == [
        ["客户名称", "编号"],
        ["杭州曜筠有限公司", None],
    ]


def test_what_no_workbook_knows_is_written_in_words(tmp_path):
    old = dt.date(1850, 5, 1)
    path = put(tmp_path, "a.xlsx", made(sheet((1, 1, old, "yyyy/m/d"), (1, 2, CellError("#N/A"), "General"))))
    assert open_book_file(path).sheets[0].cells.loc[1].tolist() == ["1850-05-01", CellError("#N/A")]
    with pytest.raises(CellRefused):
        made(sheet((1, 1, "x" * 40_000, "General")))


def test_overlapping_merges_and_doubled_cells(tmp_path):
    content = made(
        sheet(
            (2, 1, "first", "General"),
            (1, 1, "above", 'bad"\n'),
            (2, 1, "second", "General"),
            merged=("A1:B2", "B2:C3", "D4:D4", "E1:XFD1048576", "E1:F1"),
        )
    )
    new = open_book_file(put(tmp_path, "a.xlsx", content)).sheets[0]
    assert new.cells["A"].tolist() == ["above", "second"]
    assert new.merged == ("A1:B2", "E1:F1")


def test_the_first_visible_sheet_is_shown():
    cells = ((1, 1, "x", "General"),)
    hidden = sheet(*cells, state="veryHidden")
    shown = ForeignSheet("看得见", [1], [1], ["y"], ["General"])
    workbook = load_workbook(io.BytesIO(made(hidden, shown)))
    assert [each.sheet_state for each in workbook.worksheets] == ["veryHidden", "visible"]
    assert workbook.active.title == "看得见"
    assert load_workbook(io.BytesIO(made(hidden))).worksheets[0].sheet_state == "visible"


@pytest.mark.e2e("soffice")
def test_libreoffice_opens_it_with_the_same_values(tmp_path):
    import subprocess

    for name in ("made.xls", "made.ods"):
        old = open_book_file(FILES / name)
        put(tmp_path, f"{name}.xlsx", converted(read_foreign(old), name, "new.xlsx").content)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "ods"]
    names = [str(tmp_path / f"{name}.xlsx") for name in ("made.xls", "made.ods")]
    subprocess.run([*command, "--outdir", str(tmp_path / "out"), *names], check=True, capture_output=True)
    for name in ("made.xls", "made.ods"):
        again = found(open_book_file(Path(tmp_path / "out" / f"{name}.ods")))
        read = found(open_book_file(FILES / name))
        skip = {"很早"}  # LibreOffice has no 29th of February 1900
        assert {each: again[each] for each in read if each not in skip} == {
            each: value for each, value in read.items() if each not in skip
        }
