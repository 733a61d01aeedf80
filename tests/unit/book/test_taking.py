"""A sheet taken whole from another workbook: what it holds comes along, what ours holds stays, what cannot is said."""

import io
import re
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from crmsheet.book.opened import Choices, Look, SheetEdits, WorkbookEdits
from crmsheet.book.opening import open_files
from crmsheet.book.patching import patch
from crmsheet.core.errors import PatchRefused, SheetUnknown
from tests.unit.book.ooxml_made import DOC, MAIN, workbook
from tests.unit.book.producers import by_openpyxl, by_xlsxwriter


def opened(content):
    return open_files(Path("book.xlsx"), {"": content})


def taken(ours, theirs, *sheets, **edits):
    return patch(opened(ours), edits.get("edits", {}), WorkbookEdits(taken=dict.fromkeys(sheets, theirs)))


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def load(content, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells what it does not know
        return openpyxl.load_workbook(io.BytesIO(content), **options)


def said(done):
    return [str(each.template) for each in done.receipt.notes]


def made(fill, **options):
    """A workbook by XlsxWriter, filled by a function of the workbook."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    fill(book)
    book.close()
    return out.getvalue()


def edited(content, *, sheet="客户", value="改", **more):
    return patch(opened(content), {sheet: SheetEdits(0, {(3, "A"): value}, **more)}).files[""]


@pytest.mark.parametrize("make", [by_openpyxl, by_xlsxwriter, workbook])
def test_what_is_the_same_already_changes_nothing(make):
    content = make()
    done = taken(content, content, "客户")
    assert done.files == {}
    assert done.receipt.parts.changed == ()


@pytest.mark.parametrize("make", [by_openpyxl, by_xlsxwriter, workbook])
def test_a_sheet_of_the_same_origin_comes_back_byte_for_byte(make):
    ours = make()
    theirs = edited(ours, looks={"A3": Look(fill="FFF2CC", number_format="0.000")}, links={(9, "B"): "https://a.test"})
    done = taken(ours, theirs, "客户")
    result, wanted = parts(done.files[""]), parts(theirs)
    assert {name: result[name] == wanted[name] for name in wanted} == dict.fromkeys(wanted, True)
    assert done.receipt.notes == ()
    changed = {each.name for each in done.receipt.parts.changed}
    assert "xl/worksheets/sheet1.xml" in changed
    assert not any("sheet2" in name or "chart" in name or "theme" in name for name in changed)


def test_a_sheet_that_ours_lacks_is_added_behind_the_others():
    def two(book):
        for name in ("乙", "甲", "客户"):
            book.add_worksheet(name).write("A1", name)
        book.get_worksheet_by_name("乙").hide()
        book.get_worksheet_by_name("甲").activate()

    theirs = made(two)
    result = load(taken(by_openpyxl(), theirs, "甲", "乙").files[""])
    assert result.sheetnames == ["客户", "汇总", "乙", "甲"]
    assert [result[name]["A1"].value for name in ("乙", "甲")] == ["乙", "甲"]
    assert result["乙"].sheet_state == "hidden"
    assert not result["甲"].sheet_view.tabSelected  # two chosen tabs would let a user type into both sheets


def test_what_hangs_on_a_sheet_comes_along_and_what_hung_on_the_old_one_goes():
    done = taken(by_openpyxl(), by_xlsxwriter(), "客户")
    result, wanted = load(done.files[""]), load(by_xlsxwriter())
    old, new = wanted["客户"], result["客户"]
    assert [cell.value for row in new for cell in row] == [cell.value for row in old for cell in row]
    assert [cell.number_format for row in new for cell in row] == [cell.number_format for row in old for cell in row]
    assert [cell.font.b for row in new for cell in row] == [cell.font.b for row in old for cell in row]
    assert (len(new._charts), new.freeze_panes, str(new.merged_cells)) == (1, "A2", str(old.merged_cells))
    assert new["A2"].comment.text == "注"
    assert new["A4"].hyperlink.target == "https://example.com"
    assert new.auto_filter.ref == "A1:D6"
    assert new.tables == {}
    names = parts(done.files[""])
    assert not any(name.startswith(("xl/tables/", "xl/comments/")) for name in names)
    types = names["[Content_Types].xml"].decode()
    assert all(name.lstrip("/") in names for name in re.findall(r'PartName="([^"]+)"', types))
    sheet = next(raw for name, raw in names.items() if name == "xl/worksheets/sheet1.xml")
    assert b"sparkline" in sheet


def test_formats_of_others_stay_and_equal_ones_are_used_again():
    ours = by_openpyxl()
    before = parts(ours)["xl/styles.xml"].decode()
    after = parts(taken(ours, by_xlsxwriter(), "客户").files[""])["xl/styles.xml"].decode()
    entries = [
        re.findall(r"<xf .*?(?:/>|</xf>)", re.search(r"<cellXfs.*</cellXfs>", each)[0]) for each in (before, after)
    ]
    assert entries[1][: len(entries[0])] == entries[0]
    again = parts(
        taken(taken(ours, by_xlsxwriter(), "客户").files[""], by_xlsxwriter(), "客户").files.get("", b"") or ours
    )
    assert again.keys() == parts(ours).keys()  # nothing was left to write the second time


def test_a_conditional_format_keeps_its_look():
    result = load(taken(by_xlsxwriter(), by_openpyxl(), "客户").files[""])
    (area,) = result["客户"].conditional_formatting
    assert area.rules[0].dxf.fill.fgColor.rgb == "00FF0000"


def test_texts_that_ours_knows_are_named_and_others_stand_in_the_cell():
    ours, theirs = by_xlsxwriter(), edited(by_xlsxwriter(), value="新的一个")
    xml = parts(taken(ours, theirs, "客户").files[""])
    assert xml["xl/sharedStrings.xml"] == parts(ours)["xl/sharedStrings.xml"]
    sheet = xml["xl/worksheets/sheet1.xml"].decode()
    assert "<is><t>新的一个</t></is>" in sheet
    assert 't="s"' in sheet


def test_rich_text_of_another_table_of_texts_keeps_its_runs():
    result = load(taken(workbook(), by_xlsxwriter(), "客户").files[""], rich_text=True)
    rich = result["客户"]["F2"].value
    assert [str(each) for each in rich] == ["很", "重要", "的"]
    assert rich[1].font.b


def test_a_formula_of_a_sheet_that_is_not_here_leaves_its_result():
    def fill(book):
        sheet = book.add_worksheet("报表")
        sheet.write_formula("A1", "=SUM(别处!A1:A3)", None, 42)
        sheet.write_formula("A2", "=SUM(客户!C2:C6)+A1", None, 7)
        sheet.write_formula("A3", '=IF(A1>0,"别处!A1",1)', None, 1)
        book.add_worksheet("别处")

    done = taken(by_openpyxl(), made(fill), "报表")
    sheet = load(done.files[""])["报表"]
    assert [sheet[place].value for place in ("A1", "A2", "A3")] == [42, "=SUM(客户!C2:C6)+A1", '=IF(A1>0,"别处!A1",1)']
    assert said(done) == ["{sheet}: {count} formulas read what this workbook does not have; their last results stay"]
    assert done.receipt.notes[0].arguments == {"sheet": "报表", "count": 1}
    both = taken(by_openpyxl(), made(fill), "报表", "别处")
    assert said(both) == []
    assert load(both.files[""])["报表"]["A1"].value == "=SUM(别处!A1:A3)"


def test_formulas_that_share_one_go_together():
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">'
        '<c r="A1"><f t="shared" ref="A1:A2" si="0">别处!B1</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row></sheetData></worksheet>'
    )
    result = parts(taken(workbook(), workbook(sheet=sheet), "客户").files[""])["xl/worksheets/sheet1.xml"]
    assert b"<f" not in result
    assert b"<v>1</v>" in result
    assert b"<v>2</v>" in result


def test_rules_and_charts_that_read_elsewhere_read_nothing():
    def fill(book):
        sheet = book.add_worksheet("报表")
        book.add_worksheet("别处")
        sheet.data_validation("A1", {"validate": "list", "source": "=别处!$A$1:$A$9"})
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=别处!$A$1:$A$9"})
        sheet.insert_chart("C3", chart)

    done = taken(by_openpyxl(), made(fill), "报表")
    assert sorted(each.arguments["count"] for each in done.receipt.notes) == [1, 1]
    assert [each.formula1 for each in load(done.files[""])["报表"].data_validations.dataValidation] == ["#REF!"]
    chart = next(
        raw for name, raw in parts(done.files[""]).items() if re.search(r"charts/chart\d", name) and b"lineChart" in raw
    )
    assert b"<c:f>#REF!</c:f>" in chart


def test_names_that_the_sheet_uses_come_along():
    def fill(book):
        sheet = book.add_worksheet("报表")
        sheet.write_formula("A1", "=税率*2", None, 1)
        sheet.print_area("A1:C9")
        sheet.repeat_rows(0)
        book.define_name("税率", "=报表!$C$1")
        book.define_name("没用到", "=报表!$C$2")
        book.define_name("金额列", "=报表!$C$3")
        sheet.write_formula("A2", "=SUM(金额列)", None, 1)

    done = taken(by_openpyxl(), made(fill), "报表")
    result = load(done.files[""])
    assert set(result.defined_names) == {"金额列", "税率"}
    assert result.defined_names["金额列"].attr_text == "客户!$C$2:$C$6"
    assert said(done) == ["the name {name}, which taken sheets use, means something else in this workbook"]
    assert result["报表"].print_area == "'报表'!$A$1:$C$9"
    assert result["报表"].print_title_rows == "$1:$1"


def tabled(name, sheet="报表", *, columns=("项", "数"), formula=""):
    def fill(book):
        page = book.add_worksheet(sheet)
        page.add_table("A1:B3", {"name": name, "columns": [{"header": each} for each in columns]})
        page.write_formula("D1", formula or f"=SUM({name}[数])", None, 3)

    return made(fill)


def test_tables_get_free_names_and_numbers_and_their_formulas_follow():
    result = taken(by_openpyxl(), tabled("客户表"), "报表")
    book = load(result.files[""])
    assert list(book["报表"].tables) == ["客户表_2"]
    assert book["报表"]["D1"].value == "=SUM(客户表_2[数])"
    ids = [table.id for sheet in book.worksheets for table in sheet.tables.values()]
    assert len(set(ids)) == 2


def test_a_table_that_others_read_is_not_lost():
    def fill(book):
        book.add_worksheet("报表").add_table("A1:B3", {"name": "表甲"})
        book.add_worksheet("汇总").write_formula("A1", "=SUM(表甲[Column1])", None, 3)

    with pytest.raises(PatchRefused, match="表甲"):
        taken(made(fill), tabled("表乙"), "报表")
    assert taken(made(fill), tabled("表甲", columns=("Column1", "数")), "报表").files
    with pytest.raises(PatchRefused, match="表甲"):
        taken(made(fill), tabled("表甲"), "报表")


def test_a_colour_of_another_theme_is_written_out():
    ours = by_openpyxl()
    other = parts(by_openpyxl())
    other["xl/theme/theme1.xml"] = other["xl/theme/theme1.xml"].replace(b"4F81BD", b"123456")
    old = b'<fill><patternFill patternType="gray125"/></fill>'
    assert old in other["xl/styles.xml"].replace(b" />", b"/>")
    styles = other["xl/styles.xml"].replace(b" />", b"/>")
    new = b'<fill><patternFill patternType="solid"><fgColor theme="4" tint="0.5"/></patternFill></fill>'
    styles = styles.replace(old, old + new)
    styles = re.sub(
        rb"(<cellXfs.*?)</cellXfs>",
        rb'\1<xf numFmtId="0" fontId="0" fillId="2" borderId="0" xfId="0"/></cellXfs>',
        styles,
    )
    styles = re.sub(rb'<(fills|cellXfs) count="\d+"', rb"<\1", styles)
    count = styles.split(b"<cellXfs")[1].split(b"</cellXfs>")[0].count(b"<xf ") - 1
    other["xl/styles.xml"] = styles
    sheet = other["xl/worksheets/sheet1.xml"]
    other["xl/worksheets/sheet1.xml"] = re.sub(rb'<c r="A2"(?: s="\d+")?', b'<c r="A2" s="%d"' % count, sheet)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in other.items():
            archive.writestr(name, raw)
    done = taken(ours, out.getvalue(), "客户")
    colour = load(done.files[""])["客户"]["A2"].fill.fgColor
    assert (colour.rgb, colour.tint) == ("FF123456", 0.5)


def test_cells_without_a_format_keep_the_plain_one_of_their_workbook():
    def fill(book):
        book.add_worksheet("报表").write("A1", 1)

    theirs = parts(made(fill))
    theirs["xl/styles.xml"] = theirs["xl/styles.xml"].replace(b'<name val="Calibri"/>', b'<name val="Arial"/>', 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in theirs.items():
            archive.writestr(name, raw)
    assert load(taken(by_openpyxl(), out.getvalue(), "报表").files[""])["报表"]["A1"].font.name == "Arial"


def test_edits_of_a_sheet_are_made_after_it_was_taken():
    edits = {"客户": SheetEdits(1, {(2, "A"): "改了"}, appended=({"A": "新"},), last_row=6)}
    done = taken(by_openpyxl(), by_xlsxwriter(), "客户", edits=edits)
    sheet = load(done.files[""])["客户"]
    assert (sheet["A2"].value, sheet["A7"].value, sheet["A3"].value) == ("改了", "新", "客户2")
    assert done.receipt.sheets["客户"].appended == (7,)
    changed = {each.name: each for each in done.receipt.parts.changed}
    assert changed["xl/comments1.xml"].before == ""
    assert changed["xl/comments/comment1.xml"].after == ""


def test_what_the_history_may_know_is_true():
    import hashlib
    import zlib

    done = taken(by_openpyxl(), by_xlsxwriter(), "客户")
    assert done.known
    with zipfile.ZipFile(io.BytesIO(done.files[""])) as archive:
        raw = done.files[""]
        for entry in archive.infolist():
            start = (
                entry.header_offset
                + 30
                + int.from_bytes(raw[entry.header_offset + 26 : entry.header_offset + 28], "little")
            )
            start += int.from_bytes(raw[entry.header_offset + 28 : entry.header_offset + 30], "little")
            packed = raw[start : start + entry.compress_size]
            found = done.known.get(hashlib.sha256(packed).digest())
            if found:
                assert found[0] == zlib.decompress(packed, -15) == archive.read(entry)


def test_macros_stay_and_a_sheet_keeps_the_module_that_ours_has():
    content = (Path(__file__).parents[2] / "data" / "workbooks" / "vba.xlsm").read_bytes()
    name = opened(content).sheets[0].name

    def fill(book):
        book.add_worksheet(name).write("A1", "新")

    result = parts(taken(content, made(fill), name).files[""])
    assert result["xl/vbaProject.bin"] == parts(content)["xl/vbaProject.bin"]
    code = re.search(rb'codeName="(\w+)"', parts(content)["xl/worksheets/sheet1.xml"])[1]
    assert b'codeName="%s"' % code in result["xl/worksheets/sheet1.xml"]


def test_macros_of_a_sheet_that_stay_behind_are_told():
    content = (Path(__file__).parents[2] / "data" / "workbooks" / "vba.xlsm").read_bytes()
    assert said(taken(by_openpyxl(), content, opened(content).sheets[0].name)) == [
        "{sheet}: its own macros did not come along"
    ]


def test_comments_with_answers_bring_their_people():
    person = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    extra = {
        "xl/threadedComments/threadedComment1.xml": f'<ThreadedComments xmlns="{person}"><threadedComment ref="A1" '
        'personId="{1}" id="{2}"><text>好</text></threadedComment></ThreadedComments>',
        "xl/persons/person.xml": f'<personList xmlns="{person}"><person displayName="周敏" id="{{1}}" userId="1" '
        'providerId="None"/><person displayName="别人" id="{9}" userId="9" providerId="None"/></personList>',
    }
    links = [("threadedComment", "../threadedComments/threadedComment1.xml")]
    theirs = parts(workbook(extra=extra, links=links))
    rels = theirs["xl/_rels/workbook.xml.rels"].decode()
    theirs["xl/_rels/workbook.xml.rels"] = rels.replace(
        "</Relationships>", f'<Relationship Id="p" Type="{DOC}/person" Target="persons/person.xml"/></Relationships>'
    ).encode()
    kind = "application/vnd.ms-excel.threadedcomments+xml"
    theirs["[Content_Types].xml"] = theirs["[Content_Types].xml"].replace(
        b"</Types>",
        f'<Override PartName="/xl/threadedComments/threadedComment1.xml" ContentType="{kind}"/></Types>'.encode(),
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in theirs.items():
            archive.writestr(name, raw)
    result = parts(taken(by_openpyxl(), out.getvalue(), "客户").files[""])
    assert "周敏" in result["xl/persons/person.xml"].decode()
    assert result["xl/threadedComments/threadedComment1.xml"] == theirs["xl/threadedComments/threadedComment1.xml"]
    assert b"persons/person.xml" in result["xl/_rels/workbook.xml.rels"]


def test_what_only_the_other_workbook_explains_is_left_and_said():
    pivot = f'<pivotTableDefinition xmlns="{MAIN}" name="p" cacheId="1"><location ref="A1:B2"/></pivotTableDefinition>'
    views = '<customSheetViews><customSheetView guid="{A}"/></customSheetViews>'
    slicers = (
        '<extLst><ext uri="{A8765BA9-456A-4dab-B4F3-ACF838C121DE}" xmlns:x14="urn:x14"><x14:slicerList>'
        '<x14:slicer r:id="rId9"/></x14:slicerList></ext></extLst>'
    )
    theirs = workbook(
        rows='<row r="1"><c r="A1" vm="3" t="e"><v>#VALUE!</v></c></row>',
        tail=views + slicers,
        extra={"xl/pivotTables/pivotTable1.xml": pivot},
        links=[("pivotTable", "../pivotTables/pivotTable1.xml")],
    )
    done = taken(workbook(), theirs, "客户")
    result = parts(done.files[""])
    assert "xl/pivotTables/pivotTable1.xml" not in result
    sheet = result["xl/worksheets/sheet1.xml"]
    assert not any(word in sheet for word in (b"customSheetViews", b"slicer", b"vm="))
    assert sum("pivot tables" in each or "views" in each or "picture" in each for each in said(done)) == 3


def test_dates_of_another_calendar_are_refused_and_other_numbers_taken():
    with pytest.raises(PatchRefused, match="1904"):
        taken(by_xlsxwriter(), by_xlsxwriter(date_1904=True), "客户")

    def fill(book):
        book.add_worksheet("报表").write("A1", 45000)

    assert taken(by_xlsxwriter(), made(fill, date_1904=True), "报表").files


def test_refusals_have_a_reason():
    with pytest.raises(PatchRefused, match="strict"):
        taken(workbook(), strict(), "Sheet1")
    with pytest.raises(SheetUnknown):
        taken(workbook(), workbook(), "没有的")
    locked = workbook(properties='<workbookProtection lockStructure="1"/>')
    with pytest.raises(PatchRefused, match="structure"):
        taken(locked, by_xlsxwriter(), "汇总")
    assert taken(locked, by_xlsxwriter(), "客户").files
    sliced = workbook(links=[("slicer", "../slicers/slicer1.xml")], extra={"xl/slicers/slicer1.xml": "<slicers/>"})
    with pytest.raises(PatchRefused, match="slicers"):
        taken(sliced, workbook(), "客户")


def strict():
    """A workbook in the strict form of the format."""
    return (Path(__file__).parents[2] / "data" / "workbooks" / "SimpleStrict.xlsx").read_bytes()


def test_a_drop_down_list_comes_along():
    theirs = patch(opened(workbook()), {"客户": SheetEdits(0, choices=(Choices("D1", ("甲", "乙")),))}).files[""]
    assert len(load(taken(workbook(), theirs, "客户").files[""])["客户"].data_validations.dataValidation) == 1
