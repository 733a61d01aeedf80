"""How a header is read: folded so that spellings meet, with the unit and the number that it states."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from crmsheet.core.folding import fold, plain_label, without_marks

_BRACKETS = re.compile(r"[(\[【<][^()\[\]【】<>]*[)\]】>]")
_INNER = re.compile(r"[(\[【<]\s*(?:单位\s*[::]?)?\s*([^()\[\]【】<>]*?)\s*[)\]】>]")
_AFTER_SLASH = re.compile(r"[/_\s-]\s*(亿元|千万元|百万元|万元|千元|万|元|usd|eur|gbp|cny|rmb|hkd|jpy)\s*$")
_NUMBERED = re.compile(r"(\D+?)[\s_#-]*([1-9])(?:[\s_-]+(\D+)|([^\d\s_-]\D*))?")
_CHINESE_NUMBERED = re.compile(r"(\D+?)([一二三四五])")
_CHINESE_DIGITS: Mapping[str, int] = MappingProxyType({"一": 1, "二": 2, "三": 3, "四": 4, "五": 5})
_CJK = re.compile(r"[㐀-鿿]")
_HALVES = re.compile(r"([㐀-鿿]+)[\s/|]+([a-z][a-z .-]{2,})|([a-z][a-z .-]{2,}?)[\s/|]+([㐀-鿿]+)")
"""A header that says itself in both languages."""
_OTHERS = re.compile(
    r"财务|开票|发票|收货|收件|收票|紧急|采购|技术|法人|法定|家庭|家属|配偶|售后|仓库|送货|第二|备用|其他|上级|推荐|介绍"
    r"|billing|invoice|shipping|delivery|emergency|finance|technical|legal|spouse|secondary|other|alternat|referr|parent"
)
"""Groups of somebody else than the customer or its contact: a plain 电话 below them is not the customer's."""

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
    `bases`  what it is without its number, nothing where it has none: 电话2 is 电话 and 2
    `halves` the folds of its two languages, where it says itself in both: 客户名称 / Customer name
    `number` that number, 0 where it has none
    `factor` what its unit multiplies by (万元 is 10000), 1.0 where none is stated
    """

    text: str
    folds: tuple[str, ...]
    bases: tuple[str, ...] = ()
    number: int = 0
    factor: float = 1.0
    halves: tuple[str, ...] = ()

    @property
    def lang(self) -> str:
        """`zh` when it has a Chinese character, else `en`."""
        return "zh" if _CJK.search(self.text) else "en"


def read_header(header: str, group: str = "") -> Header:
    """A header as found, read: what it may be called, its number and its unit; `group` is the header above it.

    姓名 below 联系人 is 联系人姓名, else 姓名. Below a group that speaks of somebody else it is not: 电话 below 财务 is
    财务电话 or unknown. A number may be the group's: 电话 below 联系人2.
    """
    spellings = _spellings(header)
    base, number = _number(spellings[-1])
    halves = _HALVES.fullmatch(spellings[1])
    own = Header(
        header,
        _folds(spellings),
        (base,) if base else (),
        number,
        _factor(spellings[0]),
        tuple(fold(each) for each in halves.groups() if each) if halves else (),
    )
    return _below(own, group) if group else own


def _below(own: Header, group: str) -> Header:
    """A header that stands below a group."""
    spellings = _spellings(group)
    name, number = _number(spellings[-1])
    above = (name,) if name else _folds(spellings)
    alone = _OTHERS.search(spellings[0]) is None
    folds, bases = (
        tuple(over + each for over in above for each in words) + (words if alone else ())
        for words in (own.folds, own.bases)
    )
    return replace(
        own,
        folds=() if number else folds,
        bases=folds if number else bases,
        number=number or own.number,
        factor=own.factor if own.factor != 1.0 else _factor(spellings[0]),
        halves=own.halves if alone and not number else (),
    )


def folds_of(header: str) -> tuple[str, ...]:
    """What a header may be looked up as, the fullest first."""
    return _folds(_spellings(header))


def _spellings(header: str) -> tuple[str, str, str]:
    """The header without its example, without its brackets too, and without the unit after a slash."""
    without_example = without_marks(plain_label(header))
    outside = _BRACKETS.sub(" ", without_example).strip()
    return without_example, outside, _AFTER_SLASH.sub("", outside)


def _folds(spellings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(fold, dict.fromkeys(spellings)))))


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
