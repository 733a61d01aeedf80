"""Texts as they are compared in a search: half width, lower case, simplified, letters and digits only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from crmsheet.match.texts import fold, plain


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as found, folded (what the eye takes for the same), and bare: without spaces and punctuation too."""

    said: Sequence[str]
    folded: Sequence[str]
    bare: Sequence[str]


def texts_of(columns: Sequence[pa.Array]) -> list[Texts]:
    """The texts of several columns; all at once, because preparing to fold takes longer than folding a column."""
    found: dict[int, Texts] = {}
    ascii_only = [pc.all(pc.string_is_ascii(each)).as_py() is not False for each in columns]
    for plainly in (True, False):
        mine = [at for at, ascii_ in enumerate(ascii_only) if ascii_ is plainly]
        if not mine:
            continue
        every = pa.concat_arrays([columns[at] for at in mine])
        folded = pc.fill_null(fold(every), "")
        bare = pc.replace_substring_regex(folded, "[^a-z0-9]+", "") if plainly else _squeezed(folded)
        begin = 0
        for at in mine:
            size = len(columns[at])
            found[at] = Texts(*(each.slice(begin, size).to_pylist() for each in (every, folded, bare)))
            begin += size
    return [found[at] for at in range(len(columns))]


def _squeezed(folded: pa.Array) -> pa.Array:
    return pc.fill_null(pc.replace_substring(plain(folded), " ", ""), "")
