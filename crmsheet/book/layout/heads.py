"""Finding the header of a table below titles, instructions and blank rows; it may be of several rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from crmsheet.book.layout.filled import label
from crmsheet.book.layout.grid import Area, Grid
from crmsheet.book.layout.words import is_sentence, is_total

DEPTH = 30
"""Rows with anything in them that are looked at for the first header."""

_LONG = 40
_TALLEST = 4
_YEARS = range(1990, 2100)
_FULL = 0.6
_LIKE = 0.6


@dataclass(frozen=True, slots=True)
class Head:
    """A header by position: its rows, column -> its lowest text, column -> the text above that; how sure it is.

    `share` is how much of it is known; `guessed` tells that a row was taken for groups by its look alone.
    """

    rows: tuple[int, ...]
    texts: Mapping[int, str]
    groups: Mapping[int, str]
    share: float = 1.0
    guessed: bool = False

    @property
    def top(self) -> int:
        """Its first row."""
        return self.rows[0]

    @property
    def bottom(self) -> int:
        """Its last row."""
        return self.rows[-1]

    def within(self, left: int, right: int) -> Head:
        """The part of it in some columns."""
        texts, groups = (
            {at: text for at, text in each.items() if left <= at <= right} for each in (self.texts, self.groups)
        )
        return Head(self.rows, texts, groups, self.share, self.guessed)


def find_head(grid: Grid, area: Area, known: Callable[[str], bool]) -> Head | None:
    """The header of an area, or None where no row looks like one.

    It is the row with the most known labels, by count times share of its filled cells; the upper one of equals. Two
    known labels are needed; one is enough in an area of at most two columns. A header is text, mostly unlike from
    cell to cell.
    """
    best, best_score = None, 0.0
    rows = _first_rows(grid, area)
    for row in rows:
        # A single label of two columns is chance where nothing stands below it.
        narrow = area.width <= 2 and (row == rows[0] or row < rows[-1])
        score = head_score(grid.cells(row, area), known, best_score, narrow=narrow)
        if score > best_score:
            best, best_score = row, score
    return None if best is None else grown(grid, area, best, known)


def _first_rows(grid: Grid, area: Area) -> list[int]:
    """The first rows that have anything in them."""
    looked = area.rows(area.top, min(area.bottom, area.top + 10 * DEPTH - 1))
    filled = [row for row, count in enumerate(grid.counts(looked).tolist(), area.top) if count]
    return filled[:DEPTH]


def head_score(values: list[object], known: Callable[[str], bool], best: float = 0.0, *, narrow: bool = False) -> float:
    """How much a row is a header: 0 for no; known labels count by their share of the row.

    A row that cannot be better than `best`, even were all its texts known, is not looked up.
    """
    if not values or is_total(values):
        return 0.0
    texts = [text for text in map(label, values) if text]
    short = {text for text in texts if len(text) <= _LONG}
    # 姓名, 电话, 姓名, 电话: two contacts beside each other repeat their labels.
    if len(short) <= best or len(set(texts)) < 0.5 * len(texts) or len(texts) < 0.5 * len(values):
        return 0.0
    labels = set(filter(known, short))
    if len(labels) < (1 if narrow else 2):
        return 0.0
    share = sum(text in labels for text in texts) / len(values)
    return len(labels) * (0.5 + 0.5 * share)


def says_again(texts: Mapping[int, str], head: Head) -> bool:
    """Whether a row says a header again and nothing else: another text makes it the header of another table."""
    known = {at: {head.texts.get(at), head.groups.get(at)} for at in texts}
    return like_head(texts, head) and all(text in known[at] for at, text in texts.items())


def is_full_head(values: list[object], known: Callable[[str], bool]) -> bool:
    """Whether a row is little else than known labels, so that it is a header wherever it stands."""
    labels = [text for text in map(label, values) if 0 < len(text) <= _LONG]
    return len(labels) == len(values) and sum(map(known, labels)) >= max(2, _FULL * len(values))


def like_head(texts: Mapping[int, str], head: Head) -> bool:
    """Whether a row says a header again."""
    same = sum(head.texts.get(at) == text or head.groups.get(at) == text for at, text in texts.items())
    return same >= max(1, _LIKE * min(len(head.texts), max(len(texts), 2)))


def grown(grid: Grid, area: Area, row: int, known: Callable[[str], bool]) -> Head:
    """The header around a row, with the rows below and above that belong to it."""
    rows, guessed = [row], False
    while len(rows) < _TALLEST and _goes_on(grid, area, rows, known):
        rows.append(rows[-1] + 1)
    while len(rows) < _TALLEST and (found := _groups_above(grid, area, rows, known)):
        rows.insert(0, rows[0] - 1)
        guessed = guessed or found == "guessed"
    head = composed(grid, area, rows, known)
    lowest = grid.texts(head.bottom, area)
    if guessed and len(set(lowest.values())) == len(head.texts) and is_full_head(list(lowest.values()), known):
        # Each column has a name of its own: what stands above it need not be asked about.
        return composed(grid, area, rows[rows.index(row) :], known)
    return replace(head, guessed=guessed)


def composed(grid: Grid, area: Area, rows: list[int], known: Callable[[str], bool]) -> Head:
    """Rows read as one header: each column by its lowest text, and what stands above that."""
    stacks = [_spread(grid, area, row, rows) for row in rows]
    texts: dict[int, str] = {}
    groups: dict[int, str] = {}
    for at in range(area.left, area.right + 1):
        said = [stack[at] for stack in stacks if at in stack]
        said = [text for place, text in enumerate(said) if place == 0 or text != said[place - 1]]
        if said:
            texts[at] = said[-1]
        if len(said) > 1:
            groups[at] = said[-2]
    share = sum(known(text) or known(groups.get(at, "") + text) for at, text in texts.items()) / max(1, len(texts))
    return Head(tuple(rows), texts, groups, share)


def _spread(grid: Grid, area: Area, row: int, rows: list[int]) -> dict[int, str]:
    """The texts of one row of a header, those of groups over all their columns that have a text below."""
    own = grid.texts(row, area)
    below = set().union(*(grid.texts(each, area) for each in rows if each > row))
    merged = {at: grid.merged_at[row, at].right for at in own if (row, at) in grid.merged_at}
    spread: dict[int, str] = {}
    last = -1
    for at in range(area.left, area.right + 1):
        if at in own:
            last = at
        elif at not in below or (at > merged.get(last, -1) if merged else last not in below):
            # Without merged cells a group reaches as far as nothing is written; with them, as far as its cell does.
            last = -1
        if last >= 0:
            spread[at] = own[last]
    return spread


def _goes_on(grid: Grid, area: Area, rows: list[int], known: Callable[[str], bool]) -> bool:
    """Whether the row below belongs to the header too."""
    row = rows[-1]
    if row >= area.bottom or not grid.adjacent(row):
        return False
    upper, lower = grid.texts(row, area), grid.texts(row + 1, area)
    if not lower or not all(_is_label(grid.values[row + 1, at]) for at in lower):
        return False
    here = [each for each in grid.merged if each.top <= row <= each.bottom and area.left <= each.left <= area.right]
    if any(each.bottom > row and each.top in rows for each in here):
        return True
    wide = [each for each in here if each.top == each.bottom == row and each.right > each.left]
    if wide:
        under = [at for at in lower if any(each.left <= at <= each.right for each in wide)]
        return len(under) == len(lower) and len(under) >= 2
    return _parts_a_group(upper, lower, known)


def _parts_a_group(upper: dict[int, str], lower: dict[int, str], known: Callable[[str], bool]) -> bool:
    """Whether texts stand below a label and the blank places right of it, and nowhere else."""
    new = [at for at in lower if at not in upper]
    if not new or sum(map(known, lower.values())) < max(1, 0.5 * len(lower)):
        return False
    for at in lower:
        if at in upper and at + 1 not in new:
            return False
        if at not in upper and at - 1 not in lower:
            return False
    return True


def _groups_above(grid: Grid, area: Area, rows: list[int], known: Callable[[str], bool]) -> str:
    """Whether the row above holds groups of this header: "sure", "guessed" by its look alone, or ""."""
    row = rows[0] - 1
    if row < area.top or not grid.adjacent(row):
        return ""
    upper, lower = grid.texts(row, area), grid.texts(rows[0], area)
    if not upper or not all(_is_label(grid.values[row, at]) for at in upper):
        return ""
    here = [grid.merged_at[row, at] for at in upper if (row, at) in grid.merged_at]
    if any(each.bottom > row for each in here):
        return "sure"
    wide = [each for each in here if each.right > each.left]
    first, last = min(lower), max(lower)
    if len(upper) == 1:
        over = wide[0] if wide else None
        return "sure" if over and over.left > first and over.right <= last else ""
    if wide:
        return "sure" if all(each.left in lower for each in wide) else ""
    alone = [at for at in upper if at not in lower]
    if not all(first <= at <= last for at in upper) or len(alone) == len(upper):
        return ""
    if alone:
        return "sure" if all(map(known, (upper[at] for at in alone))) else "guessed"
    return "guessed" if len(upper) < len(lower) and min(upper) == first else ""


def _is_label(value: object) -> bool:
    """Whether a cell may be part of a header: a short text, or a year."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return value in _YEARS
    text = label(value).rstrip(":： ")
    return 0 < len(text) <= _LONG and not is_sentence(text) and sum(map(str.isdigit, text)) <= 4
