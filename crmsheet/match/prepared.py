"""A table made ready for comparison: every value folded once, coded, and counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from crmsheet.match.features import MADE_UP, UNSEEN, frequencies, given_names, of_either_sex
from crmsheet.match.identifiers import FOLDS, Atoms, ends, joined, of_offices, phones
from crmsheet.match.names import persons, take_apart
from crmsheet.match.places import addresses, birthdays, genders, places
from crmsheet.match.romanised import in_one_script, placed
from crmsheet.match.texts import filled, fold, listed, sorted_tokens
from crmsheet.match.words import words

_SPACE = pa.scalar(" ", pa.large_string())
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Column:
    """One comparable of every row: `codes` point into `values`, -1 where it is missing; `counts` are of rows.

    Of names, `chance` is how many others are called so by the frequency of its words, and `known` are words that
    several are called by.
    """

    codes: Codes
    values: pa.Array
    counts: Codes
    chance: npt.NDArray[np.float64] | None = None
    known: frozenset[str] = frozenset()

    @classmethod
    def of(cls, texts: pa.Array, at: Codes | None = None) -> Column:
        """The column of one text per row, or of distinct texts that `at` gives to the rows."""
        coded = texts.dictionary_encode()
        codes = _codes(coded)
        if at is not None:
            codes = np.where(at < 0, -1, codes[at]) if len(codes) else np.full(len(at), -1)
        return cls(codes, coded.dictionary, np.bincount(codes[codes >= 0], minlength=len(coded.dictionary)))

    @classmethod
    def folded(cls, texts: pa.Array, fold: Callable[[pa.Array], pa.Array]) -> Column:
        """The column of one text per row, each distinct one folded once."""
        coded = texts.dictionary_encode()
        folded = fold(coded.dictionary) if len(coded.dictionary) else coded.dictionary
        return cls.of(folded, _codes(coded))

    def of_people(self) -> Column:
        """The column of names with the frequencies of their words among the rows."""
        chance, known = frequencies(self.values, self.counts, pair=2, unseen=UNSEEN)
        return replace(self, chance=chance, known=known)

    def of_companies(self, places: Codes) -> Column:
        """The column of names, counted by the places where they are, and with the frequencies of words among them.

        A firm that stands there twenty times is no frequent firm; a shop in twenty places is a chain. Of rows without a
        place, in a book that knows places, every second is taken for another one.
        """
        chance, known = frequencies(self.values, np.ones(len(self.values), np.int64), pair=2, unseen=MADE_UP)
        width = int(places.max(initial=-1)) + 2
        held = (self.codes >= 0) & (places >= 0)
        each = distinct(self.codes[held] * width + places[held])[0] // width
        located = np.bincount(each, minlength=len(self.values))
        nowhere = self.counts - np.bincount(self.codes[held], minlength=len(self.values))
        number = np.maximum(1, located + (nowhere // 2 if (places >= 0).any() else 0))
        return replace(self, chance=chance, known=known, counts=number)


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
    """All comparables of a table; positions count its live rows from 0, `rows` are their sheet rows.

    `side` says of which list each row is, 0 for all where there is one list only.
    """

    rows: Codes
    keys: tuple[str, ...]
    side: Codes
    columns: Mapping[str, Column]
    bags: Mapping[str, Bag]
    person: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.rows)


def prepare(values: pd.DataFrame, keys: Sequence[str], side: Sequence[int] | Codes | None = None) -> Prepared:
    """Comparables of a frame of typed values (fields as columns, sheet rows as index); `side`: the list of each row."""
    rows = values.index.to_numpy("int64")
    kinds = _texts(values, "kind")
    raw = _names(values)
    known = pc.if_else(pc.is_in(kinds, value_set=pa.array(["person", "company"], kinds.type)), kinds, None)
    if "name" not in values and {"given_name", "surname"} & set(values):
        known = pa.array(["person"] * len(rows), pa.large_string())
    told, at = _distinct_pairs(raw, known)
    names = placed(take_apart(*told, people=_of_people(values)))
    simple = _simple(values)
    core = Column.of(names.core, at)
    called = pc.if_else(names.person, names.full, None)
    columns = {
        "full": Column.of(names.full, at).of_people(),
        "core": core.of_companies(_whereabouts(simple)),
        "first": Column.of(given_names(called, told[0]), at),
        "either": Column.of(of_either_sex(called), at),
        "region": Column.of(filled(names.region), at),
        "branch": Column.of(filled(names.branch), at),
        "note": Column.of(filled(names.note), at),
        "brand": derived(core, words().trade, ""),
        "spelt": spelt(core),
        **simple,
    }
    person = names.person.to_numpy(zero_copy_only=False).astype(bool)
    person = np.where(at < 0, False, person[at]) if len(person) else np.zeros(len(rows), bool)
    if len(columns["contact"].values):
        asked = pc.if_else(pa.array(columns["contact"].codes >= 0), raw, None)
        own = Column.folded(asked, lambda texts: persons(fold(texts)))
        columns["contact"] = _somebody_else(columns["contact"], own, person).of_people()
    columns["address"] = _by_holders(columns["address"], _initials(columns["core"]))
    sides = np.zeros(len(rows), np.int64) if side is None else np.asarray(side, np.int64)
    bags = _bags(values, columns["core"], len(rows))
    columns["office"] = Column.of(of_offices(bags["email"].values), bags["email"].first)
    return Prepared(rows, tuple(keys), sides, columns, bags, person)


def _of_people(values: pd.DataFrame) -> bool:
    """Whether the customers are people: one in twenty has a birthday or a sex."""
    personal = [field for field in ("birthday", "birth_year", "gender", "id_number") if field in values]
    return any(values[field].notna().mean() >= 1 / 20 for field in personal)


def _whereabouts(columns: Mapping[str, Column]) -> Codes:
    """The place of each row: its address, else its city; -1 where it is not known."""
    address, city = columns["address"], columns["city"]
    return np.where(address.codes >= 0, address.codes, np.where(city.codes >= 0, city.codes + len(address.values), -1))


def _somebody_else(contact: Column, own: Column, person: npt.NDArray[np.bool_]) -> Column:
    """The contacts who are not the customer himself: his name in a second cell is no second piece of evidence.

    Of a person the name may stand there in full, James A. Bradham, or in part.
    """
    ours, theirs = (each.values.take(pa.array(each.codes, mask=each.codes < 0)) for each in (contact, own))
    himself = pc.fill_null(pc.equal(ours, theirs), False).to_numpy(zero_copy_only=False).copy()
    at = np.flatnonzero(person & ~himself & (contact.codes >= 0) & (own.codes >= 0))
    texts = (each.take(pa.array(at)).to_pylist() for each in (ours, theirs))
    himself[at] = cpdist(*texts, scorer=fuzz.token_set_ratio) == _WHOLE
    codes = np.where(himself, -1, contact.codes)
    return Column(codes, contact.values, np.bincount(codes[codes >= 0], minlength=len(contact.values)))


_WHOLE = 100
"""The likeness of names whose words are all in the other."""


def _distinct_pairs(names: pa.Array, kinds: pa.Array) -> tuple[tuple[pa.Array, pa.Array], Codes]:
    """Each name with each kind that it stands with, and for each row the place of its pair; -1 where it has no name."""
    name, kind = names.dictionary_encode(), kinds.dictionary_encode()
    width = len(kind.dictionary) + 1
    coded = np.where(_codes(name) < 0, -1, _codes(name) * width + _codes(kind) + 1)
    known = coded >= 0
    at = np.full(len(names), -1)
    at[known], pairs = pd.factorize(coded[known])
    which = pairs % width - 1
    return (name.dictionary.take(pa.array(pairs // width)), kind.dictionary.take(pa.array(which, mask=which < 0))), at


def _codes(coded: pa.DictionaryArray) -> Codes:
    """Where the value of each row stands in the dictionary; -1 where it is null."""
    found: Codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


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
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    short = whole.filter(_short(whole))
    said = pc.utf8_normalize(pc.utf8_trim_whitespace(pc.utf8_lower(short)), form="NFKC")
    nothing = short.filter(listed(said, words().nothing)).unique()
    return pc.if_else(pc.is_in(whole, value_set=nothing), None, whole) if len(nothing) else whole


def _short(texts: pa.Array) -> pa.Array:
    """Which texts may say that there is nothing; each of their letters may be written as two."""
    size = pc.utf8_length(pc.utf8_trim_whitespace(texts))
    return pc.fill_null(pc.less_equal(size, 2 * max(map(len, words().nothing))), False)


def _names(values: pd.DataFrame) -> pa.Array:
    """The name, else the parts of a person's name, else the English name."""
    name = _texts(values, "name")
    return pc.coalesce(name, _texts(values, "given_name", "surname"), _texts(values, "name_en"))


def _simple(values: pd.DataFrame) -> dict[str, Column]:
    """The columns with one value per row beside the name."""
    found = {name: Column.folded(_texts(values, *fields), of) for name, (fields, of) in _FOLDS.items()}
    parts = (_texts(values, "birth_year"), _texts(values, "birth_month"), _texts(values, "birth_day"))
    found["birthday"] = Column.of(birthdays(_texts(values, "birthday"), parts, _texts(values, "id_number")))
    return found


_FOLDS: Mapping[str, tuple[tuple[str, ...], Callable[[pa.Array], pa.Array]]] = {
    "contact": (("contact_name",), lambda texts: persons(fold(texts))),
    "city": (("city",), lambda texts: in_one_script(places(texts))),
    "province": (("province",), lambda texts: in_one_script(places(texts))),
    "postal_code": (("postal_code",), places),
    "gender": (("gender",), genders),
    "given": (("given_name",), lambda texts: persons(fold(texts))),
    "family": (("surname",), lambda texts: persons(fold(texts))),
    "address": (("street_number", "address", "address_1", "address_2", "district"), addresses),
}


def _bags(values: pd.DataFrame, names: Column, count: int) -> dict[str, Bag]:
    """The columns with several values per row."""
    mobile, landline = phones({field: _texts(values, field) for field in ("mobile", "phone", "whatsapp", "wechat")})
    found = {"mobile": mobile, "landline": landline, "mobile_end": ends(mobile), "landline_end": ends(landline)}
    for name, (fields, of) in FOLDS.items():
        texts = _texts(values, *fields)
        held = texts.null_count < len(texts)
        found[name] = of(texts) if held else Atoms(np.zeros(0, np.int64), texts.slice(0, 0))
    held = np.flatnonzero(names.codes >= 0)
    own = Atoms(held, names.values.take(pa.array(names.codes[held])))
    found["aka"] = joined([own, found["alias"], found["former"]])
    roughly = _initials(names)
    return {name: _bag(atoms, roughly, count) for name, atoms in found.items()}


def _by_holders(column: Column, names: Column) -> Column:
    """The column with its values counted by the names that hold them."""
    return replace(column, counts=_holders(column.codes, names.codes, len(column.values)))


def _holders(codes: Codes, names: Codes, count: int) -> Codes:
    """By how many names each of `count` values is held."""
    held = codes >= 0
    width = int(names.max(initial=-1)) + 2
    each = distinct(codes[held] * width + names[held] + 1)[0] // width
    return np.bincount(each, minlength=count)


def _initials(names: Column) -> Column:
    """The names by the first letters of their words: one that is mistyped is not another holder of what it holds."""
    letters = sorted_tokens(pc.replace_substring_regex(names.values, r"\b([a-z])[a-z]+", r"\1"))
    return Column.of(letters, names.codes)


def _bag(atoms: Atoms, names: Column, count: int) -> Bag:
    order = np.argsort(atoms.rows, kind="stable")
    atoms = Atoms(atoms.rows[order], atoms.values.take(pa.array(order)))
    coded = atoms.values.dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    first = np.full(count, -1)
    first[atoms.rows[::-1]] = codes[::-1]
    holders = _holders(codes, names.codes[atoms.rows], len(coded.dictionary))
    return Bag(atoms.rows, codes, coded.dictionary, first, holders)


def derived(column: Column, pattern: str, text: str) -> Column:
    """The column with the pattern replaced in each value; what is empty then is missing."""
    changed = pc.utf8_trim_whitespace(pc.replace_substring_regex(column.values, pattern, text))
    return Column.of(filled(changed), column.codes)


def letters(column: Column) -> Column:
    """The column without the spaces inside its values."""
    return derived(column, r"\s+", "")


def spelt(column: Column) -> Column:
    """The column as letters only, of words in the order of the alphabet."""
    return letters(Column.of(sorted_tokens(column.values), column.codes))


def spread(starts: Codes, of: Codes) -> tuple[Codes, Codes]:
    """For each of `of`, the run of places `starts[each]` to `starts[each + 1]`: its index in `of`, and each place."""
    lengths = starts[of + 1] - starts[of]
    owner = np.repeat(np.arange(len(of)), lengths)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return owner, starts[of][owner] + within


def distinct(numbers: Codes) -> tuple[Codes, Codes]:
    """The distinct numbers in order, and for each number its place among them."""
    order = np.argsort(numbers)
    first = np.append(True, np.diff(numbers[order]) > 0) if len(numbers) else np.zeros(0, bool)
    where = np.empty(len(numbers), np.int64)
    where[order] = np.cumsum(first) - 1
    return numbers[order][first], where
