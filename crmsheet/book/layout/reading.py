"""`read_layout`: the tables of a sheet as the cells tell them, and what they leave in doubt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

import numpy as np

from crmsheet.book.blocks import Block, Doubt, Layout, Pin
from crmsheet.book.layout import doubts
from crmsheet.book.layout.filled import label
from crmsheet.book.layout.grid import Area, Grid
from crmsheet.book.layout.heads import Head, composed, is_full_head, like_head
from crmsheet.book.layout.rows import Judged, judge
from crmsheet.book.layout.tables import Found, find_tables
from crmsheet.book.layout.words import is_firm, is_instruction, is_total
from crmsheet.core.book import Sheet
from crmsheet.core.messages import cell_words

_LEAST_SURE = 0.5
_FIRST_ROWS = 8
_FIRST_COLUMNS = 3
_MOST_BESIDE = 2000
_GAP_SHARE = (0.2, 0.95)
_NAMES = re.compile(r"名称|公司|单位|企业|^客户$|company|customer|account|client|organi[sz]ation", re.IGNORECASE)
_KEYS = re.compile(r"编号|代码|编码|id\b|no\.?$|number|code|类|级|型", re.IGNORECASE)
_VALUE = re.compile(r"@|\d{5,}|\d{2,4}[-/.年]\d{1,2}|^[+(]?\d[\d\s()-]{6,}$")


def read_layout(sheet: Sheet, known: Callable[[str], bool], pin: Pin | None = None) -> Layout:
    """How a sheet is laid out; `known` tells whether a text is a header of any table, `pin` what the user settled.

    Each question that the cells do not answer is a doubt, with what was assumed and what settles it.
    """
    pin = pin or Pin()
    grid = Grid(sheet)
    if not grid.filled.any() or pin.header == (0,):
        return Layout(sheet.name)
    known = cache(known)
    found = _pinned(grid, pin, known) if pin.header else find_tables(grid, grid.area, known)
    if not found:
        return Layout(sheet.name, doubts=() if pin.sure else tuple(_without_table(grid, sheet.name, known)))
    if not pin.header and (column := _labels_in_a_column(grid, known, found)):
        return Layout(sheet.name, doubts=() if pin.sure else (doubts.transposed(sheet.name, column),))
    last = _position(grid, pin.last) if pin.last else None
    blocks, used = [], np.zeros(len(grid.numbers), dtype=bool)
    for each in found:
        second = {} if pin.header else _second_header(grid, each, known)
        judged = judge(grid, _without(each.area, second), each.head, last)
        used[[*each.head.rows, *second, *judged.rows, *judged.aside]] = True
        blocks.append(_block(grid, sheet.name, each, judged, second, pin))
    return Layout(sheet.name, tuple(blocks), _beside_all(grid, used, found))


def _position(grid: Grid, number: int) -> int:
    """The position of the last row up to a number."""
    return int(np.searchsorted(grid.numbers, number, side="right")) - 1


def _pinned(grid: Grid, pin: Pin, known: Callable[[str], bool]) -> list[Found]:
    """The only table of a sheet whose header the user named; none where those rows are empty."""
    rows = [at for number in sorted(pin.header) if (at := _position(grid, number)) >= 0 and grid.numbers[at] == number]
    head = composed(grid, grid.area, rows, known) if rows else None
    if head is None or not head.texts:
        return []
    return [Found(head, grid.area.rows(head.bottom + 1, grid.area.bottom))]


def _second_header(grid: Grid, found: Found, known: Callable[[str], bool]) -> dict[int, str]:
    """The row right below a header that looks like one too and says something else, as what it is."""
    row, area = found.area.top, found.area
    if row > area.bottom or not grid.adjacent(found.head.bottom):
        return {}
    texts = grid.texts(row, area)
    if len(texts) < 2 or like_head(texts, found.head) or not is_full_head(grid.cells(row, area), known):
        return {}
    return {row: "repeated"}


def _without(area: Area, second: Mapping[int, str]) -> Area:
    return area.rows(area.top + len(second), area.bottom)


def _block(grid: Grid, sheet: str, found: Found, judged: Judged, second: Mapping[int, str], pin: Pin) -> Block:
    """A table by the numbers and letters of its sheet."""
    head, letters, numbers = found.head, grid.letters, grid.numbers
    asked = () if pin.sure else tuple(_doubts(grid, sheet, found, judged, second, pin))
    covered = dict(judged.covered or {}) | _filled_down(grid, judged, pin)
    return Block(
        sheet=sheet,
        header_rows=tuple(numbers[each] for each in head.rows),
        headers={letters[at]: text for at, text in head.texts.items()},
        columns=tuple(letters[at] for at in _columns(grid, found)),
        rows=tuple(numbers[each] for each in judged.rows),
        groups={letters[at]: text for at, text in head.groups.items()},
        aside={numbers[row]: kind for row, kind in sorted({**judged.aside, **second}.items())},
        covered={
            (numbers[row], letters[at]): (numbers[top], letters[left]) for (row, at), (top, left) in covered.items()
        },
        confidence=round(_LEAST_SURE if asked else 0.6 + 0.4 * head.share, 2),
        doubts=asked,
    )


def _columns(grid: Grid, found: Found) -> Iterable[int]:
    """The columns of a table: from its first to its last that has a label or a value."""
    used = _used(grid, found)
    return range(min(used), max(used) + 1)


def _used(grid: Grid, found: Found) -> set[int]:
    """The columns of a table that have a label or a value."""
    used = grid.part(found.area).any(axis=0)
    return {*(np.flatnonzero(used) + found.area.left).tolist(), *found.head.texts}


def _filled_down(grid: Grid, judged: Judged, pin: Pin) -> dict[tuple[int, int], tuple[int, int]]:
    """Empty cells of the columns that the user said to fill -> the cell above that has a value."""
    found = {}
    for letters in pin.fill:
        if letters not in grid.letters:
            continue
        at, above = grid.letters.index(letters), -1
        for row in judged.rows:
            if grid.filled[row, at]:
                above = row
            elif above >= 0:
                found[row, at] = above, at
    return found


def _doubts(
    grid: Grid, sheet: str, found: Found, judged: Judged, second: Mapping[int, str], pin: Pin
) -> Iterator[Doubt]:
    """What is open about a table."""
    numbers, head = grid.numbers, found.head
    for row in second:
        yield doubts.two_headers(sheet, numbers[head.bottom], numbers[row])
    if head.guessed:
        yield doubts.guessed_groups(sheet, numbers[head.top], numbers[head.bottom])
    used = _used(grid, found)
    if not pin.header and 2 * len(head.texts) < len(used):
        yield doubts.few_labels(sheet, numbers[head.bottom], len(head.texts), len(used))
    if found.unsure >= 0:
        yield doubts.beside_each_other(sheet, grid.letters[found.unsure], numbers[head.bottom])
    if judged.after >= 0 and judged.after not in judged.firms:
        first = next(row for row in judged.rows if row > judged.after)
        yield doubts.below_the_total(sheet, numbers[judged.after], numbers[first])
    for row in judged.lone:
        value = cell_words(grid.cells(row, found.area)[0])
        yield doubts.lone_text(sheet, numbers[row], value, numbers[max((*judged.rows, *judged.lone))])
    for row in judged.firms:
        yield doubts.total_or_firm(sheet, numbers[row], cell_words(grid.cells(row, found.area)[0]))
    if not pin.fill and (gap := _gaps(grid, head, judged)):
        column, rows = gap
        yield doubts.gaps_to_fill(sheet, grid.letters[column], len(rows), numbers[rows[0]])


def _gaps(grid: Grid, head: Head, judged: Judged) -> tuple[int, list[int]] | None:
    """The column of names and its empty cells, where they look like what is left of merged cells."""
    first = list(head.texts.items())[:_FIRST_COLUMNS]
    column = next((at for at, text in first if _NAMES.search(text) and not _KEYS.search(text)), None)
    if column is None or len(judged.rows) < 3:
        return None
    rows = np.array(judged.rows)
    filled = grid.filled[rows, column]
    empty = [row for row in rows[~filled].tolist() if (row, column) not in (judged.covered or {})]
    if not filled[0] or not _GAP_SHARE[0] <= len(empty) / len(rows) <= _GAP_SHARE[1]:
        return None
    return column, empty


def _without_table(grid: Grid, sheet: str, known: Callable[[str], bool]) -> Iterator[Doubt]:
    """The question about a sheet that looks like a table and has no header that is known."""
    if column := _labels_in_a_column(grid, known, []):
        yield doubts.transposed(sheet, column)
        return
    rows = np.flatnonzero(grid.counts(grid.area) > 1)
    if len(rows) < 2:
        return
    first, *others = (_values(grid, int(row)) for row in rows[:_FIRST_ROWS])
    if first & set().union(*others):
        yield doubts.no_header(sheet, grid.numbers[int(rows[0])])


def _values(grid: Grid, row: int) -> set[int]:
    """The columns where a row has what a record has and a header has not: a number, a date, an address, a firm."""
    return {at for at, text in grid.texts(row, grid.area).items() if _VALUE.search(text) or is_firm(text)}


def _labels_in_a_column(grid: Grid, known: Callable[[str], bool], found: list[Found]) -> str:
    """The letters of a first column that holds more known labels than any header; '' for none."""
    if len(grid.letters) < 2:
        return ""
    column = next(at for at in range(len(grid.letters)) if grid.filled[:, at].any())
    texts = [text for text in map(label, grid.values[:100, column]) if text]
    if len(set(texts)) < len(texts):
        return ""
    labels = sum(known(text) for text in texts if not any(map(str.isdigit, text)))
    most = max((len(each.head.texts) for each in found), default=0)
    return grid.letters[column] if labels >= max(3, most + 1, 0.6 * len(texts)) else ""


def _beside_all(grid: Grid, used: np.ndarray[tuple[int], np.dtype[np.bool_]], found: list[Found]) -> dict[int, str]:
    """The filled rows that belong to no table, as what they are."""
    rows = np.flatnonzero((grid.counts(grid.area) > 0) & ~used).tolist()
    if len(rows) > _MOST_BESIDE:
        return {grid.numbers[row]: "note" for row in rows}
    tops = sorted(each.head.top for each in found)
    kinds: dict[int, str] = {}
    for row in rows:
        cells = grid.cells(row, grid.area)
        title = len(cells) == 1 and not is_instruction(label(cells[0])) and any(top > row for top in tops)
        kinds[grid.numbers[row]] = "title" if title else "total" if is_total(cells) else "note"
    return kinds
