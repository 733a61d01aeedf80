"""What a workbook holds beside values, counted from the XML of its parts: the measure of what a program lost."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping
from xml.parsers import expat

_BY_ELEMENT: Mapping[str, str] = {
    "chartSpace": "charts", "ser": "chart series", "twoCellAnchor": "drawings", "oneCellAnchor": "drawings",
    "absoluteAnchor": "drawings", "sp": "shapes", "cxnSp": "shapes", "grpSp": "shapes", "pic": "pictures",
    "comment": "comments", "threadedComment": "threaded comments", "pivotTableDefinition": "pivots",
    "pivotCacheDefinition": "pivots", "slicer": "slicers", "slicerCacheDefinition": "slicers", "timeline": "slicers",
    "dataValidation": "validations", "cfRule": "conditional formats", "sparkline": "sparklines",
    "definedName": "names", "rPr": "rich text", "rPh": "phonetic text", "hyperlink": "links", "mergeCell": "merges",
    "table": "tables", "autoFilter": "filters", "filterColumn": "filters", "sheetProtection": "protection",
    "protectedRange": "protection", "f": "formulas", "oleObject": "objects", "control": "controls",
    "externalBook": "external links", "connection": "connections", "queryTable": "connections", "scenario": "scenarios",
    "customSheetView": "views", "pane": "views", "ext": "extensions", "rowBreaks": "page breaks",
    "colBreaks": "page breaks", "ignoredError": "ignored errors",
}  # fmt: skip
"""Local name of an element -> the feature it counts for."""

_BY_FOLDER: Mapping[str, str] = {
    "media": "media", "embeddings": "objects", "ctrlprops": "controls", "activex": "controls",
    "printersettings": "printer settings", "customxml": "custom XML", "diagrams": "diagrams", "model": "models",
    "richdata": "pictures", "webextensions": "extensions",
}  # fmt: skip
_BINARIES = {"vbaproject.bin": "macros", "vbadata.xml": "macros"}


def features(content: bytes) -> Counter[str]:
    """How many of each feature a workbook holds; what cannot be parsed is counted by its folder alone."""
    found: Counter[str] = Counter()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            folders, _, name = entry.filename.replace("\\", "/").lower().rpartition("/")
            raw = archive.read(entry)
            for folder in folders.split("/"):
                if folder in _BY_FOLDER:
                    found[_BY_FOLDER[folder]] += 1
            if name in _BINARIES:
                found[f"{_BINARIES[name]} {hashlib.sha256(raw).hexdigest()[:8]}"] += 1
            if name.endswith((".xml", ".vml")):
                found += _of_part(raw)
    return found


def lost(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """The features of which there are fewer."""
    return sorted(name for name, count in before.items() if after.get(name, 0) < count)


def _of_part(raw: bytes) -> Counter[str]:
    found: Counter[str] = Counter()
    cell: list[bool] = []  # whether the open cell has a formula and a cached result
    inside: list[str] = []  # the element whose text comes

    def start(name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if local == "c":
            cell[:] = [False, False]
        elif local == "f" and "chart" not in space and "excel/2006/main" not in space:
            cell[:1] = [True]
        inside[:] = [local]
        if local == "f" and ("chart" in space or "excel/2006/main" in space):
            return
        feature = _BY_ELEMENT.get(local)
        if feature and not (local == "table" and "spreadsheetml" not in space):
            found[f"x14 {feature}" if "spreadsheetml/2009" in space else feature] += 1
        del attributes

    def text(said: str) -> None:
        if inside == ["v"] and said.strip():
            cell[1:] = [True]

    def end(name: str) -> None:
        inside.clear()
        if name.rpartition(" ")[2] == "c" and cell == [True, True]:
            found["cached results"] += 1

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(raw, True)
    except expat.ExpatError:
        return Counter()
    return found


def parts(content: bytes) -> dict[str, bytes]:
    """Member -> the packed bytes as they stand in the file, with the way they are packed."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            start = entry.header_offset
            lengths = content[start + 26 : start + 30]
            begin = start + 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
            packed = content[begin : begin + entry.compress_size]
            found[entry.filename] = bytes([entry.compress_type]) + packed
    return found


def root_of(packed: bytes) -> str:
    """The local name of the root of a member as `parts` gives it; '' if it is no XML."""
    raw = packed[1:] if packed[0] == zipfile.ZIP_STORED else zlib.decompress(packed[1:], -15)
    found = re.search(rb"<(?:[\w.-]+:)?([\w.-]+)[\s/>]", raw[:4000])
    return found[1].decode() if found else ""
