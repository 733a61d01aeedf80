"""How a header is read: folded so that spellings meet, with the unit and the number that it states."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_REQUIRED = re.compile(r"[(\[【<](?:必填项?|必须|必输|选填|可选|可空|required|mandatory|optional)[)\]】>]")
_EXAMPLE = re.compile(r"[-_(\[【,;。\s]\s*(?:例如|示例|举例|例|格式|e\.g\.|eg|example)\s*[:.].*$", re.DOTALL)
_BRACKETS = re.compile(r"[(\[【<][^()\[\]【】<>]*[)\]】>]")
_INNER = re.compile(r"[(\[【<]\s*(?:单位\s*[::]?)?\s*([^()\[\]【】<>]*?)\s*[)\]】>]")
_AFTER_SLASH = re.compile(r"[/_\s-]\s*(亿元|千万元|百万元|万元|千元|万|元|usd|eur|gbp|cny|rmb|hkd|jpy)\s*$")
_NUMBERED = re.compile(r"(\D+?)[\s_#-]*([1-9])(?:[\s_-]+(\D+)|([^\d\s_-]\D*))?")
_CHINESE_NUMBERED = re.compile(r"(\D+?)([一二三四五])")
_CHINESE_DIGITS: Mapping[str, int] = MappingProxyType({"一": 1, "二": 2, "三": 3, "四": 4, "五": 5})
_CJK = re.compile(r"[㐀-鿿]")

_FACTORS: Mapping[str, float] = MappingProxyType(
    {
        "元": 1.0,
        "人民币元": 1.0,
        "千元": 1_000.0,
        "千": 1_000.0,
        "万元": 10_000.0,
        "万": 10_000.0,
        "人民币万元": 10_000.0,
        "百万元": 1_000_000.0,
        "百万": 1_000_000.0,
        "千万元": 10_000_000.0,
        "亿元": 100_000_000.0,
        "亿": 100_000_000.0,
        "k": 1_000.0,
        "thousand": 1_000.0,
        "thousands": 1_000.0,
        "million": 1_000_000.0,
        "millions": 1_000_000.0,
        "%": 0.01,
    }
)


@dataclass(frozen=True, slots=True)
class Header:
    """A header as read.

    `text`   as found
    `folds`  what it may be looked up as, the fullest first
    `base`   the fold without its number, '' where it has none: 电话2 is 电话 and 2
    `number` that number, 0 where it has none
    `factor` what its unit multiplies by (万元 is 10000), 1.0 where none is stated
    """

    text: str
    folds: tuple[str, ...]
    base: str = ""
    number: int = 0
    factor: float = 1.0

    @property
    def lang(self) -> str:
        """`zh` when it has a Chinese character, else `en`."""
        return "zh" if _CJK.search(self.text) else "en"


def fold(header: str) -> str:
    """One form for all spellings of a header: `*客户 名称（必填）`, `客户名称`; `customerName`, `Customer_Name`.

    Width and case are folded, marks of obligation and examples cut, and only letters and digits kept. Folding
    twice is folding once.
    """
    plain = _normal(header)
    # Letters and digits alone, as most headers are: nothing to cut.
    folded = plain if plain.isalnum() else _letters(_EXAMPLE.sub("", _REQUIRED.sub("", plain)))
    return folded if folded == header or folded.isascii() else fold(folded)


def read_header(header: str) -> Header:
    """A header as found, read: what it may be called, its number and its unit."""
    spellings = _spellings(header)
    base, number = _number(spellings[-1])
    return Header(header, _folds(spellings), base, number, _factor(spellings[0]))


def folds_of(header: str) -> tuple[str, ...]:
    """What a header may be looked up as, the fullest first."""
    return _folds(_spellings(header))


def _spellings(header: str) -> tuple[str, str, str]:
    """The header without its example, without its brackets too, and without the unit after a slash."""
    without_example = _EXAMPLE.sub("", _REQUIRED.sub("", _normal(header)))
    outside = _BRACKETS.sub(" ", without_example).strip()
    return without_example, outside, _AFTER_SLASH.sub("", outside)


def _folds(spellings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(fold, dict.fromkeys(spellings)))))


def _normal(text: str) -> str:
    """NFKC and case folded; twice, because folding case can undo the first (Unicode 3.13, D147)."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _number(text: str) -> tuple[str, int]:
    """The fold without its number, and the number: `e-mail 2 address`, `电话2`, `联系人一`; "" and 0 without one."""
    if match := _NUMBERED.fullmatch(text):
        return fold(f"{match[1]} {match[3] or match[4] or ''}"), int(match[2])
    if match := _CHINESE_NUMBERED.fullmatch(text):
        return fold(match[1]), _CHINESE_DIGITS[match[2]]
    return "", 0


def _factor(text: str) -> float:
    """The factor of the unit in brackets or after a slash; 1.0 for none."""
    stated = [match[1] for match in _INNER.finditer(text)]
    if match := _AFTER_SLASH.search(text):
        stated.append(match[1])
    return next((_FACTORS[each] for each in stated if each in _FACTORS), 1.0)
