"""The pieces of a phone cell: numbers, their extensions, and the remarks that people put beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from crmsheet.clean.phone_plan import Number, find_number, is_hot_line, length_verdict
from crmsheet.clean.vacancy import vacant


class Fault(Enum):
    """Why a piece of a phone cell is no number."""

    invalid = "invalid"
    short = "short"
    long = "long"
    missing_digits = "missing digits"
    extra_digits = "extra digits"
    unassigned = "unassigned"
    no_area = "no area code"
    no_zero = "no leading zero"
    masked = "masked"
    scientific = "scientific"
    messenger = "messenger"
    mail = "mail"
    words = "words"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a cell: a number (or the digits of a hot line) or what is wrong with it."""

    text: str
    number: Number | None = None
    hot_line: str = ""
    extension: str = ""
    note: str = ""
    fault: Fault | None = None

    @property
    def value(self) -> str:
        """The number to compare: E.164, or the digits of a hot line; an extension follows as x801."""
        digits = self.number.e164 if self.number else self.hot_line
        return f"{digits}x{self.extension}" if self.extension else digits


_OUTSIDE = r"(?![^()]*\))"
_SEPARATORS = re.compile(
    rf"\s*(?: ::: |[/;；、,，\n|]|(?<=\d)\s*(?:或者?|和|及|&)\s*(?=[\d+(])){_OUTSIDE}\s*|(?<=[^\d()+]\))\s*(?=[+\d])"
)
_MASKED = re.compile(r"\d[ -]?(?:[*•●×#Xx]{2,}|[*•●])[ -]?\d|^\d{3,}[*•●Xx]{3,}$|^[*•●]{3,}\d+$")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_MESSENGER = re.compile(
    r"(?:微信|微|wechat|weixin|wx|vx|v信|企微|qq|扣扣|企鹅|钉钉|skype|line|telegram)\s*(?:号|id|no)?\s*[:：号]?.*",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_-]{4,24}")
_LABEL = re.compile(
    r"(?:手机号?码?|移动电话|联系电话|电话号?码?|座机|固话|固定电话|tel|telephone|phone|mobile|mob|cell|ph|m|t|p)\s*[.:：]*\s*(?=[+(\d])",
    re.IGNORECASE,
)
_NOTE = re.compile(r"\s*\(\s*([^()\d]{1,20}?)\s*\)\s*")
_AROUND = re.compile(
    r"(?P<before>[^\d+()\s:]{1,12}?)\s*[:：]?\s*(?P<number>[+(]?\d[\d\s().+-]*?(?:(?:转|x|ext\.?|#)\s*\d{1,6})?)|(?P<number_first>[+(]?\d[\d\s().+-]*\d)\s*(?P<after>[^\d+()\s.-][^\d()]{0,11})",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"(?P<number>.*\d\)?)\s*(?:转接?|分机号?|内线|;?\s*ext(?:ension|n)?\.?|[x#])\s*[:：.=]?\s*(?P<extension>\d{1,6})\s*#?",
    re.IGNORECASE,
)
_DASHED = re.compile(r"(?P<number>.*\d) ?- ?(?P<extension>\d{1,6})")
_NUMBER = re.compile(r"[+(]?[\d(][\d\s().+-]*")
_FLOAT_TEXT = re.compile(r"(\d{7,15})\.0+")
_SHORTEST, _LONGEST_MOBILE = 8, 14


def split_cell(text: str, region: str) -> list[Piece]:
    """The pieces of a narrowed cell, in order; words for "nothing" are left out."""
    pieces: list[Piece] = []
    for part in _SEPARATORS.split(text):
        told = part.strip(" '\"。.:：")
        if told and vacant(told) is None:
            pieces += _read_part(told, region)
    return pieces


def _read_part(text: str, region: str) -> list[Piece]:
    """One number, or several that only spaces part."""
    piece = read_piece(text, region)
    words = text.split()
    if piece.fault in (None, Fault.mail, Fault.messenger, Fault.masked) or len(words) == 1 or len(words) > 16:
        return [piece]
    return _spaced(words, region) or [piece]


def _spaced(words: list[str], region: str) -> list[Piece]:
    """The longest runs of words that are numbers; empty where one word is left over."""
    pieces: list[Piece] = []
    while words:
        for end in range(len(words), 0, -1):
            piece = read_piece(" ".join(words[:end]), region)
            if piece.fault is None:
                pieces.append(piece)
                words = words[end:]
                break
        else:
            return []
    return pieces


def read_piece(text: str, region: str) -> Piece:
    """One number with its extension and remark, or its fault."""
    fault = _strange(text)
    if fault:
        return Piece(text, fault=fault)
    bare, note = _without_note(text)
    whole = _FLOAT_TEXT.fullmatch(bare)
    bare = whole[1] if whole else bare
    if match := _EXTENSION.fullmatch(bare):
        piece = _number(match["number"].strip(" -,"), region)
        return _noted(piece, text, note, match["extension"])
    piece = _number(bare, region)
    if piece.fault and (match := _DASHED.fullmatch(bare)):
        with_extension = _number(match["number"], region)
        if with_extension.fault is None and with_extension.number:
            return _noted(with_extension, text, note, match["extension"])
    return _noted(piece, text, note, "")


def _noted(piece: Piece, text: str, note: str, extension: str) -> Piece:
    if piece.fault:
        return Piece(text, fault=piece.fault)
    return Piece(text, piece.number, piece.hot_line, extension, note)


def _strange(text: str) -> Fault | None:
    """What is certainly something other than a whole number."""
    if "@" in text:
        return Fault.mail
    if _MASKED.search(text):
        return Fault.masked
    if _SCIENTIFIC.fullmatch(text):
        return Fault.scientific
    return Fault.messenger if _MESSENGER.fullmatch(text) else None


def _without_note(text: str) -> tuple[str, str]:
    """A number without label and remark, and the remark: 138…(王), 王经理138…, 138… 王经理."""
    notes = [match[1] for match in _NOTE.finditer(text)]
    bare = _NOTE.sub(" ", text).strip() if notes else text
    if match := _LABEL.match(bare):
        bare = bare[match.end() :]
    if not _EXTENSION.fullmatch(bare) and (match := _AROUND.fullmatch(bare)):
        notes.append(match["before"] or match["after"])
        bare = match["number"] or match["number_first"]
    return bare.strip(), " ".join(note.strip(" :：,-()") for note in notes if note)


def _number(text: str, region: str) -> Piece:
    if not _NUMBER.fullmatch(text):
        return Piece(text, fault=Fault.messenger if _ACCOUNT.fullmatch(text) else Fault.words)
    digits = re.sub(r"\D", "", text)
    number = find_number(text, region)
    if number is None and is_hot_line(digits if text[:1] != "+" else "", region):
        return Piece(text, hot_line=digits)
    if number is None:
        return Piece(text, fault=_invalid(text, digits, region))
    if number.home and digits == number.significant and number.national.startswith("0") and digits[0] != "0":
        return Piece(text, number, fault=Fault.no_zero)
    return Piece(text, number)


def _invalid(text: str, digits: str, region: str) -> Fault:
    """How an invalid number is wrong, as far as its length tells."""
    if region == "CN" and not text.startswith("+"):
        if re.match("1[3-9]", digits) and _SHORTEST <= len(digits) <= _LONGEST_MOBILE:
            return (
                Fault.missing_digits
                if len(digits) < 11
                else Fault.unassigned
                if len(digits) == 11
                else Fault.extra_digits
            )
        if re.fullmatch(r"[2-9]\d{6,7}", digits):
            return Fault.no_area
    verdict = length_verdict(text, region)
    return Fault(verdict) if verdict else Fault.invalid
