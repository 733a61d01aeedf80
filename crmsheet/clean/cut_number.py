"""Long numbers of which a spreadsheet kept 15 digits: the rest became zeros and is nowhere in the book."""

from __future__ import annotations

import re

from crmsheet.clean.normaliser import Reading, refused
from crmsheet.core.cells import Cell
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import LOST, RuleCard

DIGITS_OF_A_NUMBER = 15
"""A spreadsheet keeps 15 digits of a number; the rest become zeros (IEEE 754, ECMA-376)."""

SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+?(\d{1,3})")

_CUT = N_("{value} was typed as a number and its last digits became zeros; ask for the number and type it as text")
_LONG = 10
"""From this power of ten on a rounded number among words was a long number, and no measurement."""

CARD = RuleCard(
    "CRM262",
    Severity.error,
    N_("A long number that a spreadsheet cut to 15 digits"),
    """
        **What** An identity or credit code of 18 digits, or another long number such as a bank account, that was typed
        as a number.

        **Why** A spreadsheet keeps 15 digits and turns the rest into zeros; they are lost.

        **Bad** `110105194912310000`; `1.10105E+17`.

        **Good** The whole number in a cell that is formatted as text.

        **crmsheet** It leaves the cell; the lost digits must be asked for.
        """,
    LOST,
)


def cut(cell: Cell, code: str) -> bool:
    """Whether a spreadsheet kept 15 digits only of what was typed as a number; `code` is the cell as plain text."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return bool(abs(cell) >= 10**DIGITS_OF_A_NUMBER)
    return SCIENTIFIC.fullmatch(code) is not None and "." in code


def cut_among_words(cell: Cell, text: str) -> Reading | None:
    """The finding on a long number that was cut, in a column of words; None for everything else."""
    rounded = SCIENTIFIC.fullmatch(text)
    return refused_cut() if cut(cell, text) and (rounded is None or int(rounded[1]) >= _LONG) else None


def refused_cut() -> Reading:
    """The reading of a number that was cut."""
    return refused(CARD.code, _CUT, Severity.error)
