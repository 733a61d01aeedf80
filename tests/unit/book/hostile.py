"""Files that were made to harm: bombs, lies, loops, tricks. Each is small on the disk and quick to make."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl import Workbook

from tests.unit.book.made import MAIN, changed, saved, with_sheet_data

MB = 1 << 20
SECRET = "the-secret-of-another-file"
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)
XLSB_HEAD = {
    "_rels/.rels": (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
        b'Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>'
    ),
    "xl/_rels/workbook.bin.rels": (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
        b'Type="x/worksheet" Target="sheet.bin"/><Relationship Id="s" Type="x/sharedStrings" Target="s.bin"/>'
        b"</Relationships>"
    ),
}


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file and what may become of it: it must be refused, or `harmless` it may be read for what it is."""

    name: str
    content: bytes
    harmless: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name.replace("/", "-").replace("\\", "_"))


def zipped(parts: dict[str, bytes], **options: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


class Squeezed:
    """A member that is mostly the same few bytes: packed once, put into many files."""

    def __init__(self, head: bytes, again: bytes, times: int, tail: bytes) -> None:
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        block = again * max(1, 65536 // len(again))
        rounds = max(1, times * len(again) // len(block))
        self.crc = zlib.crc32(head)
        out = [packer.compress(head)]
        for _ in range(rounds):
            out.append(packer.compress(block))
            self.crc = zlib.crc32(block, self.crc)
        out.append(packer.compress(tail) + packer.flush())
        self.crc = zlib.crc32(tail, self.crc)
        self.size = len(head) + rounds * len(block) + len(tail)
        self.packed = b"".join(out)


def with_member(content: bytes, name: str, member: Squeezed, *, copies: int = 1, size: int = -1) -> bytes:
    """The package with a member put in by hand, listed `copies` times over the same bytes, with a size of its own."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        parts = {each: old.read(each) for each in old.namelist() if each != name}
    stream = io.BytesIO(zipped(parts))
    raw = stream.getvalue()
    end = raw.rfind(b"PK\x05\x06")
    count, length, start = struct.unpack_from("<HLL", raw, end + 10)
    size = member.size if size < 0 else size
    fields = (20, 0, 8, 0, 0x21, member.crc, len(member.packed), size)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", *fields, len(name), 0) + name.encode() + member.packed
    central = b""
    for copy in range(copies):
        label = (name if not copy else f"xl/media/{copy}.xml").encode()
        central += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, *fields, len(label), 0, 0, 0, 0, 0, start) + label
    directory = raw[start : start + length] + central
    tail = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, count + copies, count + copies, len(directory), start + len(local), 0
    )
    return raw[:start] + local + directory + tail


def hostile() -> Iterator[Hostile]:
    """All of them."""
    yield from _bombs(good())
    yield from _entities(good())
    yield from _cells()
    yield from _parts(good())
    yield from _others()


def good() -> bytes:
    """A workbook with nothing wrong."""
    workbook = Workbook()
    for row in range(1, 40):
        workbook.active.append([f"客户{row}", row * 1.5, "13800138000"])
    return saved(workbook)


def _bombs(whole: bytes) -> Iterator[Hostile]:
    cell, row = b"<c/>", b'<row r="1"/>'
    sheet = Squeezed(b'<worksheet xmlns="%s"><sheetData><row>' % MAIN.encode(), cell, 300 * MB // 4, b"</row>")
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "_rels/.rels"):
        yield Hostile(f"bomb {name}.xlsx", with_member(whole, name, sheet))
    yield Hostile("bomb overlapping.xlsx", with_member(whole, "xl/media/0.xml", sheet, copies=2000))
    yield Hostile("bomb beside.xlsx", with_member(whole, "xl/media/0.xml", sheet), harmless=True)
    smaller = Squeezed(b'<worksheet xmlns="%s"><sheetData>' % MAIN.encode(), row, 60 * MB // len(row), b"</sheetData>")
    yield Hostile("bomb of rows.xlsx", with_member(whole, "xl/worksheets/sheet1.xml", smaller), harmless=True)
    for size in (0, 1, 10, 0xFFFFFFFE, 0xFFFFFFFF):
        yield Hostile(f"size {size}.xlsx", with_member(whole, "xl/worksheets/sheet1.xml", smaller, size=size))
    nested = whole
    for _ in range(5):
        nested = zipped({"a.zip": nested, "b.zip": nested})
    yield Hostile("nested.xlsx", nested)
    content = Squeezed(b"<a>", b"<table:table-row/>", 300 * MB // 18, b"</a>")
    ods = zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b""})
    yield Hostile("bomb.ods", with_member(ods, "content.xml", content))
    xlsb = zipped({**XLSB_HEAD, "xl/workbook.bin": b""})
    zeros = Squeezed(b"", bytes(4096), 300 * MB // 4096, b"")
    yield Hostile("bomb.xlsb", with_member(xlsb, "xl/workbook.bin", zeros))


def _entities(whole: bytes) -> Iterator[Hostile]:
    around = {
        "xl/worksheets/sheet1.xml": '<worksheet xmlns="{m}"><sheetData><row r="1"><c r="A1" t="inlineStr">'
        '<is><t>{e}</t></is></c><c r="B1"><f>1</f></c></row></sheetData></worksheet>',
        "xl/workbook.xml": '<workbook xmlns="{m}"><sheets>{e}</sheets></workbook>',
        "xl/sharedStrings.xml": '<sst xmlns="{m}"><si><t>{e}</t></si></sst>',
        "xl/styles.xml": '<styleSheet xmlns="{m}"><numFmts>{e}</numFmts></styleSheet>',
        "xl/_rels/workbook.xml.rels": "<Relationships>{e}</Relationships>",
    }
    outside = '<!DOCTYPE x [<!ENTITY j SYSTEM "secret.txt">]>'
    remote = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'
    shared = around["xl/worksheets/sheet1.xml"].format(m=MAIN, e="1")
    shared = shared.replace('t="inlineStr"><is><t>1</t></is>', 't="s"><v>0</v>')
    strings = changed(whole, {"xl/worksheets/sheet1.xml": shared.encode()})
    for name, template in around.items():
        for kind, head in (("laughs", LAUGHS), ("outside", outside), ("remote", remote)):
            xml = head + template.format(m=MAIN, e="&j;" if kind != "remote" else "1")
            # What is declared and not used does no harm: the reader of shared strings passes it over.
            harmless = kind == "remote" and name in ("xl/sharedStrings.xml", "xl/styles.xml")
            yield Hostile(f"{kind} {name}.xlsx", changed(strings, {name: xml.encode()}), harmless)
    for kind, head in (("laughs", LAUGHS), ("outside", outside)):
        ods = (
            f"{head}<office:document-content><table:table><text:p>&j;</text:p></table:table></office:document-content>"
        )
        yield Hostile(
            f"{kind}.ods",
            zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": ods.encode()}),
        )
        xml = (
            f'<?xml version="1.0"?>{head}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">&j;</Workbook>'
        )
        yield Hostile(f"{kind}.xls", xml.encode())


def _cells() -> Iterator[Hostile]:
    for place in ("BAAAA1", "XFE1", "A1048577", "A99999999999", "A4294967297", "ZZZZZZZZ1", "A0"):
        one = f"<row><c r='{place}'><v>1</v></c></row>"
        yield Hostile(f"place {place}.xlsx", with_sheet_data(f"<sheetData>{one}</sheetData>"))
        two = f"<row r='1'><c r='A1'><v>1</v></c><c r='{place}'><v>1</v></c></row>"
        yield Hostile(f"place {place} behind.xlsx", with_sheet_data(f"<sheetData>{two}</sheetData>"))
    wide = "".join("<c><v>1</v></c>" for _ in range(1_000_000))
    yield Hostile("million columns.xlsx", with_sheet_data(f"<sheetData><row>{wide}</row></sheetData>"))
    yield Hostile("row number.xlsx", with_sheet_data("<sheetData><row r='9999999'><c><v>1</v></c></row></sheetData>"))
    text = "<sheetData><row r='1'><c r='A1' t='s'><v>{}</v></c></row></sheetData>"
    for index in ("7", "-1", "99999999999999999999", "x"):
        yield Hostile(f"string {index}.xlsx", with_sheet_data(text.format(index)))
    deep = "<sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData>" + "<x>" * 1_000_000 + "</x>" * 1_000_000
    yield Hostile("nested elements.xlsx", with_sheet_data(deep), harmless=True)
    inside = "<sheetData>" + "<row>" * 500_000 + "</row>" * 500_000 + "</sheetData>"
    yield Hostile("nested rows.xlsx", with_sheet_data(inside), harmless=True)
    lie = "<worksheet xmlns='{main}'><dimension ref='A1:XFD1048576'/>{data}</worksheet>"
    ends = "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c {}r='XFD1048576'><v>1</v></c></row>"
    for name, first in (("dimension", ""), ("dimension by events", "s='0' ")):
        data = f"<sheetData>{ends.format(first)}</sheetData>"
        yield Hostile(f"{name}.xlsx", with_sheet_data(data, lie), harmless=True)
    far = "".join(
        f"<row r='{n * 100}'><c r='A{n * 100}'><v>1</v></c><c r='XFD{n * 100}'><v>1</v></c></row>"
        for n in range(1, 10_000)
    )
    yield Hostile("diagonal.xlsx", with_sheet_data(f"<sheetData>{far}</sheetData>"), harmless=True)


def _parts(whole: bytes) -> Iterator[Hostile]:
    for name in (
        "../evil.xml",
        "/etc/evil.xml",
        "C:\\evil.xml",
        "..\\evil.xml",
        "xl\\..\\..\\evil.xml",
        "XL/Workbook.xml",
    ):
        yield Hostile(f"name {name}.xlsx", changed(whole, {name: b"x"}))
    twice = io.BytesIO(whole)
    with zipfile.ZipFile(twice, "a") as archive:
        archive.NameToInfo.pop("xl/worksheets/sheet1.xml")
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")
    yield Hostile("twice.xlsx", twice.getvalue())
    with zipfile.ZipFile(io.BytesIO(whole)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for name in parts:
        less = {each: content for each, content in parts.items() if each != name}
        spare = name in (
            "[Content_Types].xml",
            "docProps/app.xml",
            "docProps/core.xml",
            "xl/theme/theme1.xml",
            "xl/styles.xml",
        )
        usual = name == "_rels/.rels"
        yield Hostile(f"without {name}.xlsx", zipped(less), harmless=spare or usual)
        yield Hostile(f"empty {name}.xlsx", zipped({**parts, name: b""}), harmless=spare)
        noise = random.Random(name).randbytes(300)
        yield Hostile(f"noise {name}.xlsx", zipped({**parts, name: noise}), harmless=spare)
    types = parts["[Content_Types].xml"].replace(b"spreadsheetml", b"wordprocessingml")
    yield Hostile("types.xlsx", zipped({**parts, "[Content_Types].xml": types}), harmless=True)
    rels = parts["xl/_rels/workbook.xml.rels"]
    for target in (b"/xl/workbook.xml", b"_rels/workbook.xml.rels", b"../../../../etc/passwd", b"http://127.0.0.1:9/"):
        turned = rels.replace(b"/xl/worksheets/sheet1.xml", target)
        yield Hostile(
            f"rels {target.decode()}.xlsx", changed(whole, {"xl/_rels/workbook.xml.rels": turned}), harmless=True
        )
    root = parts["_rels/.rels"].replace(b"xl/workbook.xml", b"_rels/.rels")
    yield Hostile("cyclic.xlsx", changed(whole, {"_rels/.rels": root}))
    for twentieth in range(20):
        yield Hostile(f"cut {5 * twentieth}.xlsx", whole[: len(whole) * twentieth // 20])
    chance = random.Random(4)
    for number in range(40):
        flipped = bytearray(whole)
        for _ in range(3):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        yield Hostile(f"flipped {number}.xlsx", bytes(flipped), harmless=True)
    locked = bytearray(whole)
    at = locked.find(b"PK\x01\x02")
    while at >= 0:
        locked[at + 8] |= 1
        at = locked.find(b"PK\x01\x02", at + 4)
    yield Hostile("encrypted members.xlsx", bytes(locked))


def record(code: int, body: bytes = b"") -> bytes:
    """A record of an .xls."""
    return struct.pack("<HH", code, len(body)) + body


def xls_stream(*sheet: bytes, around: bytes = b"") -> bytes:
    """The stream of an .xls with one sheet of these records."""
    bof = struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)
    bound = record(0x85, struct.pack("<IBBBB", 0, 0, 0, 1, 0) + b"A")
    begin = record(0x809, bof) + around
    place = len(begin) + len(bound) + 4
    bound = record(0x85, struct.pack("<IBBBB", place, 0, 0, 1, 0) + b"A")
    inner = record(0x809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
    return begin + bound + record(0x0A) + inner + b"".join(sheet) + record(0x0A)


def binary(code: int, body: bytes) -> bytes:
    """A record of an .xlsb."""
    number = bytes([code]) if code < 128 else bytes([code & 0x7F | 0x80, code >> 7])
    length, left = b"", len(body)
    while True:
        length += bytes([left & 0x7F | (0x80 if left > 127 else 0)])
        left >>= 7
        if not left:
            return number + length + body


def xlsb(*sheet: bytes, strings: bytes = b"") -> bytes:
    """An .xlsb with one sheet of these records."""
    name = struct.pack("<I", 1) + "r".encode("utf-16-le") + struct.pack("<I", 1) + "A".encode("utf-16-le")
    book = binary(156, struct.pack("<II", 0, 1) + name)
    return zipped({**XLSB_HEAD, "xl/workbook.bin": book, "xl/sheet.bin": b"".join(sheet), "xl/s.bin": strings})


def ods(table: str) -> bytes:
    """An .ods whose one table is given."""
    spaces = "xmlns:office='o' xmlns:table='t' xmlns:text='x'"
    xml = (
        f"<office:document-content {spaces}><table:table table:name='A'>{table}</table:table></office:document-content>"
    )
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": xml.encode()})


def _others() -> Iterator[Hostile]:
    number = struct.pack("<HHHd", 65535, 65535, 0, 1.0)
    yield Hostile("far cell.xls", xls_stream(record(0x203, number)))
    yield Hostile("cut record.xls", xls_stream(record(0x203, b"\0\0")))
    yield Hostile("no such string.xls", xls_stream(record(0xFD, struct.pack("<HHHI", 0, 0, 0, 5))))
    many = record(0xFC, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF) + b"\1\0\0A")
    yield Hostile("count of strings.xls", xls_stream(record(0xFD, struct.pack("<HHHI", 0, 0, 0, 0)), around=many), True)
    endless = xls_stream(record(0x203, struct.pack("<HHHd", 0, 0, 0, 1.0)))[:-4]
    yield Hostile("endless.xls", endless)
    yield Hostile("merged.xls", xls_stream(record(0xE5, struct.pack("<5H", 1, 65535, 0, 65535, 0))), True)
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    for shift in (9, 12, 0, 200):
        header[30] = shift
        yield Hostile(f"compound {shift}.xls", bytes(header) + bytes(5000))
    loop = bytearray(header)
    loop[30:34] = b"\x09\0\x06\0"
    struct.pack_into("<I", loop, 44, 1)
    struct.pack_into("<I", loop, 48, 1)
    struct.pack_into("<109I", loop, 76, 0, *[0xFFFFFFFF] * 108)
    entry = "Workbook".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HB", 18, 2).ljust(64, b"\0")
    yield Hostile("looping.xls", bytes(loop) + struct.pack("<128I", *[1] * 128) + entry * 4)

    row = binary(0, struct.pack("<IIHBBB", 0x7FFFFFFF, 0, 0, 0, 0, 0))
    real = binary(5, struct.pack("<IId", 0x7FFFFFFF, 0, 1.0))
    yield Hostile("far cell.xlsb", xlsb(row, real))
    yield Hostile("no such string.xlsb", xlsb(binary(0, bytes(13)), binary(7, struct.pack("<III", 0, 0, 9))))
    yield Hostile("long text.xlsb", xlsb(binary(0, bytes(13)), binary(6, struct.pack("<III", 0, 0, 0x7FFFFFFF))))
    yield Hostile("long record.xlsb", xlsb(b"\x05\xff\xff\xff\x7f\0"))
    yield Hostile("cut cell.xlsb", xlsb(binary(0, bytes(13)), binary(5, b"\0")))

    cell = "<table:table-cell office:value-type='float' office:value='1' table:number-columns-repeated='{}'/>"
    rows = "<table:table-row table:number-rows-repeated='{}'>{}</table:table-row>"
    yield Hostile("repeated.ods", ods(rows.format(1048576, cell.format(16384))))
    yield Hostile("repeated often.ods", ods(rows.format(1000, cell.format(16384)) * 50))
    yield Hostile("repeated more.ods", ods(rows.format(10**30, cell.format(10**30))))
    yield Hostile("beyond.ods", ods(rows.format(1048576, cell.format(1)) * 2))
    yield Hostile("no number.ods", ods(rows.format("x", cell.format("y"))))
    spaces = "<table:table-cell office:value-type='string'><text:p>" + "<text:s text:c='1000000000'/>" * 10_000
    yield Hostile("spaces.ods", ods(f"<table:table-row>{spaces}</text:p></table:table-cell></table:table-row>"), True)
    yield Hostile("nested tables.ods", ods("<table:table>" * 200_000 + "</table:table>" * 200_000), True)
    yield Hostile("spanned.ods", ods(rows.format(1, cell.format("1' table:number-columns-spanned='99999999"))), True)

    page = "<html><table>{}</table></html>"
    yield Hostile("spans.xls", page.format("<tr>" + "<td colspan=99999 rowspan=99999>1" * 2000).encode(), True)
    yield Hostile("tables.xls", page.format("<table><tr><td>" * 100_000).encode(), True)
    for piece in ("<", "<!--", "<a b=", "&#", "<![CDATA[", "<td>", "</", "<?", "<!", '<td a="'):
        yield Hostile(
            f"page {piece.encode().hex()}.xls", page.format("<tr><td>1</td></tr>" + piece * 100_000).encode(), True
        )
    yield Hostile("no table.xls", b"<html><body>" + b"<p>1</p>" * 100_000)
    for name, whole in (
        ("a.xls", xls_stream(record(0x203, struct.pack("<HHHd", 0, 0, 0, 1.0)))),
        ("a.xlsb", xlsb(binary(0, bytes(13)), binary(5, struct.pack("<IId", 0, 0, 1.0)))),
        ("a.ods", ods(rows.format(1, cell.format(1)))),
    ):
        for twentieth in range(20):
            yield Hostile(f"cut {twentieth} {name}", whole[: len(whole) * twentieth // 20], True)
