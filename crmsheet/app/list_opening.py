"""Any file as a list of records to compare: of a book its best table, else a sheet as it stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from crmsheet.app.layouts import pins
from crmsheet.app.opening import Loaded, load_book, sheets_of
from crmsheet.app.request import Request
from crmsheet.app.settings import book_path
from crmsheet.book.blocks import Pin
from crmsheet.book.opening import open_book_file
from crmsheet.core.book import Table
from crmsheet.core.changes import Changes
from crmsheet.core.errors import ComparableUnknown, HeaderUnknown, NothingBound, NothingComparable, UsageError
from crmsheet.core.findings import Findings
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Chain, Message, Text, cell_words, chained
from crmsheet.engine.relations import RETIRED
from crmsheet.match.listing import KEY, LIST, Comparables, columns_of, comparables, listed
from crmsheet.schema.free_tables import free_tables
from crmsheet.schema.vocabulary import base_name

if TYPE_CHECKING:
    import pandas as pd

LEFT_OUT = ("-", "ignore", "忽略")
"""What a column is called that is not to be compared."""
_NO_SIGN = N_("--map {word}: write it like --map {word}=mobile")
_NEAR = N_("Did you mean {near}? ")
_WEAK = frozenset({"", KEY, "kind", "gender", "title", "country", "province", "city"})
"""What says too little of whose record it is."""
_FIRST = 30
"""Rows among which the header is."""
_NAMED = 30
"""Headers that a sentence names."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A table that may be the list, and what its columns are compared as, by their letters."""

    table: Table
    columns: Mapping[str, str]

    @property
    def worth(self) -> tuple[bool, bool, int, int]:
        """Whether it says anything of its records, whether they are customers, how much it says, and of how many."""
        said = len({*self.columns.values()} - _WEAK)
        return said > 0, self.table.name == "customers", said, len(self.table.cells)


def open_anything(request: Request) -> Loaded:
    """The book of a request, or its sheets where none of them is a table of the schema."""
    try:
        return load_book(request)
    except NothingBound:
        path, settings = book_path(request)
        return sheets_of(request, open_book_file(path), settings)


def as_list(loaded: Loaded, asked: Sequence[str] = (), spared: Collection[str] = ()) -> Loaded:
    """What was opened as a book of one table, the list: its fields are what records are compared by.

    `asked` says what columns are, each as HEADER=FIELD, before what they seem to be; those of them that are `spared`
    may name a header that is not there. Customers come before other tables of a book.

    Raises:
        UsageError: one of `asked` has no sign in it.
        ComparableUnknown: it names nothing that records are compared by.
        HeaderUnknown: no table has such a header.
        NothingComparable: no column says whose record a row is.
    """
    words = comparables(loaded.schema)
    wanted = _wanted(asked, words)
    spared = {_split(each)[0] for each in spared}
    chosen = max(_candidates(loaded, words, wanted, spared), key=lambda each: each.worth)
    if not chosen.worth[0]:
        raise _nothing(loaded, chosen.table, words)
    table = _list(chosen, words, loaded)
    schema = dataclasses.replace(loaded.schema, tables={**loaded.schema.tables, LIST: words.fields})
    book = dataclasses.replace(loaded.book, tables={LIST: table})
    return dataclasses.replace(loaded, schema=schema, book=book, findings=Findings(), keys=Changes())


def _wanted(asked: Sequence[str], words: Comparables) -> dict[str, str]:
    """Header -> comparable, '' for one that is to be left out."""
    found = {}
    for each in asked:
        header, text = _split(each)
        if not header:
            raise UsageError(problem=Message(_NO_SIGN, {"word": each.strip("=") or "手机"}))
        name = "" if text.strip().lower() in LEFT_OUT else words.named(text)
        if not name and text.strip().lower() not in LEFT_OUT:
            raise ComparableUnknown(text=text, near=_near(text, _spellings(words)), names=names_of(words))
        found[header] = name
    return found


def _split(asked: str) -> tuple[str, str]:
    """Header and field; '' for the header where the sign is missing."""
    header, _, text = asked.rpartition("=")
    return header.strip(), text


def unknown_to(table: Table, asked: Sequence[str]) -> list[str]:
    """Those of `asked` whose header a list does not have."""
    return [each for each in asked if not _letters(table, _split(each)[0])]


def _spellings(words: Comparables) -> list[str]:
    return [text for each in words.fields.fields for text in (each.name, *each.labels.values())]


def names_of(words: Comparables) -> Chain:
    """What records are compared by, as people say it; `--map` takes it in any language."""
    return chained([each.labels for each in words.fields.fields if each.name != KEY], N_(", "))


def _near(text: str, known: Sequence[str]) -> Text:
    """What was probably meant, as the beginning of a sentence; nothing where nothing is like it."""
    folded = {fold(each): each for each in reversed(known)}
    found = get_close_matches(fold(text), folded, 1, 0.6)
    return Message(_NEAR, {"near": folded[found[0]]}) if found else ""


def _candidates(
    loaded: Loaded, words: Comparables, wanted: Mapping[str, str], spared: Collection[str]
) -> Iterator[_Candidate]:
    """The tables that have every header that was asked for; those that the schema knows come first."""
    free = _free(loaded, words, wanted)
    # What their headers mean is looked up: the names of their columns are no fields of the schema.
    tables = [*loaded.book.tables.values(), *(dataclasses.replace(each, columns={}) for each in free.values())]
    if not tables:
        raise _nothing(loaded, None, words)
    lacking = []
    for table in tables:
        letters = {header: _letters(table, header) for header in wanted}
        missing = [header for header, at in letters.items() if not at and header not in spared]
        if missing:
            lacking.append((table, missing))
            continue
        said = {at: wanted[header] for header, at in letters.items() if at}
        yield _Candidate(table, columns_of(table, words, said))
    if len(lacking) == len(tables):
        table, missing = min(lacking, key=lambda each: (len(each[1]), -len(each[0].cells)))
        headers = _headers(table)
        raise HeaderUnknown(
            path=loaded.path.name, header=missing[0], near=_near(missing[0], headers), headers=_listed(headers)
        )


def _free(loaded: Loaded, words: Comparables, wanted: Mapping[str, str]) -> Mapping[str, Table]:
    """A table for each sheet; where its header says nothing, a row that does is taken for it."""
    sheets = {sheet.name: sheet for sheet in loaded.opened.sheets}
    settled = pins(loaded.path, loaded.context.settings, loaded.schema)
    found = free_tables(loaded.opened, sheets, loaded.book.tables, settled)
    asked = {fold(each) for each in wanted}

    def says(text: str) -> bool:
        return bool(words.of_header(text)) or fold(text) in asked

    heads: dict[str, Pin] = {}
    for table in found.values():
        if table.sheet not in settled and not any(map(says, table.headers.values())):
            first = sheets[table.sheet].cells.head(_FIRST)
            rows = zip(first.index.tolist(), first.to_numpy(dtype=object).tolist(), strict=True)
            row = next((row for row, cells in rows if _all_say(cells, says)), 0)
            heads |= {table.sheet: Pin(header=(row,))} if row else {}
    return free_tables(loaded.opened, sheets, loaded.book.tables, {**settled, **heads}) if heads else found


def _all_say(cells: Sequence[object], says: Callable[[str], bool]) -> bool:
    """Whether a row holds texts, and each is a header that says something."""
    texts = [each.strip() for each in cells if isinstance(each, str) and each.strip()]
    return bool(texts) and all(map(says, texts))


def _letters(table: Table, header: str) -> str:
    """The column of a header: as it is spelled, else as it is read; a column without a header by its letters."""
    for same in (str.strip, fold):
        for letters, text in table.headers.items():
            if same(text) == same(header):
                return letters
    nameless = [letters for letters in map(str, table.cells.columns) if letters not in table.headers]
    return next((letters for letters in nameless if letters == header.upper()), "")


def _headers(table: Table) -> list[str]:
    """The headers of a table; of columns without one the letters."""
    return [table.headers.get(letters, letters) for letters in map(str, table.cells.columns)]


def _listed(headers: Sequence[str]) -> Chain:
    return chained([*headers[:_NAMED], *(["…"] if len(headers) > _NAMED else [])], N_(", "))


def _nothing(loaded: Loaded, table: Table | None, words: Comparables) -> NothingComparable:
    headers = _headers(table) if table is not None else []
    return NothingComparable(
        path=loaded.path.name, example=headers[0] if headers else "A", headers=_listed(headers), names=names_of(words)
    )


def _list(chosen: _Candidate, words: Comparables, loaded: Loaded) -> Table:
    """The list: what its live rows say, and what each of them is called where nothing else is called so."""
    table = chosen.table
    values = listed(table, words, chosen.columns, loaded.context)
    if (status := table.values.get("record_status")) is not None:
        values = values[~status.isin(RETIRED)]
    columns: dict[str, str] = {}
    for letters, name in chosen.columns.items():
        again = sum(base_name(each) == name for each in columns)
        columns[f"{name}#{again + 1}" if again else name] = letters
    keys = _keys(table, columns, values)
    return dataclasses.replace(
        table,
        name=LIST,
        key=KEY,
        cells=table.cells.loc[values.index],
        columns=columns,
        values=values.assign(**{KEY: keys}) if keys is not None else values.drop(columns=KEY, errors="ignore"),
    )


def _keys(table: Table, columns: Mapping[str, str], values: pd.DataFrame) -> pd.Series[str] | None:
    """The keys of the list as they stand there; None where they do not tell all rows apart."""
    if KEY not in columns:
        return None
    texts = table.cells[columns[KEY]].loc[values.index].map(lambda cell: cell_words(cell).strip()).astype("str")
    return texts if (texts != "").all() and texts.is_unique else None
