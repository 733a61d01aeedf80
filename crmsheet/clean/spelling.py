"""Letters that look alike or cannot be seen: one spelling for text, whatever it means."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from crmsheet.core.cells import Cell, CellError, Formula

LONG = 80
"""Texts with a line break, or longer than this, are notes: their letters are nobody's business but the writer's."""

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"

_ESCAPED_BREAK = re.compile(r"_x000[dD]_\n?|\r\n?|[\u2028\u2029\x85]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb]"
)
_JOINERS = re.compile("(?<![\u0600-\u0dff\u1f000-\U0001faff\ufe0f])[\u200c\u200d]+|[\u200c\u200d]+$")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_RUN = re.compile(r"[ \t]+")
_EDGES = re.compile(r"[ \t]+(?=\n)|[ \t]+$")
_PLAIN = re.compile(rf"[!-~{HAN}（）、，。：；·]+(?: [!-~{HAN}（）、，。：；·]+)*")
WIDE_ALNUM = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_WIDE_LATIN_MARKS = {code: code - 0xFEE0 for code in map(ord, "．＆／＇")}
_EAST_ASIAN = re.compile(rf"[{HAN}\u3040-\u30ff\uac00-\ud7af]")
_WIDE_ASCII = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: 0x20, 0xFFE5: 0xA5, 0xFFE0: 0xA2}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")


def plain(text: str) -> bool:
    """Whether a short text needs no repair at all: a quick, sure test that may say no to some clean texts."""
    return len(text) <= LONG and "_x000" not in text and _PLAIN.fullmatch(text) is not None


def visible(text: str) -> str:
    """Without what cannot be seen: edges, control and zero-width characters; breaks become line feeds."""
    text = _ESCAPED_BREAK.sub("\n", text)
    text = _JOINERS.sub("", _UNSEEN.sub("", text))
    return _EDGES.sub("", _SPACES.sub(" ", text)).strip()


def tidy(text: str) -> str:
    """The canonical spelling of free text: visible, and in short texts half-width letters, digits and single spaces.

    A text without East Asian letters has no wide points either: `Ｌｔｄ．` is `Ltd.`.
    """
    seen = visible(text)
    while (again := visible(seen)) != seen:
        seen = again
    if "\n" in seen or len(seen) > LONG:
        return seen
    spelt = _RUN.sub(" ", seen).translate(WIDE_ALNUM)
    return spelt if _EAST_ASIAN.search(spelt) else spelt.translate(_WIDE_LATIN_MARKS)


def narrow(text: str) -> str:
    """For values with a grammar (phones, dates, amounts): visible, half-width, one kind of dash, single spaces."""
    seen = visible(text).translate(_WIDE_ASCII).translate(_DASHES)
    return re.sub(r"[ \t]+", " ", seen).strip()


def folded(text: str) -> str:
    """For comparison of words: NFKC, no case, no spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", visible(text)).casefold())


def as_text(cell: Cell) -> str:
    """A cell as the text a reader would see: whole numbers without a point, dates as ISO; '' for no value."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e21 else repr(cell)
        case dt.datetime():
            return cell.isoformat(sep=" ")
        case Formula():
            return as_text(cell.cached)
        case CellError():
            return cell.code
        case _:
            return str(cell)
