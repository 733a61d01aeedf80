"""What cell formats show, whatever numbers they have: equal looks of two workbooks compare equal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from crmsheet.book.ooxml.colours import colour_of, theme_colours
from crmsheet.book.ooxml.markup import Element, Part, truth

Look: TypeAlias = tuple[object, ...]
"""Number format, font, fill, border, alignment, lock; compared as a whole."""

_SIDES = ("left", "right", "top", "bottom", "diagonal")
_CODE_NOISE = re.compile(r'\\(?=.)|"|\[\$-[^\]]*\]|;@$|[_*].')
_DATES = frozenset(("yyyy/m/d", "mm-dd-yy", "m/d/yyyy", "m/d/yy", "mm/dd/yy", "yyyy-m-d"))
"""What programs of different countries make of the same number, 14."""


def looks_of(styles: Part | None, theme: Part | None, codes: Mapping[int, str]) -> Sequence[Look]:
    """The look of each entry of cellXfs; `codes` are those of numbers that every workbook knows."""
    cells = styles.element("cellXfs") if styles else None
    if styles is None or cells is None:
        return [plain_look(codes)]
    colours = theme_colours(theme)
    known = dict(codes) | {
        int(each.get("numFmtId") or 0): each.get("formatCode") or "General"
        for each in _listed(styles, "numFmts", "numFmt")
    }
    fonts = [font_look(each, colours) for each in _listed(styles, "fonts", "font")]
    fills = [fill_look(each, colours) for each in _listed(styles, "fills", "fill")]
    borders = [_border(each, colours) for each in _listed(styles, "borders", "border")]
    return [
        (
            _code(known.get(_number(xf, "numFmtId"), "General")),
            _at(fonts, _number(xf, "fontId")),
            _at(fills, _number(xf, "fillId")),
            _at(borders, _number(xf, "borderId")),
            *_aligned(xf),
        )
        for xf in cells.entries("xf")
    ]


def plain_look(codes: Mapping[int, str]) -> Look:
    """The look of a cell in a workbook without formats."""
    return (_code(codes.get(0, "General")), (), (), (), (), True)


def is_blank(look: Look) -> bool:
    """Whether an empty cell of this look is like one that is not there: neither filled nor framed."""
    return not look[2] and not look[3]


def _listed(styles: Part, holder: str, entry: str) -> list[Element]:
    found = styles.element(holder)
    return found.entries(entry) if found else []


def _number(xf: Element, name: str) -> int:
    value = xf.get(name)
    return int(value) if value and value.isdigit() else 0


def _at(entries: Sequence[Look], index: int) -> Look:
    return entries[index] if index < len(entries) else ()


def _code(code: str) -> str:
    bare = _CODE_NOISE.sub("", code).lower()
    return "date" if bare in _DATES else bare


def font_look(font: Element, colours: Sequence[str]) -> Look:
    """Size, style and colour of a font; black is the colour of one that says none.

    Its name is left out: a program writes another one where it lacks the font.
    """
    inner = {
        name: font.part.element(name, font.inner, font.close) for name in ("sz", "b", "i", "strike", "u", "vertAlign")
    }
    given = {name: (each.get("val") or "1") for name, each in inner.items() if each}
    colour = colour_of(font, "color", colours)
    return (
        float(given.get("sz") or 0),
        *(truth(given.get(name)) for name in ("b", "i", "strike")),
        {"1": "single", "none": ""}.get(given.get("u", ""), given.get("u", "")),
        given.get("vertAlign", "baseline"),
        "" if colour == "000000" else colour,
    )


def fill_look(fill: Element, colours: Sequence[str]) -> Look:
    """Pattern and colours of a fill; nothing for none."""
    pattern = fill.part.element("patternFill", fill.inner, fill.close)
    if pattern is None:
        return (
            "gradient",
            *(colour_of(each, "color", colours) for each in fill.part.elements("stop", fill.inner, fill.close)),
        )
    kind = pattern.get("patternType") or ("solid" if not pattern.empty and pattern.text.strip() else "none")
    if kind == "none":
        return ()
    shown = colour_of(pattern, "fgColor", colours)
    return (kind, shown) if kind == "solid" else (kind, shown, colour_of(pattern, "bgColor", colours))


def _border(border: Element, colours: Sequence[str]) -> Look:
    sides = []
    for name in _SIDES:
        side = border.part.element(name, border.inner, border.close)
        style = side.get("style") if side else None
        if side and style and style != "none":
            colour = colour_of(side, "color", colours)
            sides.append((name, style, "" if colour == "000000" else colour))
    return tuple(sides)


def _aligned(xf: Element) -> Look:
    """Alignment, and whether the cell is locked in a protected sheet."""
    held = xf.part.element("alignment", xf.inner, xf.close)
    locked = xf.part.element("protection", xf.inner, xf.close)
    said = {
        name: (held.get(name) if held else None)
        for name in ("horizontal", "vertical", "wrapText", "indent", "textRotation")
    }
    usual = ("horizontal", "general"), ("vertical", "bottom"), ("indent", "0"), ("textRotation", "0")
    alignment = tuple((name, said[name]) for name, default in usual if said[name] not in (None, default))
    wrapped = (("wrapText", "1"),) if truth(said["wrapText"]) else ()
    return (alignment + wrapped, locked is None or locked.get("locked") in (None, "1", "true"))
