"""Where the tables of a sheet are: one below the other, side by side, each with its header and its stretch of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from crmsheet.book.layout.grid import Area, Grid
from crmsheet.book.layout.heads import Head, find_head, grown, head_score, is_full_head, says_again

_DEPTH = 3
_MOST_LOOKED_AT = 500
_NEAR = 3
_SPARSE = 2
_TEXT_COLUMNS = 4
_FEW_ROWS = 5
_ALIKE = 0.9


@dataclass(frozen=True, slots=True)
class Found:
    """A table: its header, the area of its rows (below the header); `unsure` is a column that may begin another one."""

    head: Head
    area: Area
    unsure: int = -1


def find_tables(grid: Grid, area: Area, known: Callable[[str], bool], depth: int = 0) -> list[Found]:
    """The tables in an area, top down and left to right."""
    head = find_head(grid, area, known)
    if head is None:
        return []
    parts = _apart(grid, area, known) if depth < _DEPTH else []
    if parts:
        return [found for part in parts for found in find_tables(grid, part, known, depth + 1)]
    heads = [head, *_more_heads(grid, area, head, known)]
    ends = [_end_before(grid, area, each) for each in heads[1:]] + [area.bottom]
    found: list[Found] = []
    for each, end in zip(heads, ends, strict=True):
        found += _beside(grid, area.rows(each.bottom + 1, end), each, known, depth)
    return found


def _more_heads(grid: Grid, area: Area, head: Head, known: Callable[[str], bool]) -> list[Head]:
    """The headers of further tables below the first one; the same header again is none."""
    heads = [head]
    for row in _candidates(grid, area, head):
        below = row > heads[-1].bottom and not any(says_again(grid.texts(row, area), each) for each in heads)
        if below and is_full_head(grid.cells(row, area), known):
            heads.append(grown(grid, area.rows(heads[-1].bottom + 1, area.bottom), row, known))
    return heads[1:]


def _candidates(grid: Grid, area: Area, head: Head) -> list[int]:
    """Rows soon after an empty or nearly empty one, and those that hold a text of the first header."""
    below = area.rows(head.bottom + 1, area.bottom)
    counts = grid.counts(below)
    if len(counts) < 2:
        return []
    thin = np.flatnonzero(counts <= _SPARSE)
    soon = np.unique((thin[:, None] + np.arange(1, _NEAR + 1)).ravel())
    soon = soon[soon < len(counts)]
    rows = set((soon[counts[soon] >= 2] + below.top).tolist()[:_MOST_LOOKED_AT])
    rows.update(grid.rows_with(set(head.texts.values()), list(head.texts)[:_TEXT_COLUMNS], below))
    return sorted(rows)


def _end_before(grid: Grid, area: Area, head: Head) -> int:
    """The last row above a header that can belong to the table before: titles right above it do not."""
    row = head.top - 1
    while row >= area.top and grid.counts(area.rows(row, row))[0] == 0:
        row -= 1
    lines = 0
    while row >= area.top and lines < _NEAR and grid.counts(area.rows(row, row))[0] == 1:
        row, lines = row - 1, lines + 1
    return row


def _runs(columns: Iterable[int]) -> list[tuple[int, int]]:
    """The stretches of ascending columns without a gap."""
    runs: list[tuple[int, int]] = []
    for at in columns:
        if runs and runs[-1][1] == at - 1:
            runs[-1] = runs[-1][0], at
        else:
            runs.append((at, at))
    return runs


def _apart(grid: Grid, area: Area, known: Callable[[str], bool]) -> list[Area]:
    """Areas side by side, between empty columns, whose headers are in different rows; none where it is one."""
    runs = _runs((np.flatnonzero(grid.part(area).any(axis=0)) + area.left).tolist())
    if len(runs) < 2:
        return []
    heads = [find_head(grid, area.columns(*run), known) for run in runs]
    mine = [(run, each) for run, each in zip(runs, heads, strict=True) if each is not None]
    if len({each.rows for _, each in mine}) < 2:
        return []
    for run, each in mine:
        for other, theirs in mine:
            said = grid.cells(theirs.bottom, area.columns(*run))
            if other != run and theirs.rows != each.rows and head_score(said, known, narrow=run[1] - run[0] < 2):
                return []
    starts = [run[0] for run, _ in mine]
    ends = [start - 1 for start in starts[1:]] + [area.right]
    return [area.columns(area.left if at == 0 else starts[at], end) for at, end in enumerate(ends)]


def _beside(grid: Grid, area: Area, head: Head, known: Callable[[str], bool], depth: int) -> Iterator[Found]:
    """The tables side by side below one header, and those that begin lower in columns without a label."""
    bands, loose = _bands(grid, area, head, known)
    found = [Found(head.within(left, right), area.columns(left, right), unsure) for left, right, unsure in bands]
    if depth < _DEPTH:
        for left, right in loose:
            found += find_tables(grid, area.columns(left, right), known, depth + 1)
    yield from sorted(found, key=lambda each: each.area.left)


def _bands(
    grid: Grid, area: Area, head: Head, known: Callable[[str], bool]
) -> tuple[list[tuple[int, int, int]], list[tuple[int, int]]]:
    """The columns of each table below a header, with the column that may begin another; and the columns of none."""
    filled = grid.part(area)
    counts = filled.sum(axis=0)
    rows = int(filled.any(axis=1).sum())
    enough = max(1, rows // 20)
    columns = range(area.left, area.right + 1)
    active = [at for at in columns if at in head.texts or int(counts[at - area.left]) >= enough]
    tables: list[tuple[int, int, int]] = []
    loose: list[tuple[int, int]] = []
    for left, right in _runs(active):
        texts = [text for at, text in head.texts.items() if left <= at <= right]
        if not texts:
            loose.append((left, right))
        elif tables and (same := _same_table(grid, area, head, tables[-1], (left, right), known)):
            tables[-1] = tables[-1][0], right, left if same == "unsure" else tables[-1][2]
        else:
            tables.append((left, right, -1))
    weak = [each for each in tables if sum(map(known, head.within(each[0], each[1]).texts.values())) < 2]
    if len(weak) < len(tables):
        tables = [each for each in tables if each not in weak]
        loose += [(left, right) for left, right, _ in weak]
    return tables, loose


def _same_table(
    grid: Grid,
    area: Area,
    head: Head,
    one: tuple[int, int, int],
    other: tuple[int, int],
    known: Callable[[str], bool],
) -> str:
    """Whether columns behind an empty one belong to the same table: "sure", "unsure" or "".

    They do not where they repeat a label or fill other rows; where there are hardly any rows, that says little.
    """
    left, right = head.within(one[0], one[1]).texts, head.within(*other).texts
    if set(left.values()) & set(right.values()):
        return ""
    here, there = (grid.part(area.columns(first, last)).any(axis=1) for first, last in ((one[0], one[1]), other))
    both, either = int((here & there).sum()), int((here | there).sum())
    if not either:
        return "sure"
    lists = min(sum(map(known, each.values())) for each in (left, right)) >= 2
    if not lists:
        # A few words beside a table: columns of it where they stand beside its rows, a remark where they stand alone.
        return "sure" if not (there & ~here).any() or not (here & ~there).any() else ""
    if both < _ALIKE * either:
        return ""
    return "sure" if either >= _FEW_ROWS else "unsure"
