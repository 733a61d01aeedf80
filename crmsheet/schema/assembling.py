"""One table out of the blocks that are it: columns that mean the same stand in one column, rows get their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmsheet.core.book import PART_ROWS, Table
from crmsheet.core.cells import LAST_COLUMN, column_letters, column_number
from crmsheet.core.schema import Schema
from crmsheet.schema.headers import Header
from crmsheet.schema.joining import Side
from crmsheet.schema.surroundings import part_of
from crmsheet.schema.vocabulary import base_name

_SCALED = ("money", "number", "percent")


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a table: field -> letters, letters -> header, and for each side its letters in the sheet."""

    fields: Mapping[str, str]
    headers: Mapping[str, str]
    letters: tuple[Mapping[str, str], ...]


def assembled(sides: Sequence[Side], schema: Schema) -> Table:
    """The table of one or more blocks; its `values` are a frame without columns, to be filled by cleaning."""
    columns = _columns(sides)
    joined = len(sides) > 1
    parts = tuple(
        part_of(side.headed, letters if joined else None) for side, letters in zip(sides, columns.letters, strict=True)
    )
    cells = _cells(sides, columns) if joined else sides[0].headed.cells
    name = sides[0].reading.table
    return Table(
        name=name,
        sheet=parts[0].sheet,
        header_row=parts[0].header_row,
        cells=cells,
        columns=columns.fields,
        headers=columns.headers,
        key=schema.tables[name].key,
        values=pd.DataFrame(index=cells.index),
        lang=majority(header.lang for side in sides for header in bound_headers(side)),
        units=_units(sides, schema),
        hidden=_hidden(sides, cells),
        parts=parts,
    )


def bound_headers(side: Side) -> Iterator[Header]:
    """The headers that mean a field."""
    return (side.headed.headers[letters] for letters in side.reading.columns.values())


def majority(langs: Iterable[str]) -> str:
    """The commoner language; Chinese when they are as common."""
    counts = Counter(langs)
    return "en" if counts["en"] > counts["zh"] else "zh"


def _columns(sides: Sequence[Side]) -> _Columns:
    """Columns of the first block keep their letters; what only others have comes after the last that a sheet can have.

    Columns are the same by their field, those without a field by their header.
    """
    first, *others = sides
    fields = dict(first.reading.columns)
    headers = dict(first.headed.block.headers)
    taken = [{letters: letters for letters in first.headed.block.columns}]
    beyond = LAST_COLUMN
    for side in others:
        named = {letters: name for name, letters in side.reading.columns.items()}
        known = _unbound(fields, headers, first)
        mine: dict[str, str] = {}
        for real in side.headed.block.columns:
            header = side.headed.headers.get(real)
            name = named.get(real)
            here = fields.get(name) if name else known.get(header.folds) if header else None
            if here is None or here in mine:
                beyond += 1
                here = column_letters(beyond)
                headers |= {here: side.headed.block.headers[real]} if header else {}
            if name:
                fields.setdefault(name, here)
            mine[here] = real
        taken.append(mine)
    order = sorted(fields.items(), key=lambda each: column_number(each[1]))
    return _Columns(dict(order), headers, tuple(taken))


def _unbound(fields: Mapping[str, str], headers: Mapping[str, str], first: Side) -> dict[tuple[str, ...], str]:
    """The headers of the first block that mean no field, by what they may be looked up as."""
    bound = set(fields.values())
    return {
        first.headed.headers[letters].folds: letters
        for letters in headers
        if letters not in bound and letters in first.headed.headers
    }


def _cells(sides: Sequence[Side], columns: _Columns) -> pd.DataFrame:
    """The records of all blocks below each other, by row id."""
    frames = [side.headed.cells for side in sides]
    index = np.concatenate(
        [number * PART_ROWS + frame.index.to_numpy(dtype=np.int64) for number, frame in enumerate(frames)]
    )
    names = sorted({each for mine in columns.letters for each in mine}, key=column_number)
    held = {
        name: np.concatenate(
            [
                frame[mine[name]].to_numpy(dtype=object) if name in mine else np.full(len(frame), None, dtype=object)
                for frame, mine in zip(frames, columns.letters, strict=True)
            ]
        )
        for name in names
    }
    return pd.DataFrame(held, index=index, columns=pd.Index(names, dtype=object), dtype=object)


def _units(sides: Sequence[Side], schema: Schema) -> dict[str, float]:
    """Field -> factor stated in its header; blocks in different units are not put together."""
    table = schema.tables[sides[0].reading.table]
    found: dict[str, float] = {}
    for side in sides:
        for name, letters in side.reading.columns.items():
            factor = side.headed.headers[letters].factor
            if table[base_name(name)].kind in _SCALED and factor != 1.0:
                found.setdefault(name, factor)
    return found


def _hidden(sides: Sequence[Side], cells: pd.DataFrame) -> frozenset[int]:
    hidden = frozenset(
        number * PART_ROWS + row for number, side in enumerate(sides) for row in side.headed.sheet.hidden
    )
    return hidden & frozenset(cells.index) if hidden else hidden
