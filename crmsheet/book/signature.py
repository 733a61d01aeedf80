"""What a file is, told by its content and not by its name."""

from __future__ import annotations

import re
import struct

from crmsheet.core.messages import N_, Message

XLSX = "xlsx"
XLS = "xls"
HTML = "html"
FODS = "fods"
XML2003 = "xml2003"
ENCRYPTED = "encrypted"
TEXT = "text"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", N_("a PDF document")),
    (b"\x89PNG", N_("a picture")),
    (b"\xff\xd8\xff", N_("a picture")),
    (b"GIF8", N_("a picture")),
    (b"BM", N_("a picture")),
    (b"II*\0", N_("a picture")),
    (b"MM\0*", N_("a picture")),
    (b"\x1f\x8b\x08", N_("a compressed archive; unpack it first")),
    (b"7z\xbc\xaf\x27\x1c", N_("a compressed archive; unpack it first")),
    (b"Rar!", N_("a compressed archive; unpack it first")),
    (b"{\\rtf", N_("a text document (RTF)")),
    (b"SQLite format 3", N_("a database")),
    (b"PAR1", N_("a Parquet file")),
    (b"\x09\x00\x04\x00", N_("a workbook of an Excel before 97; save it as .xlsx")),
    (b"\x09\x02\x06\x00", N_("a workbook of an Excel before 97; save it as .xlsx")),
    (b"\x09\x04\x06\x00", N_("a workbook of an Excel before 97; save it as .xlsx")),
)
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style)\b", re.IGNORECASE | re.DOTALL
)
_MARKUP = re.compile(rb"\s*<(?:\?xml|[a-z][\w.-]*[\s:>])", re.IGNORECASE)
_WEB_ARCHIVE = re.compile(rb"MIME-Version:", re.IGNORECASE)
_FILEPASS = 0x002F
_BOFS = (0x0009, 0x0209, 0x0409, 0x0809)


def signature(content: bytes) -> tuple[str, Message | None]:
    """What the bytes are: a zip package (XLSX, to be looked into), another kind, or '' and what else it is."""
    if content.startswith(_OLE):
        return _compound(content)
    if _has_password(content[:512]):
        return ENCRYPTED, None
    if content[:2] == b"\x09\x08" and content[4:6] in (b"\x00\x05", b"\x00\x06"):
        return XLS, None
    if content.startswith(_ZIP):
        return XLSX, None
    begin = content[:4096]
    for magic, name in _OTHERS:
        # Two letters are no proof: a picture's header goes on with zero bytes.
        if content.startswith(magic) and (len(magic) > 2 or b"\0" in content[:16]):
            return "", Message(name)
    if _HTML.match(begin.lstrip(b"\xef\xbb\xbf")):
        return HTML, None
    if _WEB_ARCHIVE.match(begin):
        return "", Message(N_("a web archive saved under another name; open it and save it as .xlsx"))
    if b"urn:schemas-microsoft-com:office:spreadsheet" in begin:
        return XML2003, None
    if b"urn:oasis:names:tc:opendocument" in begin and b"<office:document" in begin:
        return FODS, None
    if _MARKUP.match(begin.lstrip(b"\xef\xbb\xbf")):
        return "", Message(N_("an XML file"))
    return (TEXT, None) if looks_like_text(begin) else ("", Message(N_("binary content of an unknown kind")))


def looks_like_text(begin: bytes) -> bool:
    """Whether bytes can be text of some encoding: no control characters but those of text; UTF-16 allowed."""
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    zeros = begin.count(0)
    if zeros:
        # UTF-16 without a mark: the zeros of line ends and Latin letters stand on one side of the pairs.
        even = begin[::2].count(0)
        text = begin[: len(begin) // 2 * 2].decode("utf-16-be" if 2 * even > zeros else "utf-16-le", "replace")
        strange = sum(each == "\ufffd" or each < "\t" for each in text)
        return max(even, zeros - even) > 0.95 * zeros and strange * 100 <= len(text)
    odd = sum(begin.count(code) for code in range(32) if code not in (9, 10, 11, 12, 13, 26, 27))
    return odd * 50 <= len(begin)


def _compound(content: bytes) -> tuple[str, Message | None]:
    """What an OLE compound file holds (MS-CFB): old workbooks, Word documents, encrypted packages."""
    if _stream(content, "EncryptedPackage") is not None:
        return ENCRYPTED, None
    for name in ("Workbook", "Book", "WORKBOOK", "BOOK"):
        stream = _stream(content, name)
        if stream is not None:
            if _has_password(stream):
                return ENCRYPTED, None
            return XLS, None
    if _stream(content, "WordDocument") is not None:
        return "", Message(N_("a Word document"))
    return "", Message(N_("a document of an old Office format"))


def _stream(content: bytes, name: str) -> bytes | None:
    """The first sector of a named stream of a compound file, found by its directory entry."""
    label = name.encode("utf-16-le") + b"\0\0"
    at = content.find(label, 512)
    while at >= 0:
        entry = content[at : at + 128]
        if len(entry) == 128 and at % 128 == 0 and int.from_bytes(entry[64:66], "little") == len(label):
            size = 1 << min(content[30], 16)
            start = (int.from_bytes(entry[116:120], "little") + 1) * size
            return content[start : start + size]
        at = content.find(label, at + 2)
    return None


def _has_password(stream: bytes) -> bool:
    """Whether a BIFF stream is encrypted: a FILEPASS record among its first (MS-XLS 2.4.117)."""
    at = 0
    for _ in range(8):
        if at + 4 > len(stream):
            return False
        code, length = struct.unpack_from("<HH", stream, at)
        if at == 0 and code not in _BOFS:
            return False
        if code == _FILEPASS:
            return True
        at += 4 + length
    return False
