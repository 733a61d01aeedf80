"""Yes and no."""

from __future__ import annotations

from crmsheet.clean.choice import SPELT
from crmsheet.clean.normaliser import Normaliser, Reading, fixed, refused
from crmsheet.clean.spelling import as_text, folded
from crmsheet.clean.vacancy import vacant
from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.messages import N_
from crmsheet.core.schema import Field

_YES = frozenset(str.split("是 有 √ ✓ ✔ ☑ 1 y yes 对 已 true t 真 需要 启用 1.0 ok on 对勾 v"))
_NO = frozenset(str.split("否 无 × ✗ ✘ ☒ x 0 n no 错 未 false f 假 不是 没有 不需要 停用 0.0 off 不"))
_LABELS = {"zh": ("否", "是"), "en": ("No", "Yes")}
_AS_FOUND = {"是": True, "否": False, "Yes": True, "No": False}

_NEITHER = N_("{value} is neither yes nor no; write {yes} or {no}")


def _read(cell: Cell, _field: Field, context: Context) -> Reading:
    if isinstance(cell, bool):
        return Reading(cell)
    text = as_text(cell)
    if text in _AS_FOUND:
        return Reading(_AS_FOUND[text])
    no, yes = _LABELS.get(context.lang, _LABELS["en"])
    word = folded(text)
    if word in _YES or word in _NO:
        value = word in _YES
        return fixed(value, yes if value else no, "CRM250", SPELT)
    return vacant(text) or refused("CRM251", _NEITHER, yes=yes, no=no)


NORMALISER = Normaliser(kinds=("bool",), cards=(), read=_read)
