"""Free text: white space, full-width letters and digits, invisible characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from crmsheet.clean.cut_number import cut_among_words
from crmsheet.clean.normaliser import Normaliser, Read, Reading, fixed
from crmsheet.clean.spelling import HAN, LONG, as_text, plain, tidy, visible
from crmsheet.clean.vacancy import DAMAGE, WORDS, surely_says, vacant
from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import Field

SPELT = N_("{value}: spaces, full-width or invisible characters; write {after}")

_COMMAND = re.compile(r"\s*[=＝@＠+＋\-－][A-Za-z(（\"'ａ-ｚＡ-Ｚ]|[\t\r]")

_SHORT = 12
_MANY = 1500
"""So many texts of a column are looked at in one go: preparing that takes 2 ms, in which one by one gets as far."""
_SIGNALS = frozenset("=＝@＠+＋-－ ")


def looks_like_command(text: str) -> bool:
    """Whether a spreadsheet might run the text, now or once its invisible start is gone.

    A check rule reports such cells; nobody changes them here.
    """
    first = text[:1]
    if first.isprintable() and first not in _SIGNALS and not text.startswith("_x0"):
        return False
    return _COMMAND.match(text) is not None or _COMMAND.match(visible(text)) is not None


def read_spelling(spell: Callable[[str], str]) -> Read:
    """A `read` for kinds of text that differ only in how they are spelt."""

    def read(cell: Cell, _field: Field, _context: Context) -> Reading:
        text = as_text(cell)
        says_nothing = vacant(text)
        if says_nothing is not None:
            return says_nothing
        if looks_like_command(text):
            return Reading(text)
        if cut_number := cut_among_words(cell, text):
            return cut_number
        written = spell(text)
        if vacant(written) is not None:
            return Reading()
        if not isinstance(cell, str):
            return Reading(written)
        if written == text:
            return Reading(text)
        return fixed(written, written, "CRM200", SPELT)

    return read


def settled(as_spelt: Callable[[str], bool]) -> Callable[[Sequence[object], Field, Context], list[object]]:
    """The fast path for `read_spelling`: sound texts that a quick test knows to be spelt rightly."""

    def canonical(cells: Sequence[object], _field: Field, _context: Context) -> list[object]:
        return [
            cell if isinstance(cell, str) and fine and as_spelt(cell) else None
            for cell, fine in zip(cells, sound(cells), strict=True)
        ]

    return canonical


def sound(cells: Sequence[object]) -> list[bool]:
    """Which cells are texts that are surely sound."""
    at_sight = sound_at_sight(cells) if len(cells) >= _MANY else [False] * len(cells)
    return [isinstance(cell, str) and (sure or surely_sound(cell)) for cell, sure in zip(cells, at_sight, strict=True)]


# Without "_", which may begin an escaped character, and "?", "#", "·" and the brackets （）: they need a second look.
_SIGNS = '!"$-> @A-^`-~、，。：；'
_SOUND = f"^[0-9A-Za-z{HAN}][{_SIGNS}{HAN}]*$"


def sound_at_sight(cells: Sequence[object]) -> Sequence[bool]:
    """For which texts `surely_sound` holds certainly: most of them, found in one go for the whole column."""
    try:
        texts = pa.array(cells, pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
        return [False] * len(cells)
    length = pc.utf8_length(texts)
    spaced = pc.match_substring_regex(texts, " (?: |$)")
    short = pc.and_(
        pc.less_equal(length, _SHORT),
        pc.or_(pc.match_substring(texts, " "), pc.is_in(pc.utf8_lower(texts), pa.array(sorted(WORDS), texts.type))),
    )
    doubt = pc.or_(pc.or_(spaced, short), pc.match_substring_regex(texts, DAMAGE))
    sound = pc.and_not(pc.and_(pc.match_substring_regex(texts, _SOUND), pc.less_equal(length, LONG)), doubt)
    return list(sound.to_pylist())


def surely_sound(text: str) -> bool:
    """Whether a text says something, has nothing to repair, and is no command: sure when it says yes."""
    return plain(text) and surely_says(text) and not looks_like_command(text)


NORMALISER = Normaliser(
    kinds=("text",),
    cards=(
        RuleCard(
            "CRM200",
            Severity.info,
            N_("White space, full-width or invisible characters"),
            """
        **What** A text with spaces at its ends or doubled inside, full-width letters and digits, or characters that
        nobody sees.

        **Why** Two texts that look the same are then not equal: look-ups fail, and one customer stands there twice.

        **Bad** `华星科技　` with a full-width space at the end; `ＡＢＣ贸易`.

        **Good** `华星科技`; `ABC贸易`.

        **crmsheet** `crmsheet clean --write` writes the plain spelling; what the text says stays.
        """,
        ),
    ),
    read=read_spelling(tidy),
    canonical=settled(bool),
)
