"""The colours of cell styles: fills and fonts that a person has given, as RRGGBB whatever way they are written."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator, Mapping, Sequence

from crmsheet.book.ooxml.markup import Element, Part, truth

_RGB = re.compile(r"[0-9A-Fa-f]{8}|[0-9A-Fa-f]{6}")
_PALETTE: Sequence[str] = str.split(
    "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF 000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF "
    "800000 008000 000080 808000 800080 008080 C0C0C0 808080 9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF "
    "000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 "
    "3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 003366 339966 003300 333300 993300 993366 333399 333333"
)
"""The indexed colours (ECMA-376 part 1, 18.8.27)."""
_THEME = (
    ("lt1", "FFFFFF"), ("dk1", "000000"), ("lt2", "EEECE1"), ("dk2", "1F497D"), ("accent1", "4F81BD"),
    ("accent2", "C0504D"), ("accent3", "9BBB59"), ("accent4", "8064A2"), ("accent5", "4BACC6"), ("accent6", "F79646"),
    ("hlink", "0000FF"), ("folHlink", "800080"),
)  # fmt: skip
"""The colours of a theme in the order of their numbers, with those of Office 2007 for a workbook without a theme."""
_UNPAINTED = frozenset({"000000", "FFFFFF"})


def painted_styles(styles: Part, theme: Part | None) -> Mapping[int, frozenset[tuple[str, str]]]:
    """Index of a cell style -> its colours, as (`fill` or `font`, RRGGBB); styles without any are left out."""
    cells = styles.element("cellXfs")
    if cells is None:
        return {}
    known = theme_colours(theme)
    fills = [_fill(each, known) for each in _within(styles, "fills", "fill")]
    fonts = [colour_of(each, "color", known) for each in _within(styles, "fonts", "font")]
    found = {}
    for index, xf in enumerate(styles.elements("xf", cells.inner, cells.close)):
        given = {("fill", _at(fills, xf.get("fillId"))), ("font", _at(fonts, xf.get("fontId")))}
        colours = frozenset(each for each in given if each[1] and each[1] not in _UNPAINTED)
        if colours:
            found[index] = colours
    return found


def _within(styles: Part, holder: str, name: str) -> Iterator[Element]:
    found = styles.element(holder)
    return styles.elements(name, found.inner, found.close) if found else iter(())


def _at(colours: Sequence[str], index: str | None) -> str:
    place = int(index or 0)
    return colours[place] if place < len(colours) else ""


def theme_colours(theme: Part | None) -> list[str]:
    """The colours of a theme in the order of their numbers."""
    found = []
    for name, default in _THEME:
        element = theme.element(name) if theme else None
        given = re.search(rb"(?:lastClr|val)=[\"']([0-9A-Fa-f]{6})[\"']", element.text) if element else None
        found.append(given[1].decode().upper() if given else default)
    return found


def indexed_colours(styles: Part | None) -> Sequence[str]:
    """The indexed colours of a workbook: its own list, else the usual one."""
    own = styles.element("indexedColors") if styles else None
    if own is None:
        return _PALETTE
    given = [(each.get("rgb") or "").upper()[-6:] for each in own.part.elements("rgbColor", own.inner, own.close)]
    return [*given, *_PALETTE[len(given) :]]


def _fill(fill: Element, theme: Sequence[str]) -> str:
    """The colour of a filled cell, '' where the fill is none; a pattern counts by its lines."""
    pattern = fill.part.element("patternFill", fill.inner, fill.close)
    if pattern is None or pattern.get("patternType") in (None, "none", "gray125"):
        return ""
    return colour_of(pattern, "fgColor", theme)


def colour_of(holder: Element, name: str, theme: Sequence[str]) -> str:
    """The colour that an element states by a child of this name, as RRGGBB; '' for none, or the one of the system."""
    found = holder.part.element(name, holder.inner, holder.close)
    if found is None or truth(found.get("auto")):
        return ""
    rgb, index, number = found.get("rgb"), found.get("indexed"), found.get("theme")
    if rgb and _RGB.fullmatch(rgb):
        base = rgb[-6:].upper()
    elif index and index.isdecimal() and int(index) < len(_PALETTE):
        base = _PALETTE[int(index)]
    elif number and number.isdecimal() and int(number) < len(theme):
        base = theme[int(number)]
    else:
        return ""
    return _tinted(base, float(found.get("tint") or 0))


def _tinted(rgb: str, tint: float) -> str:
    """A colour made lighter or darker (ECMA-376 part 1, 18.8.19)."""
    if not tint:
        return rgb
    hue, light, depth = colorsys.rgb_to_hls(*(int(rgb[at : at + 2], 16) / 255 for at in (0, 2, 4)))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    made = colorsys.hls_to_rgb(hue, min(max(light, 0), 1), depth)
    return "".join(f"{round(each * 255):02X}" for each in made)
