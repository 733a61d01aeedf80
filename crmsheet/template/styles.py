"""The look of a new book: one type face per language, a few colours, and what is made of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

INK, MUTED, LINE, PAGE, PAPER = "1F2933", "7B8794", "E4E7EB", "F3F5F8", "FFFFFF"
BRAND, SOFT = "1F3A5F", "DCE6F2"
SERIES = ("2F6690", "3A9D8F", "E9B44C", "D1603D", "7A5C99", "81A4CD", "9BB291", "C9ADA7", "5F6B7A", "B7791F")
"""The colours of charts, in order."""

ALARM, WARN, FINE = ("FBE3DF", "A13D2B"), ("FDF1D6", "8A5A00"), ("DDF1EA", "1F6F5C")
"""Fill and letters of what is overdue, near, and well."""

FACES: Mapping[str, str] = MappingProxyType({"zh": "微软雅黑", "en": "Calibri"})

THIN = Side(style="thin", color=f"FF{LINE}")
WHITE = Side(style="thin", color=f"FF{PAPER}")
BELOW = Border(bottom=THIN)
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)

LEFT = Alignment(horizontal="left", vertical="center")
INDENTED = Alignment(horizontal="left", vertical="center", indent=1)
CENTRE = Alignment(horizontal="center", vertical="center")
RIGHT = Alignment(horizontal="right", vertical="center")
WRAPPED = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
TOP = Alignment(horizontal="left", vertical="top", wrap_text=True)


def font(lang: str, size: float = 10, colour: str = INK, *, bold: bool = False, italic: bool = False) -> Font:
    """Letters of the book."""
    return Font(name=FACES[lang], size=size, color=f"FF{colour}", bold=bold, italic=italic)


def fill(colour: str) -> PatternFill:
    """A plain ground."""
    return PatternFill("solid", fgColor=f"FF{colour}", bgColor=f"FF{colour}")


def tint(colour: str, share: float) -> str:
    """A colour with `share` of itself, the rest white."""
    parts = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return "".join(f"{round(255 - (255 - part) * share):02X}" for part in parts)


def width_of(words: str) -> int:
    """How many columns of a fixed type face a text takes; wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in words)


def mono(colour: str) -> Font:
    """Letters of one width, for commands."""
    return Font(name="Consolas", size=10, color=f"FF{colour}")
