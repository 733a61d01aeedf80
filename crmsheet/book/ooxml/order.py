"""Where an element belongs among its siblings: Excel calls a file damaged whose elements are out of order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from crmsheet.book.ooxml.markup import Part

SHEET = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
)  # fmt: skip
"""The children of a worksheet (ECMA-376 part 1, 18.3.1.99)."""

STYLES = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
)  # fmt: skip
"""The children of a styles part (ECMA-376 part 1, 18.8.39)."""

_TAG = re.compile(rb"""<(/?)([\w.:-]+)(?:[^>"']|"[^"]*"|'[^']*')*?(/?)>""")


def children(part: Part, start: int) -> Iterator[tuple[str, int]]:
    """Local name and end of each child of the root from a place on, which has to be inside the root.

    One that is wrapped for programs of different age (`mc:AlternateContent`) has the name of what it wraps.
    """
    depth, name, wrapped = 0, "", False
    for match in _TAG.finditer(part.scan, start):
        closing, opened, empty = bool(match[1]), match[2].decode(), bool(match[3])
        if closing and depth == 0:
            return
        local = opened.rpartition(":")[2]
        if not closing:
            if depth == 0:
                name, wrapped = local, local == "AlternateContent"
            elif wrapped and (local in SHEET):
                name, wrapped = local, False
            depth += not empty
        else:
            depth -= 1
        if depth == 0:
            yield name, match.end()


def place_for(name: str, part: Part, order: Sequence[str], start: int) -> int:
    """Where a new child of this name goes: behind all that come before it; `start` where the first may stand."""
    place, rank = start, order.index(name)
    for known, end in children(part, start):
        if known in order and order.index(known) <= rank:
            place = end
    return place


def in_order(part: Part, order: Sequence[str], start: int) -> bool:
    """Whether the children that are known stand in their order."""
    ranks = [order.index(name) for name, _ in children(part, start) if name in order]
    return ranks == sorted(ranks)
