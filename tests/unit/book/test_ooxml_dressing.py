"""Looks, rules, links, protection, new sheets and names: they are added, and nothing that is there is touched."""

import io
import re
import zipfile
from xml.parsers import expat

import openpyxl
import pytest

from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.ooxml.order import SHEET
from crmsheet.book.opened import Choices, Highlight, Look, SheetEdits, WorkbookEdits
from crmsheet.book.opening import open_book_file
from crmsheet.book.patching import patch
from crmsheet.core.cells import Formula
from crmsheet.core.errors import CellRefused, PatchRefused
from tests.unit.book.ooxml_made import APP, MAIN, PACKAGE, ROWS, relationships, workbook

TAIL = (
    '<sheetProtection sheet="0"/><autoFilter ref="A1:C3"/><mergeCells count="1"><mergeCell ref="H1:I1"/></mergeCells>'
    '<conditionalFormatting sqref="A2:A3"><cfRule type="duplicateValues" priority="4"/></conditionalFormatting>'
    '<dataValidations count="1"><dataValidation type="list" sqref="C2:C3"><formula1>"a"</formula1></dataValidation>'
    '</dataValidations><hyperlinks><hyperlink ref="A2" location="客户!C2"/></hyperlinks>'
    '<pageMargins left="1" right="1" top="1" bottom="1" header="0" footer="0"/>'
)


def patched(content, book=None, **edits):
    edits.setdefault("header_row", 1)
    return patch_workbook(content, {"客户": SheetEdits(**edits)}, "book.xlsx", book).content


def member(content, name="xl/worksheets/sheet1.xml"):
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def opened(content, name="客户"):
    return openpyxl.load_workbook(io.BytesIO(content))[name]


def refusal(content, book=None, **edits):
    with pytest.raises((CellRefused, PatchRefused)) as caught:
        patched(content, book, **edits)
    return caught.value.facts["reason"].template


def children_of(content, name="xl/worksheets/sheet1.xml"):
    """The children of the root, by a parser."""
    found, depth = [], 0

    def start(tag, _):
        nonlocal depth
        if depth == 1:
            found.append(tag.rpartition(":")[2])
        depth += 1

    def end(_):
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(member(content, name).encode(), True)
    return found


ALL = {
    "looks": {"B2:B3": Look(fill="ffff00", colour="FF0000", bold=True, number_format="0.000", locked=False)},
    "highlights": (Highlight("A2:C3", "=$B2>1", Look(fill="00FF00", colour="0000FF", bold=True)),),
    "choices": (
        Choices("D2:D9", ("高", '低"x')),
        Choices("E2:E9", source="等级", strict=False, title="级", prompt="选"),
    ),
    "links": {(2, "C"): "https://example.com/?a=1&b=2", (3, "C"): "#客户!A1"},
    "protect": True,
}


@pytest.mark.parametrize("tail", ["", TAIL])
def test_everything_is_added_in_its_place_and_what_was_there_stays(tail):
    content = workbook(tail=tail)
    new = patched(content, WorkbookEdits(names={"等级": "客户!$A$2:$A$3"}), **ALL)
    order = children_of(new)
    assert [SHEET.index(name) for name in order] == sorted(SHEET.index(name) for name in order)
    sheet = opened(new)
    cell = sheet["B2"]
    assert (cell.fill.fgColor.rgb, cell.font.color.rgb, cell.font.b) == ("FFFFFF00", "FFFF0000", True)
    assert (cell.number_format, cell.protection.locked, cell.value) == ("0.000", False, 1)
    assert sheet["B3"].fill.fgColor.rgb == "FFFFFF00"  # a cell that was not there
    assert sheet["C2"].number_format == "mm-dd-yy"
    assert sheet.protection.sheet
    rules = {str(each.sqref): each.rules[0] for each in sheet.conditional_formatting}
    assert (rules["A2:C3"].formula, rules["A2:C3"].dxf.fill.bgColor.rgb) == (["$B2>1"], "FF00FF00")
    assert rules["A2:C3"].priority == (5 if tail else 1)
    lists = {str(each.sqref): each for each in sheet.data_validations.dataValidation}
    assert lists["D2:D9"].formula1 == '"高,低""x"'
    named = lists["E2:E9"]
    assert (named.formula1, named.errorStyle, named.prompt) == ("等级", "warning", "选")
    assert sheet["C2"].hyperlink.target == "https://example.com/?a=1&b=2"
    assert sheet["C3"].hyperlink.location == "客户!A1"
    assert openpyxl.load_workbook(io.BytesIO(new)).defined_names["等级"].value == "客户!$A$2:$A$3"
    if tail:
        assert {"A2:A3"} <= rules.keys()
        assert {"C2:C3"} <= lists.keys()
        assert sheet["A2"].hyperlink.location == "客户!C2"
        assert '<dataValidations count="3">' in member(new)
    styles = member(new, "xl/styles.xml")
    for holder, entry in (("fonts", "font"), ("fills", "fill"), ("cellXfs", "xf"), ("dxfs", "dxf")):
        inside = re.search(rf'<{holder} count="(\d+)">(.*?)</{holder}>', styles)
        assert int(inside[1]) == len(re.findall(rf"<{entry}[ >]", inside[2])), holder
    old = re.search(r"<cellXfs[^>]*>(.*)</cellXfs>", member(content, "xl/styles.xml"))[1]
    assert re.search(r"<cellXfs[^>]*>(.*)</cellXfs>", styles)[1].startswith(old)


def test_only_looks_touch_the_styles():
    content = workbook(tail=TAIL)
    new = patched(content, choices=(Choices("E2:E3", ("a",)),))
    assert member(new, "xl/styles.xml") == member(content, "xl/styles.xml")
    assert patched(content, protect=False) is content


def test_a_look_keeps_the_rest_of_a_format():
    content = workbook()
    new = patched(content, looks={"C2:C3": Look(locked=False), "A2": Look(bold=True), "A2:B2": Look(fill="EEEEEE")})
    sheet = opened(new)
    assert (sheet["C2"].number_format, sheet["C2"].protection.locked) == ("mm-dd-yy", False)
    assert (sheet["A2"].number_format, sheet["A2"].font.b, sheet["A2"].fill.fgColor.rgb) == ("@", True, "FFEEEEEE")
    again = patched(new, looks={"C2": Look(locked=True)})
    assert opened(again)["C2"].protection.locked
    assert member(again, "xl/styles.xml").count("<protection") == 3  # one that was there, two that were added


def test_looks_reach_cells_and_rows_that_are_not_written():
    bare = "<row/><row><c><v>1</v></c><c><v>2</v></c></row><row r='5' spans='1:1'/>"
    new = patched(workbook(bare), looks={"A2:D2": Look(fill="FF0000"), "B5:B6": Look(bold=True)}, cells={(2, "C"): 9})
    sheet = opened(new)
    assert [sheet.cell(2, column).value for column in range(1, 5)] == [1, 2, 9, None]
    assert {sheet.cell(2, column).fill.fgColor.rgb for column in range(1, 5)} == {"FFFF0000"}
    assert sheet["B5"].font.b
    assert sheet["B6"].font.b


def test_looks_in_a_prefixed_sheet():
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c></x:row></x:sheetData>'
        "</x:worksheet>"
    )
    new = patched(workbook(sheet=sheet), looks={"A2:B2": Look(fill="FF0000")}, links={(2, "A"): "mailto:a@b.cn"})
    assert "<x:hyperlinks><x:hyperlink " in member(new)
    read = opened(new)
    assert (read["A2"].value, read["B2"].fill.fgColor.rgb) == (1, "FFFF0000")


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        ({"choices": (Choices("C3:E3", ("a",)),)}, "some of its cells have a rule for what may be typed already"),
        ({"choices": (Choices("D2:D3", ("x" * 128, "y" * 127)),)},
         "its choices have more than {limit} characters: put them into cells and name the range"),
        ({"choices": (Choices("D2", ("a,b",)),)}, "a list inside a rule needs words, and none with a comma"),
        ({"choices": (Choices("D2"),)}, "a list inside a rule needs words, and none with a comma"),
        ({"choices": (Choices("D2", ("a",), title="t" * 33),)},
         "its text to show has {length} characters, more than {limit}"),
        ({"choices": (Choices("D:D", ("a",)),)}, "it is no range of cells such as B2:B90"),
        ({"links": {(2, "A"): "https://b.cn"}}, "it has a link already"),
        ({"links": {(2, "B"): "#"}}, "its link leads nowhere or is too long"),
        ({"links": {(2, "B"): "https://a.cn/" + "x" * 2080}}, "its link leads nowhere or is too long"),
        ({"links": {(2, "B"): "https://a.cn/\x01"}}, "its link leads nowhere or is too long"),
        ({"highlights": (Highlight("B2", "=", Look(bold=True)),)},
         "its formula is empty, too long or holds control characters"),
        ({"looks": {"A1:XFD1000": Look(bold=True)}}, "it has too many cells for a look of their own"),
    ],
)  # fmt: skip
def test_what_cannot_be_added_is_refused(edits, reason):
    assert refusal(workbook(tail=TAIL), **edits) == reason


def test_a_list_of_255_characters_is_the_longest():
    assert patched(workbook(), choices=(Choices("D2", ("x" * 127, "y" * 127)),))


def test_choices_of_excel_2010_are_seen():
    tail = (
        '<extLst><ext xmlns:x14="urn:x"><x14:dataValidations xmlns:xm="urn:m"><x14:dataValidation>'
        "<xm:sqref>B2:B3</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    content = workbook(tail=tail)
    assert "already" in refusal(content, choices=(Choices("B3:B9", ("a",)),))
    assert children_of(patched(content, choices=(Choices("B4:B9", ("a",)),)))[-2:] == ["dataValidations", "extLst"]


def test_what_is_wrapped_for_older_programs_keeps_its_place():
    tail = (
        '<mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice Requires="x14"><controls/></mc:Choice></mc:AlternateContent>'
        '<tableParts count="0"/>'
    )
    new = patched(workbook(tail=tail), choices=(Choices("B4:B9", ("a",)),))
    assert children_of(new)[-3:] == ["dataValidations", "AlternateContent", "tableParts"]


def test_a_protected_sheet_is_dressed_only_by_force():
    content = workbook(tail='<sheetProtection sheet="1" password="ABCD"/>')
    assert "protected" in refusal(content, looks={"A2": Look(bold=True)})
    new = patched(content, looks={"A2": Look(bold=True)}, protect=True, force=True)
    assert '<sheetProtection sheet="1" password="ABCD"/>' in member(new)


def test_new_sheets_stand_behind_the_others_and_hold_what_they_are_given():
    content = workbook(extra={"xl/worksheets/Sheet2.xml": "<x/>"})
    edits = {
        "选项": SheetEdits(1, {(1, "A"): "阶段", (2, "A"): "潜在", (3, "A"): 5}, looks={"A1": Look(bold=True)}),
        "客户": SheetEdits(1, choices=(Choices("D2:D9", source="阶段"),)),
    }
    book = WorkbookEdits(("选项", "空 & 表"), {"阶段": "选项!$A$2:$A$3"})
    new, receipt, _ = patch_workbook(content, edits, "b", book)
    read = openpyxl.load_workbook(io.BytesIO(new))
    assert read.sheetnames == ["客户", "选项", "空 & 表"]
    assert [cell.value for cell in read["选项"]["A"]] == ["阶段", "潜在", 5]
    assert read["选项"]["A1"].font.b
    assert read.defined_names["阶段"].value == "选项!$A$2:$A$3"
    assert receipt.sheets["选项"].cells == 3
    ids = re.findall(r'sheetId="(\d+)"', member(new, "xl/workbook.xml"))
    assert ids == ["7", "8", "9"]
    assert member(new, "xl/worksheets/Sheet2.xml") == "<x/>"
    assert "/xl/worksheets/sheet3.xml" in member(new, "[Content_Types].xml")


@pytest.mark.parametrize("name", ["客户", "", "x" * 32, "a/b", "'a", "History", "a\nb"])
def test_names_of_sheets_are_checked(name):
    with pytest.raises(PatchRefused):
        patch_workbook(workbook(), {}, "b", WorkbookEdits((name,)))


def test_a_protected_structure_takes_no_sheets():
    content = workbook(properties='<workbookProtection lockStructure="1"/>')
    with pytest.raises(PatchRefused):
        patch_workbook(content, {}, "b", WorkbookEdits(("新",)))


@pytest.mark.parametrize("name", ["A1", "R1C1", "r", "a b", "1a", "", "n"])
def test_names_of_ranges_are_checked(name):
    content = workbook(book='<definedNames><definedName name="N">客户!$A$1</definedName></definedNames><calcPr/>')
    with pytest.raises(PatchRefused):
        patch_workbook(content, {}, "b", WorkbookEdits(names={name: "客户!$A$1"}))
    new = patch_workbook(content, {}, "b", WorkbookEdits(names={"阶段": "=客户!$A$2"})).content
    names = openpyxl.load_workbook(io.BytesIO(new)).defined_names
    assert {key: each.value for key, each in names.items()} == {"N": "客户!$A$1", "阶段": "客户!$A$2"}


STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def test_a_strict_workbook_gets_strict_parts():
    content = workbook(base=STRICT)
    strict = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(strict, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(MAIN.encode(), STRICT_MAIN.encode()))
    edits = {"新": SheetEdits(0, {(1, "A"): "x"}, links={(1, "A"): "https://b.cn"})}
    new = patch_workbook(strict.getvalue(), edits, "b", WorkbookEdits(("新",))).content
    assert STRICT_MAIN in member(new, "xl/worksheets/sheet2.xml")
    assert f'Type="{STRICT}/worksheet"' in member(new, "xl/_rels/workbook.xml.rels")
    assert f'Type="{STRICT}/hyperlink"' in member(new, "xl/worksheets/_rels/sheet2.xml.rels")


CHAINED = workbook(
    '<row r="1"><c r="A1"><v>2</v></c><c r="B1"><f>A1*2</f><v>4</v></c><c r="C1"><f t="shared" ref="C1:C2" si="0">A1'
    '</f><v>2</v></c></row><row r="2"><c r="A2" s="3" t="inlineStr"><is><t>x</t></is></c>'
    '<c r="C2"><f t="shared" si="0"/><v>0</v></c><c r="D2"><f t="array" ref="D2">A1</f><v>2</v></c></row>',
    extra={
        "xl/calcChain.xml": f'<calcChain xmlns="{MAIN}"><c r="B1" i="1"/><c r="C1"/></calcChain>',
        "xl/_rels/workbook.xml.rels": relationships(
            [("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("calcChain", "calcChain.xml")]
        ),
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{APP}sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{APP}worksheet+xml"/>'
        f'<Override PartName="/xl/calcChain.xml" ContentType="{APP}calcChain+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{APP}styles+xml"/></Types>',
    },
)  # fmt: skip


def test_formulas_are_written_and_the_calculation_chain_goes():
    new = patched(CHAINED, cells={(3, "A"): Formula('=SUM(A1:A2)&"<"'), (2, "A"): Formula("A1+1")})
    sheet = opened(new)
    assert sheet["A3"].value == '=SUM(A1:A2)&"<"'
    assert (sheet["A2"].value, sheet["A2"].number_format) == ("=A1+1", "General")  # in a text cell it would be text
    with zipfile.ZipFile(io.BytesIO(new)) as archive:
        assert "xl/calcChain.xml" not in archive.namelist()
        assert archive.testzip() is None
    for part in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        assert "calcChain" not in member(new, part)
    assert 'fullCalcOnLoad="1"' in member(new, "xl/workbook.xml")


def test_the_chain_stays_where_no_formula_comes_or_goes():
    new = patched(CHAINED, cells={(1, "A"): 3})
    assert member(new, "xl/calcChain.xml") == member(CHAINED, "xl/calcChain.xml")
    assert 'fullCalcOnLoad="1"' in member(new, "xl/workbook.xml")


def test_formulas_are_overwritten_only_by_force():
    for place in ((1, "B"), (2, "C"), (2, "D")):
        assert refusal(CHAINED, cells={place: 7}) == "it holds a formula"
    new = patched(CHAINED, cells={(1, "B"): 7, (2, "C"): None, (2, "D"): Formula("A1")}, force=True)
    sheet = opened(new)
    assert [sheet[place].value for place in ("B1", "C1", "C2", "D2")] == [7, "=A1", None, "=A1"]
    assert "calcChain" not in member(new, "[Content_Types].xml")


def test_the_first_cell_of_a_shared_formula_stays_even_by_force():
    assert refusal(CHAINED, cells={(1, "C"): 7}, force=True) == "other cells take their formula from it"


@pytest.mark.parametrize("text", ["", "=", "A1\x01", "A" * 8193])
def test_formulas_that_no_cell_can_keep_are_refused(text):
    assert "formula" in refusal(workbook(), cells={(2, "B"): Formula(text)})


def test_locked_cells_and_rows_yield_to_force():
    content = workbook(ROWS, tail='<sheetProtection sheet="1" password="ABCD"/>')
    new = patched(content, cells={(2, "B"): 5}, hide=frozenset({3}), force=True)
    assert opened(new)["B2"].value == 5
    assert opened(new).row_dimensions[3].hidden
    assert '<sheetProtection sheet="1" password="ABCD"/>' in member(new)


def test_a_book_gets_new_sheets_and_a_folder_of_csv_files_does_not(tmp_path):
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook())
    edits = {"选项": SheetEdits(0, {(1, "A"): "甲"}, more=(SheetEdits(0, {(2, "A"): "乙"}),))}
    done = patch(open_book_file(path), edits, WorkbookEdits(("选项",)))
    assert [cell.value for cell in opened(done.files[""], "选项")["A"]] == ["甲", "乙"]
    assert [each.name for each in done.receipt.parts.changed if not each.before] == ["xl/worksheets/sheet2.xml"]
    (tmp_path / "b.csv").write_text("a\n1\n")
    with pytest.raises(PatchRefused):
        patch(open_book_file(tmp_path / "b.csv"), {}, WorkbookEdits(("选项",)))


def test_looks_alone_in_a_sheet_without_rows():
    edits = {"新": SheetEdits(0, looks={"A2:B3": Look(fill="FF0000")})}
    new = patch_workbook(workbook(), edits, "b", WorkbookEdits(("新",)))
    assert {cell.fill.fgColor.rgb for row in opened(new.content, "新")["A2:B3"] for cell in row} == {"FFFF0000"}
    assert "</row></sheetData>" in member(new.content, "xl/worksheets/sheet2.xml")


def test_a_colour_is_a_colour():
    with pytest.raises(ValueError, match="RRGGBB"):
        Look(fill="red")
