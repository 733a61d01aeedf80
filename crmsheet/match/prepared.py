"""A table made ready for comparison: every value folded once, coded, and counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmsheet.match.identifiers import FOLDS, Atoms, joined, phones
from crmsheet.match.names import persons, take_apart
from crmsheet.match.places import addresses, dates, places
from crmsheet.match.texts import fold

_SPACE = pa.scalar(" ", pa.large_string())
_UNIT = pa.scalar("\x1f", pa.large_string())
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Column:
    """One comparable of every row: `codes` point into `values`, -1 where it is missing; `counts` are of rows."""

    codes: Codes
    values: pa.Array
    counts: Codes

    @classmethod
    def of(cls, texts: pa.Array, at: Codes | None = None) -> Column:
        """The column of one text per row, or of distinct texts that `at` gives to the rows."""
        coded = texts.dictionary_encode()
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        if at is not None:
            codes = np.where(at < 0, -1, codes[at]) if len(codes) else np.full(len(at), -1)
        return cls(codes, coded.dictionary, np.bincount(codes[codes >= 0], minlength=len(coded.dictionary)))

    @classmethod
    def folded(cls, texts: pa.Array, fold: Callable[[pa.Array], pa.Array]) -> Column:
        """The column of one text per row, each distinct one folded once."""
        coded = texts.dictionary_encode()
        at = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        return cls.of(fold(coded.dictionary), at)


@dataclass(frozen=True, slots=True)
class Bag:
    """A comparable with several values per row: the i-th holding is row `rows[i]` holding `values[codes[i]]`.

    `first` is the first value's code of each row (-1: none); `names` says how many names hold each value.
    """

    rows: Codes
    codes: Codes
    values: pa.Array
    first: Codes
    names: Codes


@dataclass(frozen=True, slots=True)
class Prepared:
    """All comparables of a table; positions count its live rows from 0, `rows` are their sheet rows."""

    rows: Codes
    keys: tuple[str, ...]
    columns: Mapping[str, Column]
    bags: Mapping[str, Bag]
    person: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.rows)


def prepare(values: pd.DataFrame, keys: Sequence[str]) -> Prepared:
    """Comparables of a frame of typed values (fields as columns, sheet rows as index)."""
    rows = values.index.to_numpy("int64")
    kinds = _texts(values, "kind")
    raw = _names(values)
    known = pc.if_else(pc.is_in(kinds, value_set=pa.array(["person", "company"], kinds.type)), kinds, None)
    if "name" not in values and {"given_name", "surname"} & set(values):
        known = pa.array(["person"] * len(rows), pa.large_string())
    pair = pc.binary_join_element_wise(raw, pc.fill_null(known, ""), _UNIT)
    coded = pair.dictionary_encode()
    at = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    names = take_apart(*_unpaired(coded.dictionary))
    columns = {
        "full": Column.of(names.full, at),
        "core": Column.of(names.core, at),
        "region": Column.of(pc.if_else(pc.equal(names.region, ""), None, names.region), at),
        "branch": Column.of(pc.if_else(pc.equal(names.branch, ""), None, names.branch), at),
        **_simple(values),
    }
    if len(columns["contact"].values):
        columns["contact"] = _somebody_else(columns["contact"], Column.folded(raw, lambda texts: persons(fold(texts))))
    person = names.person.to_numpy(zero_copy_only=False).astype(bool)
    person = np.where(at < 0, False, person[at]) if len(person) else np.zeros(len(rows), bool)
    return Prepared(rows, tuple(keys), columns, _bags(values, columns["core"], len(rows)), person)


def _somebody_else(contact: Column, own: Column) -> Column:
    """The contacts who are not the customer himself: his name in a second cell is no second piece of evidence."""
    ours, theirs = (each.values.take(pa.array(each.codes, mask=each.codes < 0)) for each in (contact, own))
    himself = pc.fill_null(pc.equal(ours, theirs), False).to_numpy(zero_copy_only=False)
    codes = np.where(himself, -1, contact.codes)
    return Column(codes, contact.values, np.bincount(codes[codes >= 0], minlength=len(contact.values)))


def _unpaired(pairs: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Name and kind of each joined pair; a kind that is not known is null."""
    split = pc.extract_regex(pairs, r"(?s)^(?P<name>.*)\x1f(?P<kind>.*)$")
    kind = pc.struct_field(split, "kind")
    return pc.struct_field(split, "name"), pc.if_else(pc.equal(kind, ""), None, kind)


def _texts(values: pd.DataFrame, *fields: str) -> pa.Array:
    """One text per row of the bound fields among these, joined by a space; null where all are empty."""
    bound = [_text(values[field]) for field in fields if field in values]
    if not bound:
        return pa.nulls(len(values), pa.large_string())
    joined = pc.binary_join_element_wise(*bound, _SPACE, null_handling="replace") if len(bound) > 1 else bound[0]
    trimmed = pc.utf8_trim_whitespace(joined)  # "skip" loses rows of nulls only in pyarrow 26: 5,000 gave 4,999
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def _text(series: pd.Series[Any]) -> pa.Array:
    if pd.api.types.is_datetime64_any_dtype(series):
        series = series.dt.strftime("%Y-%m-%d")
    elif pd.api.types.is_float_dtype(series):
        series = series.map("{:g}".format, na_action="ignore")
    texts = pa.array(series.astype("str"), pa.large_string(), from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _names(values: pd.DataFrame) -> pa.Array:
    """The name, else the parts of a person's name, else the English name."""
    name = _texts(values, "name")
    return pc.coalesce(name, _texts(values, "given_name", "surname"), _texts(values, "name_en"))


def _simple(values: pd.DataFrame) -> dict[str, Column]:
    """The columns with one value per row beside the name."""
    return {name: Column.folded(_texts(values, *fields), of) for name, (fields, of) in _FOLDS.items()}


_FOLDS: Mapping[str, tuple[tuple[str, ...], Callable[[pa.Array], pa.Array]]] = {
    "contact": (("contact_name",), lambda texts: persons(fold(texts))),
    "city": (("city",), places),
    "province": (("province",), places),
    "postal_code": (("postal_code",), places),
    "gender": (("gender",), places),
    "address": (("street_number", "address", "address_1", "address_2", "district"), addresses),
    "birthday": (("birthday",), dates),
}


def _bags(values: pd.DataFrame, names: Column, count: int) -> dict[str, Bag]:
    """The columns with several values per row."""
    mobile, landline = phones({field: _texts(values, field) for field in ("mobile", "phone", "whatsapp", "wechat")})
    found = {"mobile": mobile, "landline": landline}
    found |= {name: of(_texts(values, *fields)) for name, (fields, of) in FOLDS.items()}
    held = np.flatnonzero(names.codes >= 0)
    own = Atoms(held, names.values.take(pa.array(names.codes[held])))
    found["aka"] = joined([own, found["alias"], found["former"]])
    return {name: _bag(atoms, names, count) for name, atoms in found.items()}


def _bag(atoms: Atoms, names: Column, count: int) -> Bag:
    order = np.argsort(atoms.rows, kind="stable")
    atoms = Atoms(atoms.rows[order], atoms.values.take(pa.array(order)))
    coded = atoms.values.dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    first = np.full(count, -1)
    first[atoms.rows[::-1]] = codes[::-1]
    width = len(names.values) + 1
    holders = np.unique(codes * width + names.codes[atoms.rows] + 1) // width
    return Bag(atoms.rows, codes, coded.dictionary, first, np.bincount(holders, minlength=len(coded.dictionary)))
