"""Names of people: no spaces inside a Chinese name, one kind of dot in a transcribed one; titles stay."""

from __future__ import annotations

import re

from crmsheet.clean.normaliser import Normaliser
from crmsheet.clean.spelling import HAN, tidy
from crmsheet.clean.text import read_spelling, settled

_SPACED = re.compile(rf"[{HAN}]{{1,3}}(?: [{HAN}]{{1,3}}){{1,3}}")
_DOT = re.compile(rf"(?<=[{HAN}]) ?[•‧∙・･．⋅᛫] ?(?=[{HAN}])")
_COMPOUND = frozenset(
    str.split(
        "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 司空 夏侯 轩辕 端木 百里 南宫 独孤 "
        "呼延 闻人 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 东郭 赫连 拓跋 第五 歐陽 司馬 諸葛"
    )
)


def _spelt(text: str) -> str:
    """王 伟 is one name; 王伟 李四 may be two, and stays."""
    name = _DOT.sub("·", tidy(text))
    if not _SPACED.fullmatch(name):
        return name
    family, *given = name.split(" ")
    surname = len(family) == 1 or family in _COMPOUND
    return name.replace(" ", "") if surname and 1 <= sum(map(len, given)) <= 2 else name


def _quick(name: str) -> bool:
    """No space to close and no dot to unify."""
    return " " not in name and "·" not in name


NORMALISER = Normaliser(kinds=("person",), cards=(), read=read_spelling(_spelt), canonical=settled(_quick))
