"""Why two records are thought to be one customer, or not: any two, also those that nothing had brought together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import numpy as np

from crmsheet.app.dedupe import CUSTOMERS, Compared, compared, subject
from crmsheet.app.duplicate_tables import masked
from crmsheet.app.opening import Loaded
from crmsheet.app.outcomes import not_changed, shown
from crmsheet.app.pair_decisions import known_to
from crmsheet.app.request import Request
from crmsheet.core.book import PART_ROWS, Table
from crmsheet.core.cells import visible
from crmsheet.core.errors import RowUnknown, UsageError
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message, cell_words
from crmsheet.core.outcome import Outcome
from crmsheet.engine.relations import RETIRED
from crmsheet.match.decisions import standing
from crmsheet.match.duplicates import Matches, pair_of
from crmsheet.match.evidence import CardLine, card, gaps, sum_of
from crmsheet.match.listing import LIST, Comparables, columns_of, comparables
from crmsheet.match.verdicts import called
from crmsheet.match.weights import weights
from crmsheet.report import evidence_card
from crmsheet.report.evidence_card import Card
from crmsheet.schema.vocabulary import base_name

_ONE = N_("{left} and {right} are one record")
_NEAR = N_("Did you mean {near}? ")
_WHOLE: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "given_name", "surname"),
    "contact": ("contact_name",),
    "birthday": ("birthday", "birth_year", "birth_month", "birth_day"),
    "address": ("street_number", "address", "address_1", "address_2"),
    "city": ("city",),
    "province": ("province",),
    "postal_code": ("postal_code",),
    "gender": ("gender",),
    "company": ("company",),
    "uscc": ("uscc",),
    "id_number": ("id_number",),
}
"""Comparisons of which the card shows the cells as they stand; of the others the values that were compared."""


def explain(request: Request, left: str, right: str, asked: Sequence[str] = ()) -> Outcome:
    """The evidence card of two records, by their keys or rows.

    Raises:
        RowUnknown: a text names no record.
        UsageError: both name the same one.
    """
    loaded = subject(request, asked)
    table = loaded.book.tables.get(LIST) or loaded.book.tables[CUSTOMERS]
    rows = tuple(row_of(table, each, loaded) for each in (left, right))
    if rows[0] == rows[1]:
        raise UsageError(problem=Message(_ONE, {"left": left, "right": right}))
    retired = _retired(table, rows)
    found = compared(_revived(loaded, retired), merging=False)
    told = _card(found, rows, retired)
    outcome = dataclasses.replace(
        loaded.outcome("dedupe"),
        counts={"weight": told.weight, "band": told.band},
        notes=(*evidence_card.notes(told), not_changed(), *loaded.about),
        sections=(evidence_card.section(told),),
    )
    return shown(loaded, outcome)


def row_of(table: Table, text: str, loaded: Loaded) -> int:
    """The row that a key names, else a row number such as 12 or #12; on several sheets 张三!12."""
    rows: list[int] = table.cells.index.tolist()
    keys: list[str] = table.keys().loc[rows].tolist()
    wanted = text.strip()
    for same in (str, fold):
        fit = [row for row, key in zip(rows, keys, strict=True) if key and same(key) == same(wanted)]
        if len(fit) == 1:
            return fit[0]
    sheet, _, number = wanted.removeprefix("#").rpartition("!")
    if number.isdecimal():
        for at, part in enumerate(table.parts):
            row = at * PART_ROWS + int(number)
            if (not sheet or part.sheet == sheet) and row in table.cells.index:
                return row
    near = get_close_matches(wanted, filter(None, keys), 1, 0.6)
    raise RowUnknown(path=loaded.path.name, text=text, near=Message(_NEAR, {"near": near[0]}) if near else "")


def _retired(table: Table, rows: Sequence[int]) -> list[int]:
    """Those of the rows that take no part in the search."""
    if "record_status" not in table.values or table.name == LIST:
        return []
    return [row for row in rows if table.values["record_status"].at[row] in RETIRED]


def _revived(loaded: Loaded, rows: Sequence[int]) -> Loaded:
    """The book with some retired rows taking part."""
    if not rows:
        return loaded
    table = loaded.book.tables[CUSTOMERS]
    values = table.values.copy()
    values.loc[list(rows), "record_status"] = None
    tables = {**loaded.book.tables, CUSTOMERS: dataclasses.replace(table, values=values)}
    return dataclasses.replace(loaded, book=dataclasses.replace(loaded.book, tables=tables))


def _card(found: Compared, rows: Sequence[int], retired: Sequence[int]) -> Card:
    matches, table, loaded = found.matches, found.table, found.loaded
    places = [int(at) for at in matches.prepared.rows.searchsorted(rows)]
    one, band = _pair(matches, places)
    adds, rules = sum_of(one, 0), weights()
    words = comparables(loaded.schema)
    lines = [_line(each, found, rows, words, turned=places[0] > places[1]) for each in (*card(one, 0), *gaps(one, 0))]
    keys = [str(table.keys().at[row]) for row in rows]
    said = standing(known_to(loaded)).get((min(keys), max(keys))) if not found.is_list else None
    would = bool(one.scored.sure[0])
    short = [key or f"#{table.row_name(row)}" for key, row in zip(keys, rows, strict=True)]
    names = [f"{each} {called(table, [row])[row][1]}".strip() for each, row in zip(short, rows, strict=True)]
    return Card(
        (names[0], names[1]),
        (short[0], short[1]),
        band,
        lines,
        len(matches.prepared),
        adds.prior,
        adds.repeated,
        adds.related,
        adds.weight,
        (rules.sure, rules.review),
        adds.vetoes,
        adds.unproven,
        would and band == "review" and said is None,
        (said.verdict, said.who, said.at) if said else None,
        [keys[rows.index(row)] for row in retired],
    )


def _pair(matches: Matches, places: Sequence[int]) -> tuple[Matches, str]:
    """The matches with this pair alone, and what came of it."""
    low, high = min(places), max(places)
    scored = matches.scored
    at = np.flatnonzero((scored.left == low) & (scored.right == high))
    if len(at):
        return dataclasses.replace(matches, scored=scored.where(at)), str(matches.pairs["band"].iloc[int(at[0])])
    return dataclasses.replace(matches, scored=pair_of(matches.prepared, low, high, weights())), "different"


def _line(
    line: CardLine, found: Compared, rows: Sequence[int], words: Comparables, *, turned: bool
) -> evidence_card.Compared:
    """A line of the card in the order in which the records were named, masked where that is wanted."""
    values = [line.right, line.left] if turned else [line.left, line.right]
    if line.name in _WHOLE:
        values = [_as_found(found, row, line.name, words) or at for row, at in zip(rows, values, strict=True)]
    if not found.loaded.request.reveal:
        values = [masked(each, line.name, words) for each in values]
    return evidence_card.Compared(line.what, values[0], values[1], line.said, line.bits)


def _as_found(found: Compared, row: int, name: str, words: Comparables) -> str:
    """What the cells say that a comparison is of."""
    table = found.table
    held = (
        {letters: base_name(each) for each, letters in table.columns.items()}
        if found.is_list
        else columns_of(table, words, {})
    )
    letters = [at for wanted in _WHOLE[name] for at, each in held.items() if each == wanted]
    return " ".join(filter(None, (cell_words(visible(table.cells[at].at[row])).strip() for at in letters)))
