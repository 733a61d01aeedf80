"""Workbooks written by hand, part by part."""

import io
import re
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
APP = "application/vnd.openxmlformats-officedocument.spreadsheetml."
XF = '<xf numFmtId="{}" fontId="0" fillId="0" borderId="0" xfId="0">{}</xf>'
UNLOCKED = '<protection locked="0"/>'

ROWS = (
    '<row r="1" spans="1:3"><c r="A1" t="inlineStr"><is><t>名称</t></is></c><c r="B1" s="2" t="inlineStr"><is>'
    "<t>手机</t></is></c>"
    '<c r="C1" s="3" t="inlineStr"><is><t>日期</t></is></c></row>'
    '<row r="2" spans="1:3" ht="20" customHeight="1"><c r="A2" s="3" t="inlineStr"><is><t>甲</t></is></c>'
    '<c r="B2"><v>1</v></c>'
    '<c r="C2" s="1"><v>45000</v></c></row>'
    '<row r="3" spans="1:3" ht="22" customHeight="1"><c r="A3" t="inlineStr"><is><t>乙</t></is></c>'
    '<c r="C3" s="1"><v>45001</v></c></row>'
)


def relationships(kinds, base=DOC):
    inner = "".join(
        f'<Relationship Id="rId{n}" Type="{base}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(kinds, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'


def workbook(
    rows=ROWS,
    *,
    head="",
    tail="",
    book="",
    properties="",
    extra=None,
    sheet=None,
    base=DOC,
    styles=True,
    links=(),
    deflate=True,
):
    """The bytes of a workbook with the sheet 客户; `links` are relations of the sheet, `extra` further members."""
    xfs = [XF.format(0, ""), XF.format(14, ""), XF.format(0, UNLOCKED), XF.format(49, "")]
    kinds = [("worksheet", "worksheets/sheet1.xml")] + ([("styles", "styles.xml")] if styles else [])
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{APP}sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{APP}worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{APP}styles+xml"/></Types>',
        "_rels/.rels": relationships([("officeDocument", "xl/workbook.xml")], base),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{base}">{properties}<sheets>'
        f'<sheet name="客户" sheetId="7" r:id="rId1"/></sheets>'
        f"{book}</workbook>",
        "xl/_rels/workbook.xml.rels": relationships(kinds, base),
        "xl/worksheets/sheet1.xml": sheet
        or f'<?xml version="1.0"?>\n<worksheet xmlns="{MAIN}" xmlns:r="{base}">{head}<sheetData>{rows}'
        f"</sheetData>{tail}</worksheet>",
        "xl/vbaProject.bin": "\x00macro",
        **(extra or {}),
    }
    if styles:
        parts["xl/styles.xml"] = (
            f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/></font></fonts>'
            f'<fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
            f'<patternFill patternType="gray125"/></fill></fills>'
            f'<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/>'
            f'</cellStyleXfs><cellXfs count="{len(xfs)}">{"".join(xfs)}</cellXfs><cellStyles count="1">'
            f'<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
        )
    else:
        parts["[Content_Types].xml"] = re.sub(
            r'<Override PartName="/xl/styles.xml"[^>]*>', "", parts["[Content_Types].xml"]
        )
    if links:
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = relationships(links, base)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()
