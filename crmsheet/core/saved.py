"""Settles a workbook that a library saved: the values that its formulas would show, and no trace of the clock."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_MODIFIED = re.compile(r"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_FORMULA = re.compile(r'<c r="([A-Z]+[0-9]+)"((?: [a-z]+="[^"]*")*)>(<f[^>]*>[^<]*</f>)<v ?(?:/>|></v>)</c>')
_SHEET = re.compile(r'<sheet [^>]*?name="([^"]*)"[^>]*? r:id="([^"]*)"')
_TARGET = re.compile(r"<Relationship ([^>]*)/>")


def settled(workbook: bytes, cached: Mapping[str, Mapping[str, Any]], day: dt.date) -> bytes:
    """The workbook with the value of each formula: `cached` gives them per sheet, by place.

    Members carry no time and the properties carry `day`, so the same book is always the same bytes.
    """
    with ZipFile(io.BytesIO(workbook)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for sheet, values in cached.items():
        member = _members(parts)[sheet]
        parts[member] = _with_values(parts[member].decode(), values).encode()
    core = parts["docProps/core.xml"].decode()
    parts["docProps/core.xml"] = _MODIFIED.sub(rf"\g<1>{day.isoformat()}T00:00:00Z\g<3>", core).encode()
    page = io.BytesIO()
    with ZipFile(page, "w", ZIP_DEFLATED, compresslevel=9) as package:
        for name, content in parts.items():
            timeless = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            timeless.compress_type = ZIP_DEFLATED
            package.writestr(timeless, content, compresslevel=9)
    return page.getvalue()


def _members(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Sheet name to the member that holds it."""
    targets = {}
    for attributes in _TARGET.findall(parts["xl/_rels/workbook.xml.rels"].decode()):
        pairs = dict(re.findall(r'(\w+)="([^"]*)"', attributes))
        targets[pairs["Id"]] = "xl/" + pairs["Target"].removeprefix("/xl/")
    return {name: targets[rid] for name, rid in _SHEET.findall(parts["xl/workbook.xml"].decode())}


def _with_values(text: str, values: Mapping[str, Any]) -> str:
    def fill(match: re.Match[str]) -> str:
        place, attributes, formula = match.groups()
        value = values[place]
        kind = ' t="str"' if isinstance(value, str) else ""
        return f'<c r="{place}"{attributes}{kind}>{formula}<v>{escape(str(value))}</v></c>'

    return _FORMULA.sub(fill, text)
