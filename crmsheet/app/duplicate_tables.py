"""What was found, as tables for programs: every row of a cluster, and every pair with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crmsheet.access.masking import mask_value
from crmsheet.core.book import Table
from crmsheet.core.messages import cell_words
from crmsheet.core.outcome import Section
from crmsheet.match.duplicates import Matches
from crmsheet.match.evidence import CardLine, card
from crmsheet.match.listing import Comparables
from crmsheet.match.numbering import numbered

ROWS = ("row", "cluster", "entity", "band", "weight")
PAIRS = ("left_row", "right_row", "left_key", "right_key", "band", "weight", "evidence")
_OF = {"landline": "phone", "contact": "contact_name"}
"""Comparisons that are called otherwise than what they compare."""


def rows_table(matches: Matches, table: Table, *, keyed: bool) -> Section:
    """The rows with a link; `keyed` where the keys stand in the file, and so outlast sorting it."""
    return Section("rows", ROWS, tuple(_rows(matches, table, keyed=keyed)), name="rows")


def pairs_table(matches: Matches, table: Table, words: Comparables, *, reveal: bool) -> Section:
    """The pairs with their evidence."""
    return Section("pairs", PAIRS, tuple(_pairs(matches, table, words, reveal=reveal)), name="pairs")


def _rows(matches: Matches, table: Table, *, keyed: bool) -> Iterator[tuple[Any, ...]]:
    for row, *rest in grouped(matches, table, keyed=keyed):
        yield table.row_name(row), *rest


def grouped(matches: Matches, table: Table, *, keyed: bool) -> list[tuple[int, int, int, str, float]]:
    """Row id, cluster, entity, band and weight of every row with a link, cluster by cluster."""
    rows = matches.clusters["row_"].tolist()
    keys = table.keys().loc[rows].tolist() if keyed else _said(table, rows)
    cluster, entity = numbered(matches, dict(zip(rows, keys, strict=True)))
    bands, weights = (matches.clusters[name].tolist() for name in ("band", "weight"))
    found = [
        (row, cluster[row], entity[row], band, round(weight, 3))
        for row, band, weight in zip(rows, bands, weights, strict=True)
    ]
    return sorted(found, key=lambda each: (each[1], each[2], each[0]))


def _said(table: Table, rows: list[int]) -> list[str]:
    """What the cells of rows say: it tells them apart wherever they stand."""
    cells = table.cells.loc[rows].to_numpy(dtype=object).tolist()
    return ["\x1f".join(map(cell_words, row)) for row in cells]


def _pairs(matches: Matches, table: Table, words: Comparables, *, reveal: bool) -> Iterator[tuple[Any, ...]]:
    keys = table.keys().to_dict()
    columns = (matches.pairs[name].tolist() for name in ("left_row", "right_row", "band", "weight"))
    for place, (left, right, band, weight) in enumerate(zip(*columns, strict=True)):
        evidence = evidence_of(matches, place, words, reveal=reveal)
        yield (
            table.row_name(left), table.row_name(right), keys.get(left) or None, keys.get(right) or None,
            band, round(weight, 3), evidence,
        )  # fmt: skip


def evidence_of(matches: Matches, pair: int, words: Comparables, *, reveal: bool) -> tuple[Mapping[str, Any], ...]:
    """The evidence of a pair for programs, the weightiest first."""
    return tuple(_line(each, words, reveal=reveal) for each in card(matches, pair))


def _line(line: CardLine, words: Comparables, *, reveal: bool) -> Mapping[str, Any]:
    left, right = (
        (line.left, line.right) if reveal else (masked(each, line.name, words) for each in (line.left, line.right))
    )
    return {"field": line.name, "left": left, "right": right, "said": line.said, "bits": line.bits}


def masked(value: Any, name: str, words: Comparables) -> Any:
    """A value of a comparison as somebody sees it who has no right to private values."""
    name = _OF.get(name, name)
    return mask_value(value, words.fields[name]) if name in words.fields else value
