"""A sheet is taken out where nothing reads it; what was there before it was added comes back byte for byte."""

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from crmsheet.book.opened import Choices, Look, SheetEdits, WorkbookEdits
from crmsheet.book.opening import open_files
from crmsheet.book.patching import patch
from crmsheet.core.cells import Formula
from crmsheet.core.errors import PatchRefused, SheetUnknown
from tests.unit.book.ooxml_made import workbook
from tests.unit.book.producers import by_openpyxl, by_xlsxwriter


def opened(content):
    return open_files(Path("book.xlsx"), {"": content})


def without(content, *sheets):
    return patch(opened(content), {}, WorkbookEdits(gone=frozenset(sheets)))


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("make", [by_openpyxl, by_xlsxwriter, workbook])
def test_an_added_sheet_goes_without_a_trace_but_for_formats(make):
    content = make()
    edits = SheetEdits(0, {(1, "A"): "base", (2, "B"): 1.5}, looks={"A1": Look(fill="FFF2CC")})
    edits = {"冲突": edits, "客户": SheetEdits(0, choices=(Choices("K1", ("甲",)),))}
    added = patch(opened(content), edits, WorkbookEdits(("冲突",))).files[""]
    kept = patch(opened(content), {"客户": edits["客户"]}).files[""]
    done = without(added, "冲突")
    before, after = parts(kept), parts(done.files[""])
    assert list(after) == list(before)
    assert [name for name in before if before[name] != after[name]] == ["xl/styles.xml"]
    gone = [each.name for each in done.receipt.parts.changed if not each.after]
    assert len(gone) == 1
    assert gone[0].startswith("xl/worksheets/sheet")


def test_formulas_of_the_sheet_leave_the_chain_and_what_hung_on_it_goes():
    done = without(by_xlsxwriter(), "汇总")
    gone = {each.name for each in done.receipt.parts.changed if not each.after}
    assert {"xl/tables/table1.xml", "xl/worksheets/sheet2.xml"} <= gone
    assert [each.name for each in opened(done.files[""]).sheets] == ["客户"]


def several():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name in ("甲", "乙", "丙"):
        book.add_worksheet(name).print_area("A1:B2")
    book.get_worksheet_by_name("丙").activate()
    book.close()
    return out.getvalue()


def test_those_behind_it_are_known_by_other_numbers():
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(without(several(), "甲", "乙").files[""]))
    assert book.sheetnames == ["丙"]
    assert book["丙"].print_area == "'丙'!$A$1:$B$2"
    assert book.active.title == "丙"


READERS = {
    "a formula": {"汇总": SheetEdits(0, {(5, "E"): Formula("SUM('客户'!A1:A3)+1")})},
    "a drop-down": {"汇总": SheetEdits(0, choices=(Choices("E1", source="=客户!$A$1:$A$3"),))},
    "a link": {"汇总": SheetEdits(0, links={(5, "E"): "#客户!A1"})},
}


@pytest.mark.parametrize("reader", READERS)
def test_a_sheet_that_is_read_stays(reader):
    plain = patch(opened(several()), {}, WorkbookEdits(("客户", "汇总"))).files[""]
    assert without(plain, "客户").files
    read = patch(opened(plain), READERS[reader]).files[""]
    with pytest.raises(PatchRefused, match="汇总 reads the sheet 客户"):
        without(read, "客户")


def test_refusals_have_a_reason():
    with pytest.raises(PatchRefused, match="金额列 reads"):
        without(by_openpyxl(), "客户")
    with pytest.raises(PatchRefused, match="last sheet"):
        without(workbook(), "客户")
    with pytest.raises(SheetUnknown):
        without(workbook(), "没有")
    locked = workbook(properties='<workbookProtection lockStructure="1"/>')
    with pytest.raises(PatchRefused, match="structure"):
        without(locked, "客户")
    folder = open_files(Path("folder"), {"甲.csv": b"a\n1\n", "乙.csv": b"b\n2\n"})
    with pytest.raises(PatchRefused, match="CSV"):
        patch(folder, {}, WorkbookEdits(gone=frozenset({"甲"})))
