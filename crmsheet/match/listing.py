"""Any table as records to compare: which columns say something of who it is, and what they say."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import pandas as pd
import yaml

from crmsheet.clean.columns import clean_table
from crmsheet.clean.vacancy import vacant
from crmsheet.core.book import Table
from crmsheet.core.cells import CellError, visible
from crmsheet.core.context import Context
from crmsheet.core.folding import fold
from crmsheet.core.messages import cell_words
from crmsheet.core.schema import Field, Schema, TableSchema
from crmsheet.schema.headers import folds_of, read_header
from crmsheet.schema.vocabulary import base_name

LIST, KEY = "list", "key"
"""The table that a list without a schema is, and what its records are called by."""
NAMES = frozenset({"name", "given_name", "surname"})
"""What a record is called by."""
_SEVERAL = frozenset(
    {"mobile", "phone", "email", "wechat", "qq", "whatsapp", "website", "uscc", "id_number", "short_name",
     "former_names"}
)  # fmt: skip
"""Comparables of which a record may have several: the columns of a list add up."""
_PARTS = frozenset({"given_name", "surname", "address", "address_2"})
"""Comparables whose columns are parts of one text."""
_AS_FOUND = frozenset({"phone", "email", "url", "date", "postcode", "uscc", "id_card"})
"""Kinds of which a value that nobody could read is still a text that two records may share."""
_SOME_NAME = re.compile(r"(?:[\s_-](?i:names?)|[a-z]Name|名称?|名字)\W*$")
_OF_A_LOGIN = re.compile(r"file|user|login|文件|用户|登录", re.IGNORECASE)
"""Whose names are no names of customers."""
_DAY_OF_BIRTH = re.compile(r"birth[\s_-]+day", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Comparables:
    """What records are compared by, with the words for it.

    `fields` are a table of their own; `meant` folded header -> comparable; `of` (table, field) -> comparable.
    """

    fields: TableSchema
    meant: Mapping[str, str]
    of: Mapping[tuple[str, str], str]

    def of_field(self, table: str, name: str) -> str:
        """What a field of a table is, '' if nothing that is compared; a field called like a comparable is that."""
        field = base_name(name)
        return self.of.get((table, field), field if field in self.fields else "")

    def of_header(self, text: str) -> str:
        """What a header means, '' if nothing that is compared."""
        if _DAY_OF_BIRTH.search(text):
            return "birth_day"
        header = read_header(text)
        for each in (*header.folds, *header.bases):
            if each in self.meant:
                return self.meant[each]
        halves = {self.meant.get(each, "") for each in header.halves}
        return halves.pop() if len(halves) == 1 else ""

    def named(self, text: str) -> str:
        """The comparable that somebody names: by its name, its label, or any header for it; '' if none."""
        name = text.strip().lower()
        return name if name in self.fields else self.of_header(text)


def comparables(schema: Schema) -> Comparables:
    """The comparables, in the words of a schema."""
    said = _entries()
    of = {_place(each): name for name, entry in said.items() for each in entry.get("of", ())}
    known = {place: schema.tables[place[0]][place[1]] for place in of if _has(schema, place)}
    fields = tuple(_field(name, entry, known) for name, entry in said.items())
    meant: dict[str, str] = {}
    for name, entry in said.items():
        for each in entry.get("headers", ()):
            meant.setdefault(fold(each), name)
    for place, field in known.items():
        for word in (*field.labels.values(), *field.aliases):
            for each in folds_of(word):
                meant.setdefault(each, of[place])
    for field in fields:
        for word in (field.name, *field.labels.values()):
            meant.setdefault(fold(word), field.name)
    table = TableSchema(LIST, {"zh": "名单", "en": "List"}, KEY, fields)
    return Comparables(table, meant, {place: of[place] for place in known})


def columns_of(table: Table, words: Comparables, asked: Mapping[str, str]) -> dict[str, str]:
    """Letters -> comparable for the columns of a table that are compared, in the order of the sheet.

    `asked` is what somebody said of columns, '' for one that is to be left out. Of the rest those that the schema
    knows are what it says, and those that it does not know what their headers say.
    """
    fields = {letters: name for name, letters in table.columns.items()}
    found: dict[str, str] = {}
    for letters in table.cells.columns:
        if letters in asked:
            found[letters] = asked[letters]
        elif letters in fields:
            found[letters] = words.of_field(table.name, fields[letters])
        elif header := table.headers.get(letters):
            found[letters] = words.of_header(header)
    settled = {letters for letters in found if letters in asked or letters in fields}
    found = _in_context(found, settled)
    if not {*found.values()} & NAMES and (letters := _like_a_name(table, found, settled)):
        found[letters] = "name"
    return {letters: name for letters, name in found.items() if name}


def _like_a_name(table: Table, found: Mapping[str, str], settled: set[str]) -> str:
    """Of the columns that mean nothing else the one that is headed as some name and tells most rows apart; '' if none.

    Of Site name and Program name that is the site.
    """
    free = [letters for letters, name in found.items() if not name and letters not in settled]
    texts = {letters: table.headers[letters] for letters in free}
    headed = [each for each, text in texts.items() if _SOME_NAME.search(text) and not _OF_A_LOGIN.search(text)]
    return max(headed, key=lambda each: table.cells[each].dropna().astype("str").nunique(), default="")


def listed(table: Table, words: Comparables, columns: Mapping[str, str], context: Context) -> pd.DataFrame:
    """What the records of a table say, a column for each comparable: canonical where it was read, as found where not.

    `columns` are those of `columns_of`; the values that the table has already are not read again.
    """
    fields = {letters: name for name, letters in table.columns.items()}
    read = {letters: fields[letters] for letters in columns if fields.get(letters) in table.values}
    same = {letters: name for letters, name in read.items() if words.of_field(table.name, name) == columns[letters]}
    fresh = _read({letters: name for letters, name in columns.items() if letters not in same}, table, words, context)
    parts: dict[str, list[pd.Series[Any]]] = {}
    for letters, name in columns.items():
        values = table.values[same[letters]] if letters in same else fresh[letters]
        parts.setdefault(name, []).append(_as_found(values, table.cells[letters], words.fields[name]))
    if "name" in table.values and "name" not in table.columns:  # made of two columns: it has none
        parts.setdefault("name", []).append(table.values["name"])
    return pd.DataFrame({name: _together(name, each) for name, each in parts.items()}, index=table.values.index)


def _in_context(found: dict[str, str], settled: set[str]) -> dict[str, str]:
    """What columns mean beside others: 公司 is the name where no other is, and 姓名 a contact where 客户 is."""
    free = [letters for letters in found if letters not in settled]
    if not {*found.values()} & NAMES:
        for instead in ("company", "contact_name"):
            promoted = [letters for letters in free if found[letters] == instead]
            if promoted:
                return _in_context({**found, promoted[0]: "name"}, settled | {promoted[0]})
    names = [letters for letters, name in found.items() if name == "name"]
    first = next((letters for letters in names if letters in settled), names[0] if names else "")
    for letters in names:
        if letters != first and letters not in settled:
            found = {**found, letters: "" if "contact_name" in found.values() else "contact_name"}
    return found


def _read(
    columns: Mapping[str, str], table: Table, words: Comparables, context: Context
) -> Mapping[str, pd.Series[Any]]:
    """The values of columns that nobody has read yet, by their letters."""
    if not columns:
        return {}
    places = {f"{name}#{number}": letters for number, (letters, name) in enumerate(columns.items(), 1)}
    part = dataclasses.replace(table, columns=places, values=pd.DataFrame(index=table.cells.index), told_by_sheet="")
    values = clean_table(part, words.fields, context, retype_dates=False).table.values
    return {letters: values[place] for place, letters in places.items()}


def _as_found(values: pd.Series[Any], cells: pd.Series[Any], field: Field) -> pd.Series[Any]:
    """Values with the words of the cell where it holds something that could not be read."""
    if field.kind not in _AS_FOUND:
        return values
    lost = values.isna() & cells.notna()
    if not lost.any():
        return values
    said = {row: _words(cell) for row, cell in cells[lost].items()}
    texts = _texts(values)
    texts.loc[lost] = pd.Series(said, dtype="str").reindex(texts.index[lost])
    return texts


def _words(cell: Any) -> str | None:
    """What a cell says; None for an error, and for a word that says nothing."""
    shown = visible(cell)
    text = "" if isinstance(shown, CellError) else cell_words(shown).strip()
    return text if text and vacant(text) is None else None


def _together(name: str, parts: Sequence[pd.Series[Any]]) -> pd.Series[Any]:
    """One column of several for the same comparable."""
    first, *rest = parts
    if not rest:
        return first
    first = _texts(first)
    for each in map(_texts, rest):
        both = first.notna() & each.notna()
        joined = first.where(first.notna(), each)
        if name in _SEVERAL or name in _PARTS:
            joined = joined.where(~both, first + ("|" if name in _SEVERAL else " ") + each)
        first = joined
    return first


def _texts(values: pd.Series[Any]) -> pd.Series[Any]:
    """A column as text: days in ISO."""
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%d")
    texts: pd.Series[Any] = values.astype("str")
    return texts


@lru_cache(maxsize=1)
def _entries() -> Mapping[str, Mapping[str, Any]]:
    """The shipped words."""
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
        files(__package__).joinpath("comparables.yaml").read_text("utf-8")
    )
    return found


def _place(text: str) -> tuple[str, str]:
    table, _, field = text.partition(".")
    return table, field


def _has(schema: Schema, place: tuple[str, str]) -> bool:
    return place[0] in schema.tables and place[1] in schema.tables[place[0]]


def _field(name: str, entry: Mapping[str, Any], known: Mapping[tuple[str, str], Field]) -> Field:
    """A comparable as a field: as the schema has it, else as the entry says."""
    own = next((known[place] for place in map(_place, entry.get("of", ())) if place in known), None)
    labels = entry.get("labels", {"zh": name, "en": name} if own is None else own.labels)
    if own is None:
        return Field(name, labels, sensitivity=entry.get("sensitivity", ""))
    kind = "text" if own.kind in ("key", "reference") else own.kind
    return dataclasses.replace(own, name=name, labels=labels, kind=kind, required=False, unique=False, computed_from=())
