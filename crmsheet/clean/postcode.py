"""Postcodes: text, for a number loses its leading zero."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crmsheet.clean.normaliser import Normaliser, Reading, fixed, refused
from crmsheet.clean.spelling import as_text, narrow
from crmsheet.clean.text import SPELT, looks_like_command
from crmsheet.clean.vacancy import vacant
from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import Field

_CHINESE = re.compile(r"\d{6}")
_FLOAT_TEXT = re.compile(r"(\d{4,6})\.0+")
_ZERO_LOST = re.compile(r"[1-7]\d{4}")
_LOST = N_("{value} may have lost its leading zero; if it is a Chinese postcode, type {guess} as text")


def _read(cell: Cell, _field: Field, context: Context) -> Reading:
    text = as_text(cell)
    says_nothing = vacant(text)
    if says_nothing is not None:
        return says_nothing
    if looks_like_command(text):
        return Reading(text)
    code = _spelt(text)
    if vacant(code) is not None:
        return Reading()
    if context.region == "CN" and _ZERO_LOST.fullmatch(code):
        return refused("CRM203", _LOST, guess=f"0{code}")
    if not isinstance(cell, str) or code == text:
        return Reading(code)
    return fixed(code, code, "CRM200", SPELT)


def _spelt(text: str) -> str:
    code = narrow(text)
    whole = _FLOAT_TEXT.fullmatch(code)
    return whole[1] if whole else code


def _canonical(cells: Sequence[object], _field: Field, _context: Context) -> list[object]:
    return [cell if isinstance(cell, str) and cell.isascii() and _CHINESE.fullmatch(cell) else None for cell in cells]


NORMALISER = Normaliser(
    kinds=("postcode",),
    cards=(RuleCard("CRM203", Severity.warning, N_("A postcode without its leading zero")),),
    read=_read,
    canonical=_canonical,
)
