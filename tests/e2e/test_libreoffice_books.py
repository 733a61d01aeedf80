"""Whole nights on decorated books: LibreOffice opens what we wrote, and nothing that people made is lost."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.cell.cell import MergedCell
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill

from crmsheet.cli.main import run
from crmsheet.sample import EXAMPLE_DAY, make_book

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

pytestmark = [
    pytest.mark.e2e("soffice"),
    pytest.mark.xdist_group("libreoffice-books"),  # opened once, not once a worker
]
BOOKS = ("客户.xlsx", "customers.xlsx", "one-sheet.xlsx", "macros.xlsm")
MACROS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no real project, but its bytes must stay"
SOURCE = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"


@dataclass(frozen=True, slots=True)
class Night:
    """A book before and after its night, what the night said it changed, and the lists of the owners."""

    before: bytes
    path: Path
    changes: list[dict[str, Any]]
    lists: tuple[Path, ...]


def with_macros(book: bytes) -> bytes:
    """The workbook as a macro workbook: a VBA project is part of its package."""
    page = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "[Content_Types].xml":
                kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
                content = content.replace(kind, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
                project = (
                    b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
                )
                content = content.replace(b"</Types>", project + b"</Types>")
            if name == "xl/_rels/workbook.xml.rels":
                link = f'<Relationship Id="rIdVba" Type="{SOURCE}" Target="vbaProject.bin"/>'.encode()
                content = content.replace(b"</Relationships>", link + b"</Relationships>")
            new.writestr(name, content)
        new.writestr("xl/vbaProject.bin", MACROS)
    return page.getvalue()


def decorated(path: Path) -> None:
    """A book of one sheet with conditional formats, a named range, merged cells and a comment beside the table."""
    make_book(path, customers=30, today=EXAMPLE_DAY, seed=6, mess=1.5, layout="one_sheet")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    red = PatternFill("solid", bgColor="FFFFC7CE")
    sheet.conditional_formatting.add("H2:H31", CellIsRule(operator="lessThan", formula=["100"], fill=red))
    sheet.column_dimensions["B"].width = 33
    sheet.row_dimensions[3].height = 40
    book.save(path)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Night]:
    folder = tmp_path_factory.mktemp("books")
    made = {}
    for seed, name in enumerate(BOOKS, 3):
        desk = folder / str(seed)
        desk.mkdir()
        path = desk / name
        if name == BOOKS[3]:
            decorated(desk / "plain.xlsx")
            path.write_bytes(with_macros((desk / "plain.xlsx").read_bytes()))
        else:
            options = {"lang": "en"} if name == BOOKS[1] else {"layout": "one_sheet"} if name == BOOKS[2] else {}
            make_book(path, customers=40, today=EXAMPLE_DAY, seed=seed if seed != 5 else 6, mess=1.5, **options)
        (desk / "crmsheet.toml").write_text('[nightly]\nmerge = "sure"\n', "utf-8")
        before = path.read_bytes()
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            today = EXAMPLE_DAY.isoformat()
            assert run(["nightly", str(path), "--write", "--today", today, "-f", "json", "--reveal"]) == 0
        lists = tuple(each for each in desk.rglob("*.xlsx") if each.is_file() and each.parent != desk)
        made[name] = Night(before, path, json.loads(out.getvalue())["changes"], lists)
    return made


def converted(files: list[Path], kind: str, folder: Path) -> Path:
    """The folder with the files as LibreOffice reads and saves them, all in one start of the program."""
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    target = folder / kind
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(target), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return target


@pytest.fixture(scope="module")
def opened(nights: Mapping[str, Night], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What LibreOffice made of every book and list, as workbooks and as pages."""
    folder = tmp_path_factory.mktemp("office")
    files = []
    for night in nights.values():
        for each in (night.path, *night.lists):
            files.append(folder / f"{night.path.stem}-{each.stem}{each.suffix}")
            shutil.copyfile(each, files[-1])
    converted(files, "xlsx", folder)
    converted(files[:2], "pdf", folder)
    return folder


def plain(value: Any) -> Any:
    """A cell as both programs can tell it: midnight is its date, and numbers are numbers."""
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value.replace(microsecond=0)
    if isinstance(value, bool):
        return value
    return float(value) if isinstance(value, int | float) else value


def cells(book: Workbook) -> dict[tuple[str, str], Any]:
    return {
        (sheet.title, cell.coordinate): plain(cell.value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None and not isinstance(cell, MergedCell)
    }


@pytest.mark.parametrize("name", BOOKS)
def test_libreoffice_reads_the_values_that_we_wrote(nights, opened, name):
    night = nights[name]
    ours = cells(openpyxl.load_workbook(night.path))
    theirs = cells(
        openpyxl.load_workbook(opened / "xlsx" / f"{night.path.stem}-{night.path.stem}.xlsx", data_only=True)
    )
    told = {place: value for place, value in ours.items() if not (isinstance(value, str) and value.startswith("="))}
    assert len(told) > 500
    different = {place: (value, theirs.get(place)) for place, value in told.items() if theirs.get(place) != value}
    assert not different
    written = [each for each in night.changes if each["kind"] == "set"]
    assert written
    for each in written:
        value = ours[each["sheet"], each["cell"]]
        shown = value.isoformat() if isinstance(value, dt.date) else value
        assert shown == each["after"] or float(shown) == float(each["after"]), each


def test_libreoffice_prints_them(opened):
    pages = sorted((opened / "pdf").iterdir())
    assert len(pages) == 2
    assert all(each.read_bytes().startswith(b"%PDF") and each.stat().st_size > 5000 for each in pages)


def test_libreoffice_opens_every_list_of_an_owner(nights, opened):
    lists = [(night, each) for night in nights.values() for each in night.lists]
    assert len(lists) >= 8
    for night, each in lists:
        ours = cells(openpyxl.load_workbook(each))
        theirs = cells(openpyxl.load_workbook(opened / "xlsx" / f"{night.path.stem}-{each.stem}.xlsx", data_only=True))
        told = {place: value for place, value in ours.items() if not (isinstance(value, str) and value.startswith("="))}
        assert told
        assert {place: theirs.get(place) for place in told} == told, each.name


def ornaments(book: Workbook) -> dict[str, Any]:
    """What people put around their cells, by sheet."""
    return {
        sheet.title: {
            "choices": sorted(
                (str(each.type), str(each.formula1), str(each.sqref).split(":")[0])
                for each in sheet.data_validations.dataValidation
            ),
            "formats": sorted(
                (str(each.sqref).split(":")[0], [rule.type for rule in each.rules])
                for each in sheet.conditional_formatting
            ),
            "tables": sorted((name, ref.split(":")[0]) for name, ref in sheet.tables.items()),
            "frozen": sheet.freeze_panes,
            "merged": sorted(map(str, sheet.merged_cells.ranges)),
            "comments": sorted((c.coordinate, c.comment.text) for row in sheet.iter_rows() for c in row if c.comment),
            "widths": {letters: each.width for letters, each in sheet.column_dimensions.items()},
            "heights": {row: each.height for row, each in sheet.row_dimensions.items() if each.height},
            "charts": len(sheet._charts),
            "state": sheet.sheet_state,
        }
        for sheet in book.worksheets
    }


def styles(book: Workbook, places: set[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    return {
        (sheet, cell): (book[sheet][cell].number_format, book[sheet][cell].font.b, book[sheet][cell].fill.fgColor.rgb)
        for sheet, cell in places
    }


@pytest.mark.parametrize("name", BOOKS)
def test_nothing_that_people_made_is_lost(nights, name):
    night = nights[name]
    old = openpyxl.load_workbook(io.BytesIO(night.before), keep_vba=True)
    new = openpyxl.load_workbook(night.path, keep_vba=True)
    assert new.sheetnames == old.sheetnames
    assert {each: old.defined_names[each].attr_text for each in old.defined_names} == {
        each: new.defined_names[each].attr_text for each in new.defined_names
    }
    before, after = ornaments(old), ornaments(new)
    for sheet, found in before.items():
        for kind, what in found.items():
            if isinstance(what, dict):
                assert what.items() <= after[sheet][kind].items(), (sheet, kind)
            else:
                assert after[sheet][kind] == what, (sheet, kind)
    assert any(each["choices"] for each in before.values()) or name in BOOKS[2:]
    assert any(each["frozen"] for each in before.values()) or name in BOOKS[2:]
    untouched = set(cells(old)) - {(each["sheet"], each["cell"]) for each in night.changes}
    assert styles(new, untouched) == styles(old, untouched)
    left, right = cells(old), cells(new)
    assert {place: right.get(place) for place in untouched} == {place: left[place] for place in untouched}


def without_growth(workbook: bytes) -> bytes:
    workbook = re.sub(rb"<calcPr[^>]*/>", b"", workbook)
    return re.sub(rb"(_FilterDatabase[^<]*?\$[A-Z]+\$\d+):[^<]*", rb"\1", workbook)


@pytest.mark.parametrize("name", BOOKS)
def test_every_part_without_a_change_is_byte_for_byte_what_it_was(nights, name):
    night = nights[name]
    with zipfile.ZipFile(io.BytesIO(night.before)) as old, zipfile.ZipFile(night.path) as new:
        assert new.namelist() == old.namelist()
        assert new.testzip() is None
        changed = {each for each in old.namelist() if old.read(each) != new.read(each)}
        book = openpyxl.load_workbook(io.BytesIO(night.before))
        numbers = {sheet: at for at, sheet in enumerate(book.sheetnames, 1)}
        sheets = {f"xl/worksheets/sheet{numbers[each['sheet']]}.xml" for each in night.changes}
        beside = {each for each in old.namelist() if each.startswith("xl/tables/")} | {"xl/styles.xml"}
        assert changed - {"xl/workbook.xml"} <= sheets | beside, changed
        assert changed >= sheets
        # The workbook says that formulas are to be computed anew; where a table is filtered, its range may grow.
        left, right = (archive.read("xl/workbook.xml") for archive in (old, new))
        assert without_growth(left) == without_growth(right)
        if name == BOOKS[3]:
            assert new.read("xl/vbaProject.bin") == MACROS


@pytest.mark.parametrize("name", BOOKS[:3])
def test_the_rows_of_merged_losers_are_hidden_and_say_where_they_went(nights, opened, name):
    night = nights[name]
    retired = [each for each in night.changes if each["kind"] == "retire"]
    assert retired
    for path in (night.path, opened / "xlsx" / f"{night.path.stem}-{night.path.stem}.xlsx"):
        book = openpyxl.load_workbook(path)
        for each in retired:
            sheet = book[each["sheet"]]
            assert sheet.row_dimensions[each["row"]].hidden
            row = [cell.value for cell in sheet[each["row"]]]
            assert each["after"]["merged_into"] in row or float(each["after"]["merged_into"]) in row
        hidden = {row for row, found in book[retired[0]["sheet"]].row_dimensions.items() if found.hidden}
        before = openpyxl.load_workbook(io.BytesIO(night.before))[retired[0]["sheet"]]
        already = {row for row, found in before.row_dimensions.items() if found.hidden}
        assert hidden == already | {each["row"] for each in retired}
