"""Keys and references: always text in the values, whatever the cell holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crmsheet.clean.cut_number import cut
from crmsheet.clean.normaliser import Normaliser, Reading, fixed, refused
from crmsheet.clean.spelling import WIDE_ALNUM, as_text, visible
from crmsheet.clean.text import looks_like_command, sound
from crmsheet.clean.vacancy import vacant
from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import LOST, RuleCard
from crmsheet.core.schema import Field

_SPELT = N_("{value} and {after} are one key; write {after}")
_DAMAGED = N_("{value} was typed as a number and lost its digits after the 15th; type it again as text")
_FLOAT_TEXT = re.compile(r"(\d{1,15})\.0+")
_CODE_SIGNS = {ord(wide): narrow for wide, narrow in zip("－＿．／＃＆＋", "-_./#&+", strict=True)}
_SPACES = re.compile(r"\s+")


def _spelt(text: str) -> str:
    """Half-width letters, digits and code signs; Chinese punctuation stays, for a reference may be a name."""
    code = _SPACES.sub(" ", visible(text)).translate(WIDE_ALNUM).translate(_CODE_SIGNS)
    whole = _FLOAT_TEXT.fullmatch(code)
    return whole[1] if whole else code


def _read(cell: Cell, _field: Field, _context: Context) -> Reading:
    text = as_text(cell)
    if not isinstance(cell, str):
        if cut(cell, text):
            return refused("CRM206", _DAMAGED, Severity.error)
        return Reading(text or None)
    says_nothing = vacant(text)
    if says_nothing is not None:
        return says_nothing
    if looks_like_command(text):
        return Reading(text)
    written = _spelt(text)
    if vacant(written) is not None:
        return Reading()
    if cut(cell, written):
        return refused("CRM206", _DAMAGED, Severity.error)
    return Reading(text) if written == text else fixed(written, written, "CRM205", _SPELT)


def _canonical(cells: Sequence[object], _field: Field, _context: Context) -> list[object]:
    return [
        cell if isinstance(cell, str) and fine and "." not in cell else None
        for cell, fine in zip(cells, sound(cells), strict=True)
    ]


NORMALISER = Normaliser(
    kinds=("key", "reference"),
    cards=(
        RuleCard(
            "CRM205",
            Severity.info,
            N_("A key spelt in two ways"),
            """
        **What** A key with spaces, full-width characters or a `.0` that a spreadsheet added.

        **Why** Such a key looks like another one and is not equal to it, so its sales and follow-ups are not found.

        **Bad** `Ｃ００１` or `C001 ` beside `C001`; `1001.0`.

        **Good** `C001`; `1001`.

        **crmsheet** `crmsheet clean --write` writes the plain spelling, in the customer's row and wherever the key
        is referred to.
        """,
        ),
        RuleCard(
            "CRM206",
            Severity.error,
            N_("A key that lost its last digits"),
            """
        **What** A key of more than 15 digits that was typed as a number.

        **Why** A spreadsheet keeps 15 digits of a number and turns the rest into zeros: two keys become one.

        **Bad** `1.23457E+17`; `123456789012345000` for `123456789012345678`.

        **Good** `123456789012345678` in a cell that is formatted as text.

        **crmsheet** It leaves the cell; the lost digits are nowhere in the book and must be typed again.
        """,
            LOST,
        ),
    ),
    read=_read,
    canonical=_canonical,
)
