"""What a sheet holds and how its cells look, as openpyxl reads it: to compare a sheet before and after it was moved."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import openpyxl
from openpyxl.styles.colors import COLOR_INDEX

_OFFICE_2007 = str.split("FFFFFF 000000 EEECE1 1F497D 4F81BD C0504D 9BBB59 8064A2 4BACC6 F79646 0000FF 800080")
_THEME = str.split("lt1 dk1 lt2 dk2 accent1 accent2 accent3 accent4 accent5 accent6 hlink folHlink")
_SIDES = ("left", "right", "top", "bottom", "diagonal")


def load(content: bytes) -> Any:
    """The workbook, None where openpyxl does not open it."""
    try:
        return openpyxl.load_workbook(io.BytesIO(content), rich_text=True)
    except Exception:  # noqa: BLE001  (it raises whatever its parsers raise)
        return None


def cells_of(sheet: Any) -> Mapping[tuple[int, int], Any]:
    """The cells that are written; none is made by looking."""
    found: Mapping[tuple[int, int], Any] = getattr(sheet, "_cells", {})
    return found


def theme_of(book: Any) -> list[str]:
    """The colours of the workbook's theme."""
    raw = book.loaded_theme or b""
    raw = raw if isinstance(raw, bytes) else raw.encode()
    found = list(_OFFICE_2007)
    for at, name in enumerate(_THEME):
        pattern = rb"<(?:\w+:)?%s>.*?(?:lastClr|val)=[\"']([0-9A-Fa-f]{6})[\"']" % name.encode()
        if given := re.search(pattern, raw, re.DOTALL):
            found[at] = given[1].decode().upper()
    return found


def _colour(colour: Any, theme: list[str]) -> object:
    if colour is None:
        return None
    tint = round(colour.tint or 0, 6)
    if colour.type == "theme" and colour.theme < len(theme):
        return theme[colour.theme], tint
    if colour.type == "indexed" and colour.indexed < len(COLOR_INDEX):
        return COLOR_INDEX[colour.indexed][-6:].upper(), tint
    if colour.type == "rgb":
        return str(colour.rgb)[-6:].upper(), tint
    return colour.type, getattr(colour, colour.type), tint


def looks(cell: Any, theme: list[str]) -> dict[str, object]:
    """How a cell looks, with all numbers resolved."""
    font, fill, border = cell.font, cell.fill, cell.border
    sides = [(name, getattr(border, name)) for name in _SIDES]
    solid = fill.tagname == "patternFill"
    return {
        "number format": cell.number_format,
        "font": (font.name, font.sz, font.b, font.i, font.u, font.strike, font.vertAlign, _colour(font.color, theme)),
        "alignment": repr(cell.alignment),
        "protection": repr(cell.protection),
        "border": [
            (name, side.style, _colour(side.color, theme)) for name, side in sides if side is not None and side.style
        ],
        "fill": (fill.patternType, _colour(fill.fgColor, theme), _colour(fill.bgColor, theme))
        if solid
        else (fill.type, fill.degree, [_colour(stop.color, theme) for stop in fill.stop]),
    }


def value_of(cell: Any) -> object:
    """What a cell holds; a formula over a range by its range and text."""
    value = cell.value
    if hasattr(value, "text") and hasattr(value, "ref"):
        return f"={value.ref} {value.text}"
    return str(value) if value.__class__.__name__ == "CellRichText" else value


def different_cells(one: Any, other: Any, themes: tuple[list[str], list[str]], *, frozen: bool) -> Iterator[str]:
    """What differs between the cells of two sheets; where formulas were `frozen` their results may stand instead."""
    there, here = cells_of(one), cells_of(other)
    if there.keys() != here.keys():
        yield "other cells"
    differing: Counter[str] = Counter()
    example: dict[str, object] = {}
    memo: dict[object, list[str]] = {}
    for at in there.keys() & here.keys():
        cell, new = there[at], here[at]
        made_up = not cell.has_style and cell.value is None  # for a comment where there is no cell
        if made_up or cell.__class__.__name__ == "MergedCell":
            continue
        old = value_of(cell)
        if old != value_of(new) and old == old and not (frozen and str(old).startswith("=")):
            differing["value"] += 1
            example.setdefault("value", (at, old, value_of(new)))
        key = _style(cell, new)
        if key not in memo:
            a, b = looks(cell, themes[0]), looks(new, themes[1])
            memo[key] = [name for name in a if a[name] != b[name]]
            example |= {name: (at, a[name], b[name]) for name in memo[key]}
        differing.update(memo[key])
    yield from (f"{name} differs in {count} cells: {example[name]}" for name, count in differing.items())


def _style(cell: Any, new: Any) -> object:
    return tuple(getattr(cell, "_style", None) or ()), tuple(getattr(new, "_style", None) or ())


def facts(sheet: Any) -> dict[str, object]:
    """What a sheet holds besides its cells."""
    rules = [(area, rule) for area in sheet.conditional_formatting for rule in area.rules]
    return {
        "merges": sorted(str(each) for each in sheet.merged_cells.ranges),
        "widths": {key: (each.width, each.hidden, each.min, each.max) for key, each in sheet.column_dimensions.items()},
        "heights": {key: (each.height, each.hidden) for key, each in sheet.row_dimensions.items()},
        "validations": sorted(str(each.sqref) + str(each.type) for each in sheet.data_validations.dataValidation),
        "rules": sorted(f"{area.sqref} {rule.type} {rule.priority} {_rule(rule)}" for area, rule in rules),
        "links": sorted(
            (str(k), c.hyperlink.target, c.hyperlink.location) for k, c in cells_of(sheet).items() if c.hyperlink
        ),
        "notes": sorted((str(key), cell.comment.text) for key, cell in cells_of(sheet).items() if cell.comment),
        "charts": len(getattr(sheet, "_charts", ())),
        "pictures": len(getattr(sheet, "_images", ())),
        "tables": sorted((each.ref, len(each.tableColumns)) for each in sheet.tables.values()),
        "filter": str(sheet.auto_filter.ref),
        "panes": sheet.freeze_panes,
        "protection": (sheet.protection.sheet, sheet.protection.password),
        "state": sheet.sheet_state,
        "page": (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.scale),
        "print area": str(sheet.print_area),
        "print titles": str(sheet.print_titles),
        "coloured tab": sheet.sheet_properties.tabColor is None,
        "header": [str(getattr(sheet.oddHeader, each).text) for each in ("left", "center", "right")],
    }


def _rule(rule: Any) -> str:
    dxf = rule.dxf
    if dxf is None:
        return ""
    colour = dxf.fill.bgColor if dxf.fill else None
    plain = str(colour.rgb) if colour is not None and colour.type == "rgb" else ""
    return f"{dxf.font.b if dxf.font else ''} {dxf.numFmt.formatCode if dxf.numFmt else ''} {plain if rule.dxf else ''}"
