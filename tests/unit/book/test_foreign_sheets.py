"""Which sheets differ: values, formulas and looks count, the numbers that a program gives them do not."""

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

from crmsheet.book.foreign_sheets import SheetChanges, changed_sheets
from crmsheet.book.opened import Choices, Highlight, Look, SheetEdits, WorkbookEdits
from crmsheet.book.opening import open_files
from crmsheet.book.patching import patch
from crmsheet.core.cells import Formula
from tests.unit.book.producers import by_openpyxl, by_xlsxwriter

NOTHING = SheetChanges()
ONLY_CUSTOMERS = SheetChanges(changed=frozenset({"客户"}))


def opened(content):
    return open_files(Path("book.xlsx"), {"": content})


def changes(one, other, **options):
    return changed_sheets(opened(one), opened(other), **options)


def resaved(content, change=lambda book: None):
    """The workbook as openpyxl saves it."""
    book = openpyxl.load_workbook(io.BytesIO(content), rich_text=True)
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plain(seed=by_openpyxl):
    """A workbook that openpyxl saves without losing anything."""

    def looks(book):
        sheet = book["客户"]
        sheet["B2"].font = Font(bold=True, color="FF0000")
        sheet["B3"].fill = PatternFill("solid", "FFFF00")
        sheet["B4"].border = Border(bottom=Side("thin"))
        sheet["B5"].alignment = Alignment(horizontal="center", wrap_text=True)
        sheet["C2"].number_format = "0.000"
        sheet.column_dimensions["A"].width = 25
        sheet.row_dimensions[3].height = 40
        sheet["E3"] = "=SUM(C2:C6)"

    return resaved(seed(), looks)


def test_the_same_bytes_are_no_change():
    assert changes(by_xlsxwriter(), by_xlsxwriter()) == NOTHING
    assert changes(plain(), resaved(plain())) == NOTHING


EDITS = {
    "a value": SheetEdits(0, {(2, "A"): "别的"}),
    "a number": SheetEdits(0, {(2, "C"): 100.6}),
    "a cleared cell": SheetEdits(0, {(2, "A"): None}),
    "a formula": SheetEdits(0, {(9, "A"): Formula("1+2")}),
    "a fill": SheetEdits(0, looks={"B6": Look(fill="00FF00")}),
    "a fill of an empty cell": SheetEdits(0, looks={"H9": Look(fill="00FF00")}),
    "a font": SheetEdits(0, looks={"B6": Look(bold=True)}),
    "a colour": SheetEdits(0, looks={"B6": Look(colour="00FF00")}),
    "a number format": SheetEdits(0, looks={"C6": Look(number_format="0.0%")}),
    "a lock": SheetEdits(0, looks={"C6": Look(locked=False)}),
    "a hidden row": SheetEdits(0, hide=frozenset({4})),
    "a drop-down": SheetEdits(0, choices=(Choices("H2:H9", ("甲", "乙")),)),
    "a rule": SheetEdits(0, highlights=(Highlight("H2:H9", "H2>1", Look(fill="00FF00")),)),
    "a link": SheetEdits(0, links={(6, "B"): "https://example.com/b"}),
    "protection": SheetEdits(0, protect=True),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("make", [plain, by_xlsxwriter])
def test_an_edit_is_a_change(make, edit):
    content = make()
    assert changes(content, patch(opened(content), {"客户": EDITS[edit]}).files[""]) == ONLY_CUSTOMERS


BY_OPENPYXL = {
    "a width": lambda sheet: setattr(sheet.column_dimensions["B"], "width", 31),
    "a hidden column": lambda sheet: setattr(sheet.column_dimensions["B"], "hidden", True),
    "a height": lambda sheet: setattr(sheet.row_dimensions[4], "height", 55),
    "merged cells": lambda sheet: sheet.merge_cells("H2:I3"),
    "frozen panes": lambda sheet: setattr(sheet, "freeze_panes", "B2"),
    "a comment": lambda sheet: setattr(sheet["B2"], "comment", Comment("新注", "某")),
    "another comment": lambda sheet: setattr(sheet["A2"], "comment", Comment("别的话", "周敏")),
    "another list": lambda sheet: sheet.add_data_validation(DataValidation("whole", "between", "1", "9", sqref="H1")),
    "a print area": lambda sheet: setattr(sheet, "print_area", "A1:C9"),
    "a border": lambda sheet: setattr(sheet["B6"], "border", Border(top=Side("thick", "FF0000"))),
    "an alignment": lambda sheet: setattr(sheet["B6"], "alignment", Alignment(horizontal="right")),
    "a renamed table": lambda sheet: setattr(sheet.tables["客户表"], "ref", "A1:D5"),
    "a chart less": lambda sheet: sheet._charts.clear(),
    "hidden": lambda sheet: setattr(sheet, "sheet_state", "hidden"),
}


@pytest.mark.parametrize("change", BY_OPENPYXL)
def test_what_a_person_changes_is_a_change(change):
    found = changes(plain(), resaved(plain(), lambda book: BY_OPENPYXL[change](book["客户"])))
    assert found == ONLY_CUSTOMERS


def test_other_numbers_for_the_same_formats_and_texts_are_no_change():
    content = by_xlsxwriter()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts = re.findall(rb"<si>.*?</si>", parts["xl/sharedStrings.xml"], re.DOTALL)
    whole = b"".join(reversed(texts))
    parts["xl/sharedStrings.xml"] = re.sub(
        rb"<si>.*</si>", lambda _: whole, parts["xl/sharedStrings.xml"], flags=re.DOTALL
    )
    xfs = re.search(rb"<cellXfs.*?</cellXfs>", parts["xl/styles.xml"])[0]
    first = re.search(rb"<xf [^>]*/>", xfs)[0]
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(xfs, re.sub(rb'count="\d+">', b'count="9">' + first, xfs))
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
        moved = re.sub(rb' s="(\d+)"', lambda match: b' s="%d"' % (int(match[1]) + 1), parts[name])
        parts[name] = re.sub(rb't="s"><v>(\d+)', lambda match: b't="s"><v>%d' % (len(texts) - 1 - int(match[1])), moved)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in parts.items():
            archive.writestr(name, raw)
    assert changes(content, out.getvalue()) == NOTHING
    harmed = patch(opened(out.getvalue()), {"客户": SheetEdits(0, {(2, "A"): "别的"})}).files[""]
    assert changes(content, harmed) == ONLY_CUSTOMERS


def test_the_last_result_of_a_formula_does_not_count():
    content = by_xlsxwriter()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b"<v>1507.5</v>", b"<v>0</v>")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in parts.items():
            archive.writestr(name, raw)
    assert changes(content, out.getvalue()) == NOTHING


def test_sheets_that_came_and_went():
    content = by_openpyxl()
    more = patch(opened(content), {}, WorkbookEdits(("新页",))).files[""]
    found = changes(content, more)
    assert found == SheetChanges(added=frozenset({"新页"}))
    assert changes(more, content) == SheetChanges(gone=frozenset({"新页"}))
    assert found.names == frozenset({"新页"})


def test_only_what_is_asked_for_is_compared():
    content = by_openpyxl()
    other = patch(opened(content), {"客户": SheetEdits(0, {(2, "A"): "别的"})}).files[""]
    assert changes(content, other, only=("汇总",)) == NOTHING


def test_files_of_a_folder_are_compared_by_their_cells():
    base = {"甲.csv": b"a,b\n1,2\n", "乙.csv": b"a\n1\n", "丁.csv": b"x\n"}
    other = {"甲.csv": b"a;b\r\n1;2\r\n", "乙.csv": b"a\n2\n", "丙.csv": b"x\n"}
    one, two = (open_files(Path("books"), files) for files in (base, other))
    assert changed_sheets(one, two) == SheetChanges(frozenset({"乙"}), frozenset({"丙"}), frozenset({"丁"}))


def test_what_is_not_understood_differs_by_its_bytes():
    content = by_openpyxl()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'<row r="3"', b'<row r="2"')
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in parts.items():
            archive.writestr(name, raw)
    damaged = out.getvalue()
    base = opened(content)
    assert changed_sheets(base, type(base)(base.source, base.sheets, {"": damaged})).changed == {"客户"}
